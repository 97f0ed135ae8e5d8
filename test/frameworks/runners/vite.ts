import type { Framework } from "../framework.ts";

const common = {
  package: "vite",
  files: ["test/frameworks/apps/vite"],
  cannot: {
    "WebSocket: refused while on, and counted while open": "the plugin leaves alone the WebSocket that updates pages",
  },
} as const;

export const frameworks: readonly Framework[] = [
  {
    name: "vite-dev",
    title: "maintenancePlugin of /vite, vite",
    start: { command: ["vite"] },
    ...common,
  },
  {
    name: "vite-preview",
    title: "maintenancePlugin of /vite, vite preview",
    build: [["env", "STORE=maintenance.json", "vite", "build"]],
    start: { command: ["vite", "preview"] },
    ...common,
  },
];
