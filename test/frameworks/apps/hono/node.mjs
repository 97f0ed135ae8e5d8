import process from "node:process";
import { serve, upgradeWebSocket } from "@hono/node-server";
import { getConnInfo } from "@hono/node-server/conninfo";
import { serveStatic } from "@hono/node-server/serve-static";
import { WebSocketServer } from "ws";
import { makeApp } from "./app.mjs";

const { fetch } = makeApp({ getConnInfo, serveStatic, upgradeWebSocket });
const { HOST: hostname, PORT: port } = process.env;
serve({ fetch, hostname, port, websocket: { server: new WebSocketServer({ noServer: true }) } });
