import process from "node:process";
import { node } from "@elysiajs/node";
import { makeApp } from "./app.mjs";

const { HOST: hostname, PORT: port } = process.env;
makeApp({ adapter: node() }, ({ request }) => request.ip).listen({ hostname, port });
