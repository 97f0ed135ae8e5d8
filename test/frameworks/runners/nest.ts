import type { Framework } from "../framework.ts";

const common = {
  package: "@nestjs/core",
  files: ["test/frameworks/apps/nest"],
  build: [["tsc", "-p", "."]],
} as const;

export const frameworks: readonly Framework[] = [
  {
    name: "nest",
    title: "MaintenanceModule of /nest",
    example: "nest",
    ...common,
    start: { command: ["node", "dist/main.js"] },
  },
  {
    name: "nest-main",
    title: "MAINTENANCE_MIDDLEWARE of /nest in main.ts, before its static assets",
    ...common,
    start: { command: ["node", "dist/main.js"], env: { STATIC: "main" } },
  },
];
