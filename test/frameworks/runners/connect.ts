import type { Framework } from "../framework.ts";

export const frameworks: readonly Framework[] = [
  {
    name: "connect",
    package: "connect",
    title: "maintenanceMiddleware of /connect",
    files: ["test/frameworks/apps/connect"],
    start: { command: ["node", "server.mjs"] },
  },
];
