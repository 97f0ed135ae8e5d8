import type { Framework } from "../framework.ts";

const common = {
  package: "hono",
  title: "maintenanceMiddleware of /hono",
  files: ["test/frameworks/apps/hono"],
} as const;
const deno = ["deno", "run", "-A", "--no-check", "--node-modules-dir=manual"] as const;

export const frameworks: readonly Framework[] = [
  {
    name: "hono",
    ...common,
    example: "hono",
    title: `${common.title}, in Node`,
    start: { command: ["node", "node.mjs"] },
  },
  { name: "hono-deno", ...common, title: `${common.title}, in Deno`, start: { command: [...deno, "deno.mjs"] } },
  { name: "hono-bun", ...common, title: `${common.title}, in Bun`, start: { command: ["bun", "bun.mjs"] } },
];
