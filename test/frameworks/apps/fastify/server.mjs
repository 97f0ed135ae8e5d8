import process from "node:process";
import cookie from "@fastify/cookie";
import websocket from "@fastify/websocket";
import Fastify from "fastify";
import { maintenancePlugin } from "maintenancemode/fastify";
import { maintenance, options, userOf } from "./kit.mjs";
import { routes } from "./routes.mjs";

const app = Fastify();
await app.register(cookie);
await app.register(websocket);
app.decorateRequest("user");
app.addHook("onRequest", (request, _reply, done) => {
  request.user = userOf(request.headers.cookie);
  done();
});
await app.register(maintenancePlugin(maintenance, {
  ...options,
  isStaff: (_request, { request }) => request.user === "staff",
}));
await app.register(routes);
app.get("/socket", { websocket: true }, (socket) => {
  socket.on("message", (data) => socket.send(String(data)));
});
await app.listen({ port: Number(process.env.PORT), host: process.env.HOST });
