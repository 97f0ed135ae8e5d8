import type { Framework } from "../framework.ts";

export const frameworks: readonly Framework[] = [{
  name: "nitro",
  package: "nitro",
  title: "maintenancePlugin of /h3, in Nitro 3",
  files: ["test/frameworks/apps/nitro"],
  build: [["env", "STORE=build.json", "node", "../../node_modules/nitro/dist/cli/index.mjs", "build"]],
  start: { command: ["node", ".output/server/index.mjs"] },
  example: "nitro",
  cannot: {
    "WebSocket: refused while on, and counted while open": "Nitro 3.0 does not start with experimental.websocket",
  },
}];
