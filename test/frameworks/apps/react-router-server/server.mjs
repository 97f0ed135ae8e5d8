import { createServer } from "node:http";
import process from "node:process";
import { createRequestHandler } from "@react-router/express";
import express from "express";
import { guardUpgrade, maintenanceMiddleware } from "maintenancemode/express";
import { RouterContextProvider } from "react-router";
import { WebSocketServer } from "ws";
import * as build from "./build/server/index.js";
import { maintenance, options, userOf } from "./kit.mjs";

const app = express();
app.use((req, _res, next) => {
  req.session = { user: userOf(req.headers.cookie) };
  next();
});
app.use(maintenanceMiddleware(maintenance, {
  ...options,
  isStaff: (_request, { req }) => req.session.user === "staff",
}));
app.use(express.static("build/client", { cacheControl: false, redirect: false, extensions: ["html"] }));
app.use(createRequestHandler({
  build,
  getLoadContext(req) {
    const context = new RouterContextProvider();
    context.set(build.addressContext, req.ip);
    context.set(build.userContext, req.session.user);
    return context;
  },
}));

const server = createServer(app);
const sockets = new WebSocketServer({ server, path: "/socket" });
sockets.on("connection", (socket) => socket.on("message", (data) => socket.send(String(data))));
guardUpgrade(server, maintenance, options);
server.listen(process.env.PORT, process.env.HOST);
