import type { Framework } from "../framework.ts";

const files = "test/frameworks/apps/fastify";
const start = { command: ["node", "server.mjs"] } as const;

export const frameworks: readonly Framework[] = [
  {
    name: "fastify",
    package: "fastify",
    title: "maintenancePlugin of /fastify, with @fastify/websocket",
    files: [files],
    start,
    example: "fastify",
  },
  {
    name: "fastify4",
    package: "fastify4",
    title: "maintenancePlugin of /fastify, and guardUpgrade",
    files: [files, "test/frameworks/apps/fastify4"],
    aliases: { fastify: "fastify4" },
    start,
  },
];
