import type { Framework } from "../framework.ts";

const common = { package: "itty-router", files: ["test/frameworks/apps/itty-router"] } as const;
const title = "withMaintenance of /itty-router";
const deno = ["deno", "run", "-A", "--no-check", "--node-modules-dir=manual"] as const;

export const frameworks: readonly Framework[] = [
  {
    name: "itty-router",
    ...common,
    example: "itty-router",
    title: `${title}, in Node on srvx`,
    start: { command: ["node", "node.mjs"] },
  },
  { name: "itty-router-deno", ...common, title: `${title}, in Deno`, start: { command: [...deno, "deno.mjs"] } },
  { name: "itty-router-bun", ...common, title: `${title}, in Bun`, start: { command: ["bun", "bun.mjs"] } },
];
