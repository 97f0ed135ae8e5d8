import { afterEach, expect, test, vi } from "vitest";
import { withMaintenance } from "../../src/frameworks/netlify.ts";
import { maintenanceMode } from "../../src/index.ts";
import { liveState } from "../../src/state.ts";
import { memoryStore } from "../../src/stores/memory.ts";

afterEach(() => void vi.useRealTimers());

const closed = maintenanceMode({ enabled: true, ignoreUrls: ["/health"], internalIps: ["203.0.113.9"] });
const app = () => new Response("Hello", { headers: { "cache-control": "public" } });
const ask = (path = "/") =>
  new Request(`https://shop.example.com${path}`, { headers: { "x-nf-client-connection-ip": "203.0.113.9" } });

test("withMaintenance() answers in place of a function", async () => {
  const handler = withMaintenance(closed, app);
  expect((await handler(ask(), { ip: "192.0.2.1" })).status).toBe(503);
  expect((await handler(ask("/health"), { ip: "192.0.2.1" })).headers.get("cache-control")).toBe("public");
});

test("withMaintenance() takes the address of the context alone", async () => {
  const handler = withMaintenance(closed, app);
  const passed = await handler(ask(), { ip: "203.0.113.9" });
  expect([passed.status, passed.headers.get("cache-control")]).toEqual([200, "private, no-store"]);
  expect((await handler(ask(), {})).status).toBe(503);
});

test("withMaintenance() gives isStaff the context, and the function both arguments", async () => {
  interface Context {
    ip: string;
    cookies: Map<string, string>;
  }
  const seen: unknown[] = [];
  const handler = withMaintenance(closed, (request: Request, context: Context) => {
    seen.push(request, context);
    return new Response();
  }, { isStaff: (_request, { cookies }) => cookies.get("session") === "staff" });
  const [request, context] = [ask(), { ip: "192.0.2.1", cookies: new Map([["session", "staff"]]) }];
  expect((await handler(request, context)).status).toBe(200);
  expect(seen).toEqual([request, context]);
  expect((await handler(request, { ...context, cookies: new Map() })).status).toBe(503);
});

test("withMaintenance() keeps files and later functions behind an edge function", async () => {
  const file = new Response("a file", { headers: { "cache-control": "public" } });
  const handler = withMaintenance(
    closed,
    (_request: Request, context: { ip: string; next(): Promise<Response> }) => context.next(),
  );
  const context = { ip: "192.0.2.1", next: () => Promise.resolve(file) };
  expect((await handler(ask("/logo.svg"), context)).status).toBe(503);
  expect((await handler(ask("/logo.svg"), { ...context, ip: "203.0.113.9" })).headers.get("cache-control")).toBe(
    "private, no-store",
  );
});

test("withMaintenance() renews the state after the response, by waitUntil of the context", async () => {
  const promises: Promise<unknown>[] = [];
  vi.useFakeTimers({ toFake: ["Date"] });
  const state = liveState(memoryStore(), { perRequest: true, pollIntervalMs: 1_000 });
  const handler = withMaintenance(maintenanceMode({ state }), app);
  const context = { ip: "192.0.2.1", waitUntil: (promise: Promise<unknown>) => void promises.push(promise) };
  await handler(ask(), context);
  vi.setSystemTime(Date.now() + 1_500);
  await handler(ask(), context);
  expect(promises).toHaveLength(1);
  await Promise.all(promises);
  await state.close();
});
