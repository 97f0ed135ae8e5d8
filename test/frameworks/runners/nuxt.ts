import assert from "node:assert/strict";
import type { Framework } from "../framework.ts";
import { send } from "../targets.ts";

export const frameworks: readonly Framework[] = [{
  name: "nuxt",
  package: "nuxt",
  title: "the module /nuxt",
  files: ["test/frameworks/apps/nuxt"],
  // Installed without Nitro 3 and h3 2, Nuxt finds its own.
  aliases: { h3: "h3v1" },
  build: [["env", "STORE=build.json", "NUXT_TELEMETRY_DISABLED=1", "nuxt", "build"]],
  start: { command: ["node", ".output/server/index.mjs"] },
  own: {
    async "Nuxt: the data of a page is closed with it"(site) {
      assert.equal((await site.ask("/prerendered/_payload.json")).status, 200);
      await site.switch({ mode: "on", urls: ["/prerendered"] });
      assert.equal((await site.ask("/prerendered/_payload.json")).status, 503);
      assert.equal((await site.ask("/")).status, 200);
    },
    async "Nuxt: the public status is for any method"({ port }) {
      for (const method of ["GET", "POST", "TRACE"]) {
        assert.match(await send(port, ["site.test", "/_maintenance"], method), /^HTTP\/1.1 200 .*"mode":/s);
      }
    },
  },
  example: "nuxt",
}];
