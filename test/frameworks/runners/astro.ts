import type { Framework } from "../framework.ts";
import { expectOne } from "../properties.ts";

const common = {
  package: "astro",
  build: [["timeout", "120", "astro", "build"]],
} as const;

const SERVED_BEFORE = "the server of @astrojs/node answers it before it calls middleware: see astro-server";

export const frameworks: readonly Framework[] = [
  {
    ...common,
    name: "astro",
    example: "astro",
    title: "maintenanceIntegration and maintenanceMiddleware of /astro",
    files: ["test/frameworks/apps/astro"],
    start: { command: ["node", "dist/server/entry.mjs"] },
    own: { "Astro: a request that is rewritten is counted once": (site) => expectOne(site, "/rewrites") },
    cannot: {
      "on: a static file is closed": SERVED_BEFORE,
      "on: a prerendered page is closed": SERVED_BEFORE,
      "WebSocket: refused while on, and counted while open": "Astro has no WebSockets with @astrojs/node",
    },
  },
  {
    ...common,
    name: "astro-server",
    title: "maintenanceMiddleware of /connect before the handler of @astrojs/node",
    files: ["test/frameworks/apps/astro", "test/frameworks/apps/astro-server"],
    start: { command: ["node", "server.mjs"] },
  },
  {
    ...common,
    name: "astro-middleware",
    title: "maintenanceMiddleware of /express before @astrojs/node in its mode middleware",
    files: ["test/frameworks/apps/astro", "test/frameworks/apps/astro-middleware"],
    start: { command: ["node", "server.mjs"] },
  },
];
