import type { Framework } from "../framework.ts";

const start = { command: ["node", "server.mjs"] } as const;

export const frameworks: readonly Framework[] = [
  {
    name: "h3",
    package: "h3",
    title: "maintenanceMiddleware of /h3",
    files: ["test/frameworks/apps/h3"],
    start,
    example: "h3",
  },
  {
    name: "h3v1",
    package: "h3v1",
    title: "maintenanceMiddleware of /h3, in h3 1",
    files: ["test/frameworks/apps/h3", "test/frameworks/apps/h3v1"],
    aliases: { h3: "h3v1" },
    start,
  },
];
