import assert from "node:assert/strict";
import type { Framework } from "../framework.ts";
import { expectOne, inFlightOf, type Property } from "../properties.ts";

const common = {
  package: "@sveltejs/kit",
  files: ["test/frameworks/apps/sveltekit", "test/frameworks/apps/sveltekit-server"],
  // That a store is followed while the app is built must not keep the build from ending.
  build: [["env", "STORE=build.json", "timeout", "120", "vite", "build"]],
} as const;

const SERVED_BEFORE = "the server of adapter-node answers it before it calls the hook: see sveltekit-server";

const STAFF = { headers: { cookie: "session=staff" } };

const forHook: Record<string, Property> = {
  async "SvelteKit: visitors see the page of the app in its own layout"(site) {
    await site.switch({ mode: "on", end: "2999-01-01T00:00:00Z" });
    const response = await site.ask("/deeply/nested", { headers: { accept: "text/html" } });
    const text = await response.text();
    assert.equal(response.status, 503);
    assert.match(text, /The layout of the app.*Down for maintenance, says the app/s);
    assert.match(text, /<base href="\/maintenance">/);
    assert.ok(response.headers.has("retry-after"));
  },
  async "SvelteKit: its client gets the data of a page, or a hint to load the page"(site) {
    const path = "/__data.json?x-sveltekit-invalidated=01";
    await site.switch({ mode: "on" });
    const closed = await site.ask(path);
    assert.deepEqual([closed.status, closed.headers.get("x-sveltekit-version")], [503, "maintenance"]);
    assert.equal((await closed.json() as { status: number }).status, 503);
    const open = await site.ask(path, STAFF);
    assert.equal(open.status, 200);
    assert.equal((await open.json() as { type: string }).type, "data");
    await site.switch({ mode: "on", ignoreUrls: ["/"] });
    assert.equal((await site.ask(path)).status, 200);
  },
  async "SvelteKit: a response that the client has already is not counted"(site) {
    const etag = (await site.ask("/")).headers.get("etag");
    assert.ok(etag, "it has an ETag");
    for (let i = 0; i < 3; i++) {
      const again = await site.ask("/", { headers: { "if-none-match": etag } });
      assert.equal(again.status, 304);
    }
    assert.deepEqual(await inFlightOf(site), [0]);
  },
  "SvelteKit: what the app asks of itself is not counted a second time": (site) => expectOne(site, "/asks-slow"),
};

export const frameworks: readonly Framework[] = [
  {
    ...common,
    name: "sveltekit",
    title: "maintenanceHandle of /sveltekit",
    example: "sveltekit",
    start: { command: ["node", "build"] },
    own: forHook,
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
    own: {
      "SvelteKit: a request is counted once, although the hook has the same gate": (site) => expectOne(site, "/slow"),
    },
  },
];
