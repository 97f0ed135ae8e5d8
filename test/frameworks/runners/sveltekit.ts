import type { Framework } from "../framework.ts";

const common = {
  package: "@sveltejs/kit",
  files: ["test/frameworks/apps/sveltekit", "test/frameworks/apps/sveltekit-server"],
  // That a store is followed while the app is built must not keep the build from ending.
  build: [["env", "STORE=build.json", "timeout", "120", "vite", "build"]],
} as const;

const SERVED_BEFORE = "the server of adapter-node answers it before it calls the hook: see sveltekit-server";

export const frameworks: readonly Framework[] = [
  {
    ...common,
    name: "sveltekit",
    title: "maintenanceHandle of /sveltekit",
    example: "sveltekit",
    start: { command: ["node", "build"] },
    cannot: {
      "on: a static file is closed": SERVED_BEFORE,
      "on: a prerendered page is closed": SERVED_BEFORE,
      "WebSocket: refused while on, and counted while open": "SvelteKit has no WebSockets with adapter-node",
    },
  },
  {
    ...common,
    name: "sveltekit-server",
    title: "maintenanceMiddleware of /connect before the handler of adapter-node, and the hook",
    start: { command: ["node", "server.mjs"] },
  },
];
