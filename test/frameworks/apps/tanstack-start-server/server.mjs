import process from "node:process";
import { guardUpgrade } from "maintenancemode/connect";
import { withMaintenance } from "maintenancemode/fetch";
import { serve } from "srvx";
import { staticMiddleware } from "srvx/static";
import { WebSocketServer } from "ws";
import app from "./dist/server/server.js";
import { maintenance, options, userOf } from "./kit.mjs";

const files = staticMiddleware({ dir: "dist/client" });
const server = serve({
  fetch: withMaintenance(maintenance, (request) => files(request, () => app.fetch(request)), {
    ...options,
    peerIp: (request) => request.ip,
    isStaff: (request) => userOf(request.headers.get("cookie")) === "staff",
  }),
  hostname: process.env.HOST,
  port: process.env.PORT,
});
await server.ready();

const sockets = new WebSocketServer({ server: server.node.server, path: "/socket" });
sockets.on("connection", (socket) => socket.on("message", (data) => socket.send(String(data))));
guardUpgrade(server.node.server, maintenance, options);
