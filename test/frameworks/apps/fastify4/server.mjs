import process from "node:process";
import Fastify from "fastify";
import { guardUpgrade, maintenancePlugin } from "maintenancemode/fastify";
import { WebSocketServer } from "ws";
import { maintenance, options, userOf } from "./kit.mjs";
import { routes } from "./routes.mjs";

const app = Fastify();
// The plugins that are installed are for Fastify 5.
app.decorateRequest("user", null);
app.decorateRequest("cookies", null);
app.decorateReply("setCookie", function (name, value) {
  return this.header("set-cookie", `${name}=${value}`);
});
app.addHook("onRequest", (request, _reply, done) => {
  request.user = userOf(request.headers.cookie);
  request.cookies = { probe: /probe=(\w+)/.exec(request.headers.cookie)?.[1] };
  done();
});
await app.register(maintenancePlugin(maintenance, {
  ...options,
  isStaff: (_request, { request }) => request.user === "staff",
}));
await app.register(routes);
const sockets = new WebSocketServer({ server: app.server, path: "/socket" });
sockets.on("connection", (socket) => socket.on("message", (data) => socket.send(String(data))));
guardUpgrade(app.server, maintenance, options);
await app.listen({ port: Number(process.env.PORT), host: process.env.HOST });
