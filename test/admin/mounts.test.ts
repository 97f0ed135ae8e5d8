import express from "express";
import { Hono } from "hono";
import type { AddressInfo } from "node:net";
import { afterEach, expect, test } from "vitest";
import { adminHandler } from "../../src/admin.ts";
import { resourceOf } from "../../src/admin/routes.ts";
import { maintenanceMiddleware } from "../../src/frameworks/express.ts";
import { withMaintenance } from "../../src/hosts/node.ts";
import { maintenanceMode } from "../../src/index.ts";
import { liveState } from "../../src/state.ts";
import { memoryStore } from "../../src/stores/memory.ts";
import { ask, change } from "./_ask.ts";
import { startSite } from "./_site.ts";

const closers: (() => unknown)[] = [];

afterEach(async () => void await Promise.all(closers.splice(0).map((close) => close())));

test.each<[pathname: string, mount: string | undefined, expected: unknown]>([
  ["/", undefined, { kind: "page" }],
  ["/ops", undefined, { kind: "page" }],
  ["/ops/", undefined, { kind: "page" }],
  ["/api/state", undefined, { kind: "state" }],
  ["/a/api/b/api/state", undefined, { kind: "state" }],
  ["/ops/api/window", undefined, { kind: "window", name: undefined }],
  ["/ops/api/windows/api", undefined, { kind: "window", name: "api" }],
  ["/ops/api/windows/a%2eb/bypass", undefined, { kind: "bypass", name: "a.b" }],
  ["/ops/api", undefined, undefined],
  ["/ops/api/none", undefined, undefined],
  ["/ops/api/windows", undefined, undefined],
  ["/ops/api/windows/", undefined, undefined],
  ["/ops/api/state/", undefined, undefined],
  ["/ops", "/ops", { kind: "page" }],
  ["/ops/", "/ops", { kind: "page" }],
  ["/", "", { kind: "page" }],
  ["/api/fleet", "", { kind: "fleet" }],
  ["/ops/api/openapi.json", "/ops", { kind: "openapi" }],
  ["/", "/ops", undefined],
  ["/opsy", "/ops", undefined],
  ["/ops/more", "/ops", undefined],
  ["/x/ops/api/state", "/ops", undefined],
  ["/ops/x/api/state", "/ops", undefined],
])("resourceOf() finds what %s names, mounted at %s", (pathname, mount, expected) => {
  expect(resourceOf(pathname, mount)).toEqual(expected);
});

test("the panel works below a path of Express, in front of the gate, while the site is closed", async () => {
  const state = liveState(memoryStore());
  const maintenance = maintenanceMode({ state });
  const admin = adminHandler({ state, authorize: () => ({ by: "ann" }) });
  const app = express();
  app.use("/deep/ops", withMaintenance(maintenanceMode(), (request) => admin(request)));
  app.use(maintenanceMiddleware(maintenance));
  app.get("/", (_req, res) => void res.send("Hello"));
  const server = app.listen(0, "127.0.0.1");
  await new Promise((done) => server.once("listening", done));
  closers.push(() => server.closeAllConnections(), () => server.close(), () => state.close());
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const panel = `${origin}/deep/ops`;
  expect((await ask(panel)).text).toContain("<title>Maintenance</title>");
  expect((await change(panel, "PUT", "window", { mode: "on" })).status).toBe(200);
  expect((await ask(origin)).status).toBe(503);
  expect((await ask(`${panel}/api/state`)).body.windows[0]).toMatchObject({ inForce: true });
  expect((await change(panel, "DELETE", "window")).status).toBe(204);
  expect((await ask(origin)).status).toBe(200);
});

test("the panel works in Hono, with the path of the mount cut off and without, and hands its context on", async () => {
  const state = liveState(memoryStore());
  closers.push(() => state.close());
  const given: unknown[] = [];
  const admin = adminHandler<unknown>({ state, authorize: (_request, ctx) => given.push(ctx) > 0 });
  const app = new Hono();
  app.mount("/cut", (request) => admin(request, "cut"));
  app.all("/whole/*", (c) => admin(c.req.raw, c));
  for (const path of ["/cut", "/cut/", "/whole/"]) {
    expect(await (await app.request(path)).text()).toContain("<title>Maintenance</title>");
  }
  for (const path of ["/cut", "/whole"]) expect((await app.request(`${path}/api/state`)).status).toBe(200);
  expect(given[0]).toBe("cut");
  expect(given.at(-1)).toHaveProperty("req");
});

test("behind a gate that does not let its path pass, the panel is out of reach while the site is closed", async () => {
  const site = await startSite({ path: "/panel" });
  closers.push(() => site.close());
  await site.state.set({ mode: "on" });
  expect((await ask(`${site.origin}/panel/api/state`)).headers["maintenance-panel"]).toBeUndefined();
  expect((await ask(`${site.origin}/panel/api/state`)).status).toBe(503);
});
