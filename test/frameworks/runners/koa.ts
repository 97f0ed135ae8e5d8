import type { Framework } from "../framework.ts";

const common = {
  title: "maintenanceMiddleware of /koa",
  files: ["test/frameworks/apps/koa"],
  start: { command: ["node", "server.mjs"] },
} as const;

export const frameworks: readonly Framework[] = [
  { name: "koa", package: "koa", example: "koa", ...common },
  { name: "koa2", package: "koa2", aliases: { koa: "koa2" }, ...common },
];
