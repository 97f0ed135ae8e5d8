import { expect, test } from "vitest";
import { maintenanceMiddleware } from "../../src/frameworks/tanstack-start.ts";
import { maintenanceMode } from "../../src/index.ts";
import { liveState } from "../../src/state.ts";
import { memoryStore } from "../../src/stores/memory.ts";
import { countOf } from "../hosts/_upgrade.ts";

const closed = maintenanceMode({ enabled: true, ignoreUrls: ["/health"], internalIps: ["203.0.113.9"] });

/** What TanStack Start gives to request middleware: `next()` gives what it gets back, with the response in it. */
function argsOf(path = "/", { ip, context = {} as unknown, response = new Response("Hello") } = {} as {
  ip?: string;
  context?: unknown;
  response?: Response;
}) {
  const request = Object.assign(new Request(`https://shop.example.com${path}`), { ip });
  const result = { request, pathname: path, context, response };
  return { request, context, next: () => Promise.resolve(result), result };
}

test("maintenanceMiddleware() answers with a Response, and passes on what next() has given", async () => {
  const middleware = maintenanceMiddleware(closed);
  expect(await middleware(argsOf())).toMatchObject({ status: 503 });
  const args = argsOf("/health");
  expect(await middleware(args)).toBe(args.result);
});

test("maintenanceMiddleware() gives a result with a new response where it cannot change the app's", async () => {
  const middleware = maintenanceMiddleware(closed, { isStaff: () => true });
  const args = argsOf("/", { response: Response.redirect("https://example.com/") });
  const result = await middleware(args) as typeof args.result;
  expect(result).toMatchObject({ pathname: "/", context: args.context });
  expect([result.response.status, result.response.headers.get("cache-control")]).toEqual([302, "private, no-store"]);
});

test("maintenanceMiddleware() takes the address of the server's request, unless peerIp finds another", async () => {
  const middleware = maintenanceMiddleware(closed);
  expect(await middleware(argsOf("/", { ip: "203.0.113.9" }))).toHaveProperty("response");
  expect(await middleware(argsOf("/", { ip: "192.0.2.1" }))).toMatchObject({ status: 503 });
  const own = maintenanceMiddleware(closed, { peerIp: () => "192.0.2.1" });
  expect(await own(argsOf("/", { ip: "203.0.113.9" }))).toMatchObject({ status: 503 });
});

test("maintenanceMiddleware() asks isStaff with the context of earlier middleware", async () => {
  const middleware = maintenanceMiddleware<ReturnType<typeof argsOf>>(closed, {
    isStaff: (_request, { context }) => (context as { user?: string }).user === "staff",
  });
  expect(await middleware(argsOf("/", { context: { user: "staff" } }))).toHaveProperty("response");
  expect(await middleware(argsOf())).toMatchObject({ status: 503 });
});

test("maintenanceMiddleware() counts a request once where it is registered twice, until its body has been read", async () => {
  const state = liveState(memoryStore());
  const gate = maintenanceMode({ state });
  const [first, second] = [maintenanceMiddleware(gate), maintenanceMiddleware(gate)];
  const args = argsOf();
  const result = await first({ ...args, next: () => second(args) }) as typeof args.result;
  expect(countOf(state).inFlight).toBe(1);
  expect(await result.response.text()).toBe("Hello");
  expect(countOf(state).inFlight).toBe(0);
  await state.close();
});

test("maintenanceMiddleware() decides again about a request that it has not let in", async () => {
  const middleware = maintenanceMiddleware(closed);
  const args = argsOf();
  for (let i = 0; i < 2; i++) expect(await middleware(args)).toMatchObject({ status: 503 });
});

test("maintenanceMiddleware() passes the error of the app on, and counts it no more", async () => {
  const state = liveState(memoryStore());
  const middleware = maintenanceMiddleware(maintenanceMode({ state }));
  const failing = { ...argsOf(), next: () => Promise.reject(new Error("the app fails")) };
  await expect(middleware(failing)).rejects.toThrow("the app fails");
  expect(countOf(state).inFlight).toBe(0);
  await state.close();
});

test("maintenanceMiddleware() refuses what is not a gate, an option or a call of TanStack Start", async () => {
  // @ts-expect-error The options stand in place of the gate.
  expect(() => maintenanceMiddleware({ enabled: true })).toThrow(
    '"maintenance" must be a gate that maintenanceMode() returned',
  );
  // @ts-expect-error This option belongs to the gate.
  expect(() => maintenanceMiddleware(closed, { enabled: true })).toThrow('"enabled"');
  const middleware = maintenanceMiddleware(closed) as unknown as (...args: unknown[]) => Promise<unknown>;
  await expect(middleware(new Request("https://shop.example.com/"))).rejects.toThrow("createMiddleware().server(");
});
