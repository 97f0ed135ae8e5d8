import process from "node:process";
import { makeApp } from "./app.mjs";

const { HOST: hostname, PORT: port } = process.env;
const { fetch } = makeApp((_request, info) => info.remoteAddr.hostname, (request) => {
  const { socket, response } = Deno.upgradeWebSocket(request);
  socket.onmessage = ({ data }) => socket.send(data);
  return response;
});
Deno.serve({ hostname, port: Number(port) }, fetch);
