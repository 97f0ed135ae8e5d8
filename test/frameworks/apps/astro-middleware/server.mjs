import { createServer } from "node:http";
import process from "node:process";
import express from "express";
import { guardUpgrade, maintenanceMiddleware } from "maintenancemode/express";
import { WebSocketServer } from "ws";
import { handler } from "./dist/server/entry.mjs";
import { maintenance, options, userOf } from "./kit.mjs";

const app = express();
app.use(maintenanceMiddleware(maintenance, {
  ...options,
  isStaff: (request) => userOf(request.headers.get("cookie")) === "staff",
}));
app.use(express.static("dist/client"));
app.use((req, res, next) => handler(req, res, next));

const server = createServer(app);
const sockets = new WebSocketServer({ server, path: "/socket" });
sockets.on("connection", (socket) => socket.on("message", (data) => socket.send(String(data))));
guardUpgrade(server, maintenance, options);
server.listen(process.env.PORT, process.env.HOST);
