import process from "node:process";
import { getConnInfo, serveStatic, upgradeWebSocket, websocket } from "hono/bun";
import { makeApp } from "./app.mjs";

const { fetch } = makeApp({ getConnInfo, serveStatic, upgradeWebSocket });
const { HOST: hostname, PORT: port } = process.env;
Bun.serve({ hostname, port, fetch, websocket });
