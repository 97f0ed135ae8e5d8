import type { Framework } from "../framework.ts";

const common = {
  title: "maintenanceMiddleware of /express",
  files: ["test/frameworks/apps/express"],
  start: { command: ["node", "server.mjs"] },
} as const;

export const frameworks: readonly Framework[] = [
  { name: "express", package: "express", example: "express", ...common },
  { name: "express4", package: "express4", aliases: { express: "express4" }, ...common },
];
