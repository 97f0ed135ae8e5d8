import { createServer } from "node:http";
import { guardUpgrade, maintenanceMiddleware } from "maintenancemode/connect";
import next from "next";
import { WebSocketServer } from "ws";
import { maintenance, options, userOf } from "./kit.mjs";

const app = next({ dev: false });
await app.prepare();
const handle = app.getRequestHandler();
const gate = maintenanceMiddleware(maintenance, {
  ...options,
  isStaff: (_request, { req }) => userOf(req.headers.cookie) === "staff",
});

const server = createServer((req, res) => gate(req, res, () => handle(req, res)));
const sockets = new WebSocketServer({ server, path: "/socket" });
sockets.on("connection", (socket) => socket.on("message", (data) => socket.send(String(data))));
guardUpgrade(server, maintenance, options);
server.listen(process.env.PORT, process.env.HOST);
