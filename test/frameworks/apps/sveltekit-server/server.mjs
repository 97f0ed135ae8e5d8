import { createServer } from "node:http";
import process from "node:process";
import { guardUpgrade, maintenanceMiddleware } from "maintenancemode/connect";
import { WebSocketServer } from "ws";
import { handler } from "./build/handler.js";
import { maintenance, options, userOf } from "./kit.mjs";

// The hook is there as well, with the same gate: it must not count again.
const guard = maintenanceMiddleware(maintenance, {
  ...options,
  isStaff: (request) => userOf(request.headers.get("cookie")) === "staff",
});
const server = createServer((req, res) => guard(req, res, () => handler(req, res)));
const sockets = new WebSocketServer({ server, path: "/socket" });
sockets.on("connection", (socket) => socket.on("message", (data) => socket.send(String(data))));
guardUpgrade(server, maintenance, options);
server.listen(process.env.PORT, process.env.HOST);
