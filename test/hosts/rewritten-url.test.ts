import express from "express";
import connectApp from "connect";
import type { IncomingMessage, RequestListener, Server } from "node:http";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, expect, test } from "vitest";
import { maintenanceMiddleware } from "../../src/hosts/connect.ts";
import { maintenanceMode } from "../../src/maintenance.ts";
import { liveState } from "../../src/state/live-state.ts";
import { memoryStore } from "../../src/stores/memory.ts";
import type { MaintenanceOptions } from "../../src/gate/maintenance-options.ts";
import type { LiveState } from "../../src/types/live-state.ts";

const servers: Server[] = [];
const states: LiveState[] = [];

afterEach(async () => {
  for (const server of servers.splice(0)) server.close();
  await Promise.all(states.splice(0).map((state) => state.close()));
});

/** The statuses of some paths of an app. */
async function statusesOf(app: RequestListener, paths: readonly string[], method = "GET"): Promise<number[]> {
  const server = createServer(app);
  servers.push(server);
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return Promise.all(paths.map(async (path) => (await fetch(origin + path, { method })).status));
}

async function guardOf(state: string, options: MaintenanceOptions = {}) {
  const live = liveState(memoryStore(state));
  states.push(live);
  await live.ready;
  return maintenanceMiddleware(maintenanceMode({ state: live, ...options }));
}

/** Cuts "/en" off, and makes of "/old" "/shop". */
function rewrite(req: IncomingMessage, _res: unknown, next: () => void): void {
  req.url = req.url!.replace(/^\/en(?=\/)/, "").replace(/^\/old\b/, "/shop");
  next();
}

const apps = { Express: express, Connect: connectApp };

test.each(Object.entries(apps))("%s keeps a URL closed that middleware makes of another one", async (_name, create) => {
  const app = create().use(rewrite).use(await guardOf('{"mode":"on","urls":["/shop","/en/news"]}'));
  app.use((_req: unknown, res: { end(text: string): void }) => res.end("app"));
  const paths = ["/shop", "/old", "/en/shop", "/en/old?a", "/en/news", "/news", "/en/docs", "/docs"];
  expect(await statusesOf(app, paths)).toEqual([503, 503, 503, 503, 503, 200, 200, 200]);
});

test.each(Object.entries(apps))(
  "%s ignores a URL that middleware changes only if both are ignored",
  async (_name, create) => {
    const guard = await guardOf('{"mode":"on","ignoreUrls":["/docs"]}', { ignoreUrls: ["/en/*", "/health"] });
    const app = create().use(rewrite).use(guard);
    app.use((_req: unknown, res: { end(text: string): void }) => res.end("app"));
    const paths = ["/health", "/docs", "/en/docs", "/en/health?a", "/en/old"];
    expect(await statusesOf(app, paths)).toEqual([200, 200, 200, 200, 503]);
    // Nothing tells a path that Connect has cut off from one at which the middleware is mounted: the whole URL counts.
    expect(await statusesOf(app, ["/en/shop"])).toEqual([create === connectApp ? 200 : 503]);
  },
);

test("Express keeps it closed where a function of the options gets the request", async () => {
  const urls: string[] = [];
  const guard = await guardOf('{"mode":"on","urls":["/shop"]}', { onDecision: (_, { url }) => void urls.push(url) });
  const app = express().use(rewrite).use(guard).use((_req, res) => void res.end("app"));
  expect(await statusesOf(app, ["/en/shop"])).toEqual([503]);
  expect(urls).toEqual([expect.stringMatching(/\/en\/shop$/)]);
});

test("Express takes a path at which the middleware is mounted for no change", async () => {
  const guard = await guardOf('{"mode":"on","ignoreUrls":["/api","/api/health"]}');
  const app = express().use("/api", guard).use((_req, res) => void res.end("app"));
  const paths = ["/api", "/api?a", "/api/health", "/api/health?a", "/api/", "/api/users", "/"];
  expect(await statusesOf(app, paths)).toEqual([200, 200, 200, 200, 503, 503, 200]);
});

test("Connect ignores by the whole URL below a path at which the middleware is mounted", async () => {
  const guard = await guardOf('{"mode":"on","ignoreUrls":["/api","/api/health"]}');
  const app = connectApp().use("/api", guard);
  app.use((_req: unknown, res: { end(text: string): void }) => res.end("app"));
  const paths = ["/api", "/api?a", "/api/health", "/api/health?a", "/api/", "/api/users", "/"];
  expect(await statusesOf(app, paths)).toEqual([200, 200, 200, 200, 503, 503, 200]);
});

test("Express looks behind a change in front of a mounted middleware", async () => {
  const guard = await guardOf('{"mode":"on","urls":["/shop/cart"]}');
  const app = express().use(rewrite).use("/shop", guard).use((_req, res) => void res.end("app"));
  expect(await statusesOf(app, ["/old/cart", "/en/shop/cart", "/shop/cart", "/old/x", "/cart"])).toEqual([
    ...[503, 503, 503, 200, 200],
  ]);
});

test("Express counts a request as writing if either URL is, and as reading only if both are", async () => {
  const guard = await guardOf(
    '{"mode":"read-only","reads":["POST /en/find","POST /find","POST /en/old"],"writes":["GET /shop"]}',
  );
  const app = express().use(rewrite).use(guard).use((_req, res) => void res.end("app"));
  expect(await statusesOf(app, ["/docs", "/shop", "/old"])).toEqual([200, 503, 503]);
  expect(await statusesOf(app, ["/en/find", "/en/old"], "POST")).toEqual([200, 503]);
});
