import type { Framework } from "../framework.ts";

export const frameworks: readonly Framework[] = [{
  name: "nuxt",
  package: "nuxt",
  title: "the module /nuxt",
  files: ["test/frameworks/apps/nuxt"],
  // Installed without Nitro 3 and h3 2, Nuxt finds its own.
  aliases: { h3: "h3v1" },
  build: [["env", "STORE=build.json", "NUXT_TELEMETRY_DISABLED=1", "nuxt", "build"]],
  start: { command: ["node", ".output/server/index.mjs"] },
  example: "nuxt",
}];
