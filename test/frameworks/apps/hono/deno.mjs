import process from "node:process";
import { getConnInfo, serveStatic, upgradeWebSocket } from "hono/deno";
import { makeApp } from "./app.mjs";

const { fetch } = makeApp({ getConnInfo, serveStatic, upgradeWebSocket });
const { HOST: hostname, PORT: port } = process.env;
Deno.serve({ hostname, port: Number(port) }, fetch);
