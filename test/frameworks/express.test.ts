import { existsSync } from "node:fs";
import { createServer, type RequestListener, type Server } from "node:http";
import { createRequire } from "node:module";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import connect from "connect";
import express from "express";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { RequestTracker } from "../../src/counting/in-flight.ts";
import { maintenanceMiddleware } from "../../src/frameworks/express.ts";
import { LIVE } from "../../src/gate/live.ts";
import { maintenanceMiddleware as connectMiddleware } from "../../src/hosts/connect.ts";
import { maintenanceMode, type MaintenanceState } from "../../src/index.ts";
import { compileSnapshot } from "../../src/state/snapshot.ts";
import { INTERNALS_VERSION } from "../../src/util/internals-version.ts";

const servers: Server[] = [];
const warn = vi.spyOn(console, "warn");
beforeEach(() => void warn.mockReset().mockImplementation(() => {}));
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

async function serve(app: RequestListener): Promise<string> {
  const server = createServer(app);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** The statuses of some paths of an app, one after the other. */
async function statusesOf(app: RequestListener, ...paths: string[]): Promise<number[]> {
  const origin = await serve(app);
  const statuses: number[] = [];
  for (const path of paths) statuses.push((await fetch(origin + path)).status);
  return statuses;
}

const warnings = () => warn.mock.calls.map(([text]) => text);

const say: express.RequestHandler = (_req, res) => void res.send("app");
const on = () => maintenanceMiddleware(maintenanceMode({ enabled: true }));

const behind = (what: string) =>
  `maintenancemode: ${what} is registered before maintenanceMiddleware(): it stays open while the site is closed, and ` +
  `nothing counts its requests. Register maintenanceMiddleware() before it, and list what is to stay open in ` +
  `"ignoreUrls". This is said once.`;
const partial = (where: string) =>
  `maintenancemode: maintenanceMiddleware() is ${where}: all the rest of the site stays open, and nothing counts its ` +
  `requests. Register it with app.use() before all routes. To close a part of the site, name it in "urls" of the state. ` +
  `This is said once.`;

// The frameworks' own folder has it, where that is installed.
const EXPRESS4 = fileURLToPath(new URL("node_modules/express4/index.js", import.meta.url));
const versions: Record<string, typeof express | undefined> = {
  "Express 5": express,
  "Express 4": existsSync(EXPRESS4) ? createRequire(import.meta.url)(EXPRESS4) : undefined,
};

describe.each(Object.entries(versions))("%s", (_name, express) => {
  // Nothing of it is called where it is not installed.
  const make = express!;

  test.skipIf(!express)("says once that a route stands before the gate", async () => {
    const app = make().get("/open", say).use(on()).get("/", say);
    expect(await statusesOf(app, "/open", "/", "/")).toEqual([200, 503, 503]);
    expect(warnings()).toEqual([behind("GET /open")]);
  });

  test.skipIf(!express)("says that a router, or a folder of files, stands before the gate", async () => {
    const router = make.Router().post("/pay", say);
    await statusesOf(make().use("/shop", router).use(on()), "/");
    await statusesOf(make().use(make.static(import.meta.dirname)).use(on()), "/nothing-here");
    expect(warnings()).toEqual([behind("POST /pay"), behind("express.static()")]);
  });

  test.skipIf(!express)("looks once at a router that is mounted in itself", async () => {
    const router = make.Router();
    router.get("/leaf", say).use("/deeper", router);
    expect(await statusesOf(make().use("/tree", router).use(on()), "/")).toEqual([503]);
    expect(warnings()).toEqual([behind("GET /leaf")]);
  });

  test.skipIf(!express)("says that the gate is mounted at a part of the site", async () => {
    const router = make.Router().use(on()).get("/", say);
    expect(await statusesOf(make().use("/admin", router).get("/", say), "/admin", "/")).toEqual([503, 200]);
    await statusesOf(make().use("/api", on()), "/api/users");
    await statusesOf(make().get("/users/:id", on(), say), "/users/1");
    expect(warnings()).toEqual([
      partial('mounted at "/admin"'),
      partial('mounted at "/api"'),
      partial("a part of the route GET /users/:id"),
    ]);
  });

  test.skipIf(!express)("has nothing to say of a gate that stands before all routes", async () => {
    await statusesOf(make().use((_req, _res, next) => next()).use(on()).get("/", say), "/");
    const router = make.Router().use(on()).get("/", say);
    await statusesOf(make().use(router), "/");
    // Somebody calls it by hand.
    const gate = on();
    await statusesOf(make().get("/open", say).use((req, res, next) => gate(req, res, next)), "/");
    expect(warnings()).toEqual([]);
  });
});

/** A gate whose requests are counted, and what is counted. */
function countedGate(state: MaintenanceState, onDecision?: () => void) {
  const tracker = new RequestTracker(() => {});
  const live = {
    version: INTERNALS_VERSION,
    snapshot: compileSnapshot(state),
    refresh: undefined,
    tracker,
    noteAdmission() {},
    noteCounting() {},
  };
  return {
    tracker,
    live,
    gate: maintenanceMode({ state: { [LIVE]: live } as never, ...onDecision && { onDecision } }),
  };
}

const twice = {
  Express: { create: express, middleware: maintenanceMiddleware },
  Connect: { create: connect, middleware: connectMiddleware },
};

describe.each(Object.entries(twice))("a gate that is registered twice in %s", (_name, { create, middleware }) => {
  const end = (_req: unknown, res: { end(text: string): void }) => res.end("app");

  test("counts a request once", async () => {
    const { gate, tracker } = countedGate({ mode: "off" });
    const counts: unknown[] = [];
    const app = create().use(middleware(gate)).use(middleware(gate));
    app.use((_req: unknown, _res: unknown, next: () => void) => {
      counts.push(tracker.count());
      next();
    });
    expect(await statusesOf(app.use(end), "/")).toEqual([200]);
    expect(counts).toEqual([{ inFlight: 1, before: 0, streams: 0 }]);
    await vi.waitFor(() => expect(tracker.count().inFlight).toBe(0));
  });

  test("decides once, and draws lots for admission once", async () => {
    const onDecision = vi.fn();
    const { gate } = countedGate({ mode: "on", admit: 0.5 }, onDecision);
    const app = create().use(middleware(gate)).use(middleware(gate)).use(end);
    const statuses = await statusesOf(app, ...Array(200).fill("/"));
    expect(onDecision).toHaveBeenCalledTimes(200);
    // With two draws, a quarter would get in. The odds of so few by chance are below one in a million.
    expect(statuses.filter((status) => status === 200).length).toBeGreaterThan(65);
  });

  test("sees a URL that was rewritten in between", async () => {
    const { gate } = countedGate({ mode: "on", urls: ["/shop"] });
    const app = create().use(middleware(gate));
    app.use((req: { url?: string | undefined }, _res: unknown, next: () => void) => {
      req.url = "/shop";
      next();
    });
    expect(await statusesOf(app.use(middleware(gate)).use(end), "/en/shop")).toEqual([503]);
  });
});
