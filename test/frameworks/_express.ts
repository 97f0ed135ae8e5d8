/** What the middleware for Express says of its place, in each version of Express. */
import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type express from "express";
import { afterEach, beforeEach, describe, expect, type Mock, test, vi } from "vitest";
import { maintenanceMiddleware } from "../../src/frameworks/express.ts";
import { maintenanceMode } from "../../src/index.ts";

const servers: Server[] = [];
export const warn: Mock = vi.spyOn(console, "warn");
beforeEach(() => void warn.mockReset().mockImplementation(() => {}));
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

export async function serve(app: RequestListener): Promise<string> {
  const server = createServer(app);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** The statuses of some paths of an app, one after the other. */
export async function statusesOf(app: RequestListener, ...paths: string[]): Promise<number[]> {
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

/** Tests it in one version. */
export function describePlace(name: string, make: typeof express): void {
  describe(name, () => {
    test("says once that a route stands before the gate", async () => {
      const app = make().get("/open", say).use(on()).get("/", say);
      expect(await statusesOf(app, "/open", "/", "/")).toEqual([200, 503, 503]);
      expect(warnings()).toEqual([behind("GET /open")]);
    });

    test("says that a router, or a folder of files, stands before the gate", async () => {
      const router = make.Router().post("/pay", say);
      await statusesOf(make().use("/shop", router).use(on()), "/");
      await statusesOf(make().use(make.static(import.meta.dirname)).use(on()), "/nothing-here");
      expect(warnings()).toEqual([behind("POST /pay"), behind("express.static()")]);
    });

    test("says that the gate is mounted at a part of the site", async () => {
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

    test("has nothing to say of a gate that stands before all routes", async () => {
      await statusesOf(make().use((_req, _res, next) => next()).use(on()).get("/", say), "/");
      const router = make.Router().use(on()).get("/", say);
      await statusesOf(make().use(router), "/");
      // Somebody calls it by hand.
      const gate = on();
      await statusesOf(make().get("/open", say).use((req, res, next) => gate(req, res, next)), "/");
      expect(warnings()).toEqual([]);
    });
  });
}
