import { expect, test } from "vitest";
import { maintenanceMiddleware, type MiddlewareArgs } from "../../src/frameworks/react-router.ts";
import { maintenanceMode } from "../../src/index.ts";
import { liveState } from "../../src/state.ts";
import { memoryStore } from "../../src/stores/memory.ts";
import { countOf } from "../hosts/_upgrade.ts";

const closed = maintenanceMode({ enabled: true, ignoreUrls: ["/health"] });
const readOnly = maintenanceMode({ state: liveState(memoryStore('{ "mode": "read-only" }')) });
const HTML = { accept: "text/html" };

/** What React Router gives to middleware: for data requests, `url` is that of the document. */
function argsOf(path: string, init: RequestInit = {}): MiddlewareArgs {
  const request = new Request(`https://shop.example.com${path}`, init);
  const url = new URL(request.url);
  url.pathname = url.pathname.replace(/\/_\.data$/, "/").replace(/\.data$/, "");
  url.searchParams.delete("_routes");
  return { request, url, context: { get: () => undefined as never } };
}

const next = () => Promise.resolve(new Response("Hello", { headers: { "cache-control": "public" } }));

test("maintenanceMiddleware() answers in place of the app", async () => {
  const response = await maintenanceMiddleware(closed)(argsOf("/", { headers: HTML }), next);
  expect([response.status, response.headers.get("content-type")]).toEqual([503, "text/html; charset=utf-8"]);
});

test.each([
  ["/about.data?from=home&_routes=root", "/about?from=home"],
  ["/_.data", "/"],
])("maintenanceMiddleware() makes a navigation inside the app load the document: %s", async (path, location) => {
  const { status, headers, body } = await maintenanceMiddleware(closed)(argsOf(path), next);
  expect([status, headers.get("location"), headers.get("x-remix-reload-document"), body]).toEqual([
    302,
    location,
    "true",
    null,
  ]);
  expect(headers.get("cache-control")).toBe("no-store");
});

test("maintenanceMiddleware() sends a form of the app to the page, but while read-only it gives the ErrorBoundary the answer", async () => {
  const post = { method: "POST", body: "a=1" };
  expect((await maintenanceMiddleware(closed)(argsOf("/save.data", post), next)).headers.get("location")).toBe("/save");
  const refused = await maintenanceMiddleware(readOnly)(argsOf("/save.data", post), next);
  expect([refused.status, refused.headers.get("maintenance-mode")]).toEqual([503, "read-only"]);
});

test("maintenanceMiddleware() loads the document that redirectUrl names", async () => {
  const gate = maintenanceMode({ enabled: true, redirectUrl: "https://status.example.com/" });
  const { status, headers } = await maintenanceMiddleware(gate)(argsOf("/about.data"), next);
  expect([headers.get("location"), headers.get("x-remix-reload-document")]).toEqual([
    "https://status.example.com/",
    "true",
  ]);
  expect(status).toBeGreaterThan(300);
});

test("maintenanceMiddleware() closes the data of a page with the page, and opens it with the page", async () => {
  const state = liveState(memoryStore('{ "mode": "on", "urls": ["/shop"] }'));
  const gate = maintenanceMiddleware(maintenanceMode({ state }));
  expect((await gate(argsOf("/shop.data"), next)).status).toBe(302);
  expect((await gate(argsOf("/other.data"), next)).status).toBe(200);
  expect((await maintenanceMiddleware(closed)(argsOf("/health.data"), next)).status).toBe(200);
  await state.close();
});

test("maintenanceMiddleware() asks isStaff and peerIp with React Router's arguments", async () => {
  const seen: unknown[] = [];
  const gate = maintenanceMode({ enabled: true, internalIps: ["203.0.113.9"] });
  const args = argsOf("/about.data");
  const middleware = maintenanceMiddleware(gate, {
    isStaff: (request, args) => seen.push(request, args) > 0,
    peerIp: (request, args) => (seen.push(request, args), "192.0.2.1"),
  });
  const response = await middleware(args, next);
  expect([response.status, response.headers.get("cache-control")]).toEqual([200, "private, no-store"]);
  expect(seen).toEqual([args.request, args, args.request, args]);
});

test("maintenanceMiddleware() counts a request once where it is registered twice", async () => {
  const state = liveState(memoryStore());
  const gate = maintenanceMode({ state });
  const [root, nested] = [maintenanceMiddleware(gate), maintenanceMiddleware(gate)];
  const args = argsOf("/");
  const pending = await root(args, () => nested(args, next));
  expect(countOf(state).inFlight).toBe(1);
  expect(await pending.text()).toBe("Hello");
  expect(countOf(state).inFlight).toBe(0);
  await state.close();
});

test("maintenanceMiddleware() decides again about a request that it has not let in", async () => {
  const middleware = maintenanceMiddleware(closed);
  const args = argsOf("/");
  for (let i = 0; i < 2; i++) expect((await middleware(args, next)).status).toBe(503);
});

test("maintenanceMiddleware() does not wait for the body of a response to HEAD", async () => {
  const state = liveState(memoryStore());
  await maintenanceMiddleware(maintenanceMode({ state }))(argsOf("/", { method: "HEAD" }), next);
  await Promise.resolve();
  expect(countOf(state).inFlight).toBe(0);
  await state.close();
});

test("maintenanceMiddleware() refuses what is not a gate, an option or a call of React Router", async () => {
  // @ts-expect-error The options stand in place of the gate.
  expect(() => maintenanceMiddleware({ enabled: true })).toThrow(
    '"maintenance" must be a gate that maintenanceMode() returned',
  );
  // @ts-expect-error This option belongs to the gate.
  expect(() => maintenanceMiddleware(closed, { enabled: true })).toThrow('"enabled"');
  const middleware = maintenanceMiddleware(closed) as unknown as (...args: unknown[]) => Promise<unknown>;
  await expect(middleware({ headers: {} }, {}, () => {})).rejects.toThrow(
    "for Express there is maintenancemode/express",
  );
  await expect(middleware({ request: argsOf("/").request, context: {} }, next)).rejects.toThrow(
    "React Router 8 or newer",
  );
});
