import process from "node:process";
import { Elysia } from "elysia";
import { makeApp } from "./app.mjs";

const { HOST: hostname, PORT: port } = process.env;
const app = makeApp({}, ({ server, request }) => server.requestIP(request).address);
// As a part of another one, whose server it gets. The example listens by itself.
new Elysia().use(app).listen({ hostname, port });
