import type { Framework } from "../framework.ts";

// The build renders the prerendered page, and middleware needs a store for that.
const build = [["env", "STORE=maintenance.json", "vite", "build"]] as const;

const FILES = "the server sends files before the app: a gate in front of the server closes them";

export const frameworks: readonly Framework[] = [
  {
    name: "tanstack-start",
    example: "tanstack-start",
    package: "@tanstack/react-start",
    title: "maintenanceMiddleware of /tanstack-start in src/start.ts",
    files: ["test/frameworks/apps/tanstack-start"],
    build,
    start: { command: ["srvx", "--prod", "--static", "../client", "dist/server/server.js"] },
    cannot: {
      "on: a static file is closed": FILES,
      "on: a prerendered page is closed": FILES,
      "WebSocket: refused while on, and counted while open": "the server that srvx starts has none",
    },
  },
  {
    name: "tanstack-start-server",
    package: "@tanstack/react-start",
    title: "withMaintenance of /fetch in front of the files and the app, served by srvx",
    files: ["test/frameworks/apps/tanstack-start", "test/frameworks/apps/tanstack-start-server"],
    build,
    start: { command: ["node", "server.mjs"] },
  },
];
