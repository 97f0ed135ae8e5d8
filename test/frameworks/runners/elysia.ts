import type { Framework } from "../framework.ts";

const common = { package: "elysia", files: ["test/frameworks/apps/elysia"] } as const;
const title = "maintenancePlugin of /elysia";

export const frameworks: readonly Framework[] = [
  { name: "elysia", ...common, example: "elysia", title: `${title}, in Bun`, start: { command: ["bun", "bun.mjs"] } },
  { name: "elysia-node", ...common, title: `${title}, in Node`, start: { command: ["node", "node.mjs"] } },
];
