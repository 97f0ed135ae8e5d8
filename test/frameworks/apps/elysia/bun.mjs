import process from "node:process";
import { makeApp } from "./app.mjs";

const { HOST: hostname, PORT: port } = process.env;
makeApp({}, ({ server, request }) => server.requestIP(request).address).listen({ hostname, port });
