import { guardUpgrade } from "maintenancemode/connect";
import { serve } from "srvx";
import { WebSocketServer } from "ws";
import { optionsWith } from "./app.mjs";
import { maintenance, options } from "./kit.mjs";

const server = serve(optionsWith());
const sockets = new WebSocketServer({ server: server.node.server, path: "/socket" });
sockets.on("connection", (socket) => socket.on("message", (data) => socket.send(String(data))));
guardUpgrade(server.node.server, maintenance, options);
