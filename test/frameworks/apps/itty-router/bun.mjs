import process from "node:process";
import { makeApp } from "./app.mjs";

const { HOST: hostname, PORT: port } = process.env;
const { fetch } = makeApp((request, server) => server.requestIP(request).address, (request, server) => {
  server.upgrade(request);
  return new Response(null);
});
Bun.serve({ hostname, port, fetch, websocket: { message: (socket, data) => socket.send(data) } });
