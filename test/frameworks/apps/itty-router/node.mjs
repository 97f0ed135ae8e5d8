import process from "node:process";
import { guardUpgrade } from "maintenancemode/connect";
import { serve } from "srvx";
import { WebSocketServer } from "ws";
import { makeApp } from "./app.mjs";
import { maintenance, options } from "./kit.mjs";

const { HOST: hostname, PORT: port } = process.env;
const { fetch } = makeApp((request) => request.ip);
const { node } = serve({ fetch, hostname, port });
const sockets = new WebSocketServer({ server: node.server, path: "/socket" });
sockets.on("connection", (socket) => socket.on("message", (data) => socket.send(String(data))));
guardUpgrade(node.server, maintenance, options);
