import type { Framework } from "../framework.ts";

const common = { package: "srvx", files: ["test/frameworks/apps/srvx"] } as const;
const title = "maintenanceMiddleware of /srvx";
const deno = ["deno", "run", "-A", "--no-check", "--node-modules-dir=manual"] as const;

export const frameworks: readonly Framework[] = [
  { name: "srvx", ...common, example: "srvx", title: `${title}, in Node`, start: { command: ["node", "node.mjs"] } },
  { name: "srvx-deno", ...common, title: `${title}, in Deno`, start: { command: [...deno, "deno.mjs"] } },
  { name: "srvx-bun", ...common, title: `${title}, in Bun`, start: { command: ["bun", "bun.mjs"] } },
];
