import { afterEach, expect, test, vi } from "vitest";
import { withMaintenance } from "../../src/frameworks/vercel.ts";
import { maintenanceMode } from "../../src/index.ts";
import { liveState } from "../../src/state.ts";
import { memoryStore } from "../../src/stores/memory.ts";

const REQUEST_CONTEXT = Symbol.for("@vercel/request-context");
afterEach(() => {
  vi.useRealTimers();
  Reflect.deleteProperty(globalThis, REQUEST_CONTEXT);
});

const closed = maintenanceMode({ enabled: true, ignoreUrls: ["/health"], internalIps: ["203.0.113.9"] });
const app = () => new Response("Hello", { headers: { "cache-control": "public" } });
const ask = (fields: Record<string, string> = {}, path = "/") =>
  new Request(`https://shop.example.com${path}`, { headers: fields });

test("withMaintenance() answers in place of a function, and of an object with a method fetch", async () => {
  expect((await withMaintenance(closed, app)(ask(), {})).status).toBe(503);
  expect((await withMaintenance(closed, { fetch: app })(ask(), {})).status).toBe(503);
  expect((await withMaintenance(closed, app)(ask({}, "/health"), {})).headers.get("cache-control")).toBe("public");
});

test("withMaintenance() takes the address from the fields that Vercel writes", async () => {
  const handler = withMaintenance(closed, app);
  const passed = await handler(ask({ "x-real-ip": "203.0.113.9" }), {});
  expect([passed.status, passed.headers.get("cache-control")]).toEqual([200, "private, no-store"]);
  expect((await handler(ask({ "x-vercel-forwarded-for": "203.0.113.9" }), {})).status).toBe(200);
  expect((await handler(ask({ "x-vercel-forwarded-for": "192.0.2.1", "x-real-ip": "203.0.113.9" }), {})).status).toBe(
    503,
  );
  expect((await handler(ask({ "x-forwarded-for": "203.0.113.9" }), {})).status).toBe(503);
});

test("withMaintenance() gives isStaff the second argument of a function, and passes on all", async () => {
  const seen: unknown[] = [];
  const handler = withMaintenance(closed, (_request: Request, ...rest: [{ staff: boolean }, number]) => {
    seen.push(...rest);
    return new Response();
  }, { isStaff: (_request, { staff }) => staff });
  expect((await handler(ask(), { staff: true }, 7)).status).toBe(200);
  expect(seen).toEqual([{ staff: true }, 7]);
  expect((await handler(ask(), { staff: false }, 7)).status).toBe(503);
});

test.each([
  "the second argument",
  "Vercel's own place",
])("withMaintenance() renews the state after the response, by waitUntil of %s", async (place) => {
  const promises: Promise<unknown>[] = [];
  const context = { waitUntil: (promise: Promise<unknown>) => void promises.push(promise) };
  Object.assign(globalThis, { [REQUEST_CONTEXT]: { get: () => context } });
  vi.useFakeTimers({ toFake: ["Date"] });
  const state = liveState(memoryStore(), { perRequest: true, pollIntervalMs: 1_000 });
  const handler = withMaintenance(maintenanceMode({ state }), app);
  const given = place === "the second argument" ? context : undefined;
  await handler(ask(), given);
  expect(promises).toHaveLength(0);
  vi.setSystemTime(Date.now() + 1_500);
  await handler(ask(), given);
  expect(promises).toHaveLength(1);
  await Promise.all(promises);
  await state.close();
});

test("withMaintenance() refuses the request and the response of Node", () => {
  const handler = withMaintenance(closed, app);
  expect(() => handler(ask(), { writeHead() {} })).toThrow('maintenancemode/node"');
});
