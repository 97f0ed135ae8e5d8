import { expect, test } from "vitest";
import { adminHandler, type AdminOptions } from "../../src/admin.ts";
import { liveState } from "../../src/state.ts";
import { memoryStore } from "../../src/stores/memory.ts";
import { optionError } from "../_errors.ts";
import { ask, askAsStranger, change, tokenOf } from "./_ask.ts";
import { COOKIE } from "./_site.ts";
import { start } from "./_start.ts";

const state = liveState(memoryStore());
const authorize = () => true;

test.each<[name: string, options: unknown, message: string]>([
  [
    "without authorize",
    { state },
    '"authorize" must be a function that tells operators from everybody else, received undefined',
  ],
  [
    "with authorize: true",
    { state, authorize: true },
    '"authorize" must be a function that tells operators from everybody else, received true',
  ],
  ["without a live state", { authorize }, '"state" must be a live state that liveState() returned, received undefined'],
  [
    "with a path that is none",
    { state, authorize, path: "ops" },
    '"path" must be a path such as "/ops/maintenance", received "ops"',
  ],
  [
    "with a site that has a path",
    { state, authorize, site: "https://a.test/b" },
    '"site" must be an origin, without a path, such as "https://example.com", received "https://a.test/b"',
  ],
  [
    "with no origins",
    { state, authorize, origins: [] },
    '"origins" must be an array of origins such as ["https://ops.example.com"], received an array',
  ],
  [
    "with a short secret",
    { state, authorize, tokenSecret: "hush" },
    '"tokenSecret" must be a text of at least 16 characters, received "***"',
  ],
  [
    "with an option that is none",
    { state, authorise: authorize, authorize },
    'unknown name "authorise" in options: did you mean "authorize"?',
  ],
])("adminHandler() refuses to be made %s", (_name, options, message) => {
  expect(() => adminHandler(options as AdminOptions)).toThrow(
    optionError(`Cannot create the admin handler: ${message}`),
  );
});

const PATHS = [
  "",
  "/",
  "/api/state",
  "/api/fleet",
  "/api/history",
  "/api/events",
  "/api/openapi.json",
  "/api/window",
  "/api/windows/shop",
  "/api/windows/shop/bypass",
  "/api/none",
  "/none",
];

test("the handler answers a stranger on each path and method in the bytes of a path that does not exist", async () => {
  const { panel } = await start({ path: "/ops" });
  const withoutDate = async (url: string, method: string, ask = askAsStranger) => {
    const { status, headers: { date: _, ...headers }, text } = await ask(url, method);
    return { status, headers, text };
  };
  for (const method of ["GET", "PUT", "DELETE", "POST", "OPTIONS"]) {
    const unknown = await withoutDate(`${panel}/none`, method, ask);
    expect(unknown).toMatchObject({ status: 404, text: "Not Found\n" });
    for (const path of PATHS) expect(await withoutDate(panel + path, method)).toEqual(unknown);
  }
});

test.each<[what: string, authorize: AdminOptions["authorize"], message: string | undefined]>([
  ["that says no", () => false, undefined],
  ["that says nothing", () => undefined, undefined],
  ["that says 1", (() => 1) as never, "must return true, false or { by }"],
  ["that names nobody", () => ({ by: "" }), "must return true, false or { by }"],
  ["that names somebody with a line feed", () => ({ by: "a\nb" }), "must return true, false or { by }"],
  ["that throws", () => {
    throw new Error("no database");
  }, "no database"],
  ["that rejects", () => Promise.reject(new Error("no database")), "no database"],
])("the handler takes everybody for a stranger with a function authorize %s", async (_what, authorize, message) => {
  const { panel, errors } = await start({ authorize });
  expect((await ask(`${panel}/api/state`)).text).toBe("Not Found\n");
  expect(errors.map(String)).toEqual(message === undefined ? [] : [expect.stringContaining(message)]);
});

test("the handler answers strangers as the app answers unknown paths, if the app says how", async () => {
  const notFound = (request: Request) => new Response(`no ${new URL(request.url).pathname}`, { status: 404 });
  const { panel } = await start({ notFound });
  expect(await askAsStranger(`${panel}/api/state`)).toMatchObject({ status: 404, text: "no /ops/api/state" });
});

test("GET api/state shows the windows, with a tag for each and a token", async () => {
  const { panel, state } = await start();
  await state.set({ mode: "on", reason: "Moving", bypass: "0123456789abcdef", expectedEnd: "2020-01-01T00:00:00Z" });
  const { headers, body } = await ask(`${panel}/api/state`);
  expect(headers).toMatchObject({ "cache-control": "no-store", "content-type": "application/json" });
  expect(headers["maintenance-token"]).toMatch(/^\d+\.[\w-]{43}$/);
  expect(body).toMatchObject({
    you: "ann",
    store: "memory",
    problem: null,
    windows: [{
      name: null,
      window: { mode: "on", reason: "Moving", bypass: true },
      inForce: true,
      beginsAt: null,
      overdue: true,
    }],
  });
  const { headers: { etag } } = await ask(`${panel}/api/window`);
  expect(body.windows[0].etag).toBe(etag);
});

test("GET api/window does not call recurring maintenance overdue, which ends by itself", async () => {
  const { panel, state } = await start();
  await state.set({
    mode: "on",
    expectedEnd: "2020-01-01T00:00:00Z",
    recurring: [{ cron: "* * * * *", duration: "1h" }],
  });
  const { body } = await ask(`${panel}/api/window`);
  expect(body).toMatchObject({ inForce: true, overdue: false });
});

test("an operator closes the site, sees who did, and opens it again", async () => {
  const { panel, origin, state } = await start();
  const closed = await change(panel, "PUT", "window", {
    mode: "on",
    reason: { en: "Moving", de: "Umzug" },
    by: "mallory",
  });
  expect(closed).toMatchObject({ status: 200, body: { window: { mode: "on", by: "ann" }, inForce: true } });
  expect(state.current).toMatchObject({ mode: "on", by: "ann", reason: { en: "Moving", de: "Umzug" } });
  expect((await ask(origin)).status).toBe(503);
  expect(await change(panel, "DELETE", "window")).toMatchObject({ status: 204, text: "" });
  expect((await ask(origin)).status).toBe(200);
});

test("an operator makes a window, changes it and removes it", async () => {
  const { panel, state } = await start();
  const shop = { mode: "on", urls: ["/shop/*"] };
  expect((await change(panel, "PUT", "windows/shop", shop)).status).toBe(201);
  expect((await change(panel, "PUT", "windows/shop", { ...shop, note: "n" })).status).toBe(200);
  expect(state.current.windows?.["shop"]).toMatchObject({ ...shop, note: "n", by: "ann" });
  expect((await change(panel, "PUT", "windows/shop", { mode: "off" })).status).toBe(204);
  expect((await change(panel, "PUT", "windows/shop", shop)).status).toBe(201);
  expect((await change(panel, "DELETE", "windows/shop")).status).toBe(204);
  expect((await ask(`${panel}/api/windows/shop`)).body).toMatchObject({ status: 404 });
  expect(state.current.windows?.["shop"]).toBeUndefined();
});

test("a change needs a condition, and fails if somebody else was quicker", async () => {
  const { panel, state } = await start();
  const token = await tokenOf(panel);
  const url = `${panel}/api/window`;
  const on = { mode: "on" };
  const { headers: { etag } } = await ask(url);
  const seen = { ...token, "if-match": etag as string };
  expect(await ask(url, "PUT", token, on)).toMatchObject({
    status: 428,
    headers: { "content-type": "application/problem+json" },
    body: { title: "Precondition Required", current: { window: { mode: "off" } } },
  });
  await state.set({ mode: "read-only", note: "theirs" });
  const late = await ask(url, "PUT", seen, on);
  expect(late).toMatchObject({ status: 412, body: { current: { window: { mode: "read-only", note: "theirs" } } } });
  expect(late.headers["etag"]).toBe(late.body.current.etag);
  expect((await ask(url, "DELETE", seen)).status).toBe(412);
  expect((await ask(url, "PUT", { ...token, "if-none-match": "*" }, on)).status).toBe(412);
  expect((await ask(url, "PUT", { ...token, "if-match": `W/${late.headers["etag"]}` }, on)).status).toBe(412);
  expect((await ask(`${panel}/api/windows/new`, "PUT", { ...token, "if-match": "*" }, on)).status).toBe(412);
  expect((await ask(url, "PUT", { ...token, "if-match": `"a", ${late.headers["etag"]}` }, on)).status).toBe(200);
  expect((await ask(url, "DELETE", { ...token, "if-match": "*" })).status).toBe(204);
});

test.each<[what: string, headers: Record<string, string>, body: string | Uint8Array, status: number, problem: unknown]>(
  [
    ["that is no JSON", {}, "{", 400, { detail: "The body is not valid JSON" }],
    ["that is no UTF-8", {}, Uint8Array.of(34, 255, 34), 400, { detail: "The body is not valid UTF-8" }],
    ["of a form", { "content-type": "application/x-www-form-urlencoded" }, "mode=on", 415, {}],
    ["of plain text", { "content-type": "text/plain" }, '{"mode":"on"}', 415, {}],
    ["in another charset", { "content-type": "application/json; charset=utf-7" }, "{}", 415, {}],
    ["that is compressed", { "content-encoding": "gzip" }, "{}", 415, {}],
    ["that is too long", {}, `"${"a".repeat(65_536)}"`, 413, {}],
    ["that is no object", {}, "[]", 422, { code: "ERR_STATE_INVALID" }],
    ["with a mode that is none", {}, '{"mode":"maybe"}', 422, { path: "$.mode", received: '"maybe"' }],
    ["with a field that is none", {}, '{"mode":"on","windows":{}}', 422, {}],
    ["with an end that has passed", {}, '{"mode":"on","end":"2020-01-01T00:00:00Z"}', 422, { path: "$.end" }],
    ["with a pattern that is none", {}, '{"mode":"on","urls":["shop"]}', 422, { path: "$.urls[0]" }],
    ["with the hash of a bypass", {}, `{"mode":"on","bypass":"sha256:${"a".repeat(22)}:${"a".repeat(43)}"}`, 422, {
      path: "$.bypass",
    }],
    ["that keeps a bypass that is not there", {}, '{"mode":"on","bypass":true}', 422, { path: "$.bypass" }],
  ],
)("the handler refuses a body %s", async (_what, headers, body, status, problem) => {
  const { panel, state } = await start();
  const { headers: { etag } } = await ask(`${panel}/api/window`);
  const fields = {
    cookie: COOKIE,
    "content-type": "application/json",
    "if-match": etag as string,
    ...await tokenOf(panel),
    ...headers,
  };
  const answer = await askAsStranger(`${panel}/api/window`, "PUT", fields, body);
  expect(answer).toMatchObject({
    status,
    headers: { "content-type": "application/problem+json" },
    body: { status, ...problem as object },
  });
  expect(state.current.mode).toBe("off");
});

test("the handler refuses a long body of which nobody has told the length, before it has come whole", async () => {
  const { panel } = await start();
  let sent = 0;
  const stream = new ReadableStream({
    pull(controller) {
      sent += 16_384;
      controller.enqueue(new Uint8Array(16_384).fill(32));
      if (sent > 20 << 20) controller.close();
    },
  });
  const headers = { cookie: COOKIE, "content-type": "application/json", ...await tokenOf(panel) };
  const init = { method: "PUT", headers, body: stream, duplex: "half" } as RequestInit;
  const status = await fetch(`${panel}/api/window`, init).then((response) => response.status, () => 413);
  expect(status).toBe(413);
  expect(sent).toBeLessThan(20 << 20);
});

test.each([
  ["/api/state", "POST", "GET, HEAD"],
  ["/api/window", "POST", "GET, HEAD, PUT, DELETE"],
  ["/api/window/bypass", "GET", "POST"],
  ["/", "OPTIONS", "GET, HEAD"],
])("%s answers %s with the methods that it knows", async (path, method, allow) => {
  const { panel } = await start();
  expect(await ask(panel + path, method)).toMatchObject({ status: 405, headers: { allow } });
});

test.each(["", "/api/state", "/api/fleet", "/api/history", "/api/events", "/api/openapi.json", "/api/window"])(
  "HEAD %j has the fields of GET and no body",
  async (path) => {
    const { panel } = await start();
    const { status, headers, text } = await ask(panel + path, "HEAD");
    expect({ status, text }).toEqual({ status: 200, text: "" });
    expect(headers).toMatchObject({ "cache-control": "no-store", "x-content-type-options": "nosniff" });
  },
);

test("a bypass link is shown once, lets its owner in, and leaves no trace in any answer", async () => {
  const { panel, origin, state } = await start();
  expect((await change(panel, "POST", "window/bypass")).status).toBe(409);
  await change(panel, "PUT", "window", { mode: "on" });
  const made = await change(panel, "POST", "window/bypass");
  expect(made).toMatchObject({ status: 201, headers: { "cache-control": "no-store" } });
  const link = new URL(made.body.link);
  expect([link.origin, link.pathname]).toEqual([origin, "/"]);
  const opened = await ask(link.href);
  expect(opened.status).toBe(302);
  const secret = link.searchParams.get("maintenance-bypass")!;
  for (const path of PATHS.filter((path) => !path.includes("events"))) {
    const { text } = await ask(panel + path);
    expect(text).not.toContain(secret);
    expect(text).not.toContain("sha256:");
  }
  // Changing the reason keeps the link.
  await change(panel, "PUT", "window", { mode: "on", reason: "Longer", bypass: true });
  expect((await ask(link.href)).status).toBe(302);
  await change(panel, "PUT", "window", { mode: "on", reason: "Longer" });
  expect(state.current.bypass).toBeUndefined();
});

test.each([
  [{ site: "https://shop.test", origins: ["http://127.0.0.1"] }, {}, "https://shop.test/?"],
  [{ site: "https://shop.test", origins: ["http://127.0.0.1"] }, { hosts: ["*.a.test", "b.test"] }, "https://b.test/?"],
])("a bypass link begins with the site %j, and the host that is closed", async (options, window, start_) => {
  const state = liveState(memoryStore());
  const admin = adminHandler({ state, authorize, ...options });
  const ask = (method: string, path: string, headers: Record<string, string> = {}, body?: unknown) =>
    admin(
      new Request(`http://127.0.0.1/api/${path}`, {
        method,
        headers: { "content-type": "application/json", "if-match": "*", ...headers },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      }),
    );
  const token = { "maintenance-token": (await ask("GET", "state")).headers.get("maintenance-token")! };
  expect((await ask("PUT", "window", token, { mode: "on", ...window })).status).toBe(200);
  const { link } = await (await ask("POST", "window/bypass", token)).json();
  expect(link.startsWith(start_)).toBe(true);
  await state.close();
});

test("the history tells the changes of an operator by name, those that remove a window as well", async () => {
  const { panel } = await start();
  await change(panel, "PUT", "window", { mode: "on" });
  await change(panel, "PUT", "windows/shop", { mode: "read-only", note: "n" });
  await change(panel, "PUT", "windows/shop", { mode: "off" });
  await change(panel, "PUT", "windows/shop", { mode: "read-only", note: "n" });
  await change(panel, "DELETE", "windows/shop");
  await change(panel, "DELETE", "window");
  const { entries } = (await ask(`${panel}/api/history`)).body;
  expect(entries.map(({ by, window, what }: Record<string, string>) => [by, window, what])).toEqual([
    ["ann", undefined, "off"],
    ["ann", "shop", "off"],
    ["ann", "shop", "read-only"],
    ["ann", "shop", "off"],
    ["ann", "shop", "read-only"],
    ["ann", undefined, "on"],
  ]);
});

test("the history does not say that somebody made a bypass link who only set the window before", async () => {
  const { panel, state } = await start({ authorize: () => true });
  await state.windows.set("shop", { mode: "on", by: "bob" });
  expect((await change(panel, "POST", "windows/shop/bypass")).status).toBe(201);
  const [{ by, fields }] = (await ask(`${panel}/api/history`)).body.entries;
  expect(fields).toEqual(["bypass"]);
  expect(by).toMatch(/^process /);
});

test("an operator sees that the stored state is not valid, and can replace it", async () => {
  const { panel, state, store } = await start();
  await state.set({ mode: "on" });
  await store.write('{ "mode": "maybe" }');
  const { body } = await ask(`${panel}/api/state`);
  expect(body).toMatchObject({
    problem: expect.stringContaining('"$.mode" must be'),
    windows: [{ window: { mode: "on" } }],
  });
  expect((await ask(`${panel}/api/fleet`)).body.verdict).toMatchObject({ safe: false });
  expect((await change(panel, "PUT", "window", { mode: "read-only" })).status).toBe(200);
  const after = await ask(`${panel}/api/state`);
  expect(after.body).toMatchObject({ problem: null, windows: [{ window: { mode: "read-only" } }] });
});

test("the handler says that the store cannot be reached", async () => {
  const store = memoryStore();
  const { panel, errors } = await start({ store: { ...store, read: () => Promise.reject(new Error("gone")) } });
  expect(await ask(`${panel}/api/state`)).toMatchObject({
    status: 503,
    headers: { "retry-after": "5" },
    body: { code: "ERR_STORE", detail: "Cannot read the state from memory: gone" },
  });
  expect(errors).toHaveLength(1);
});

test("a window may have any name that a state takes, and no other", async () => {
  const { panel } = await start();
  for (const name of ["__proto__", "a%2Fb", "-a", "%20", "a".repeat(65)]) {
    const answer = await change(panel, "PUT", `windows/${name}`, { mode: "on" });
    expect(answer).toMatchObject({ status: 422, body: { path: "name" } });
  }
  expect((await ask(`${panel}/api/windows/%ff`)).text).toBe("Not Found\n");
  expect((await change(panel, "PUT", "windows/api", { mode: "on" })).status).toBe(201);
  expect((await ask(`${panel}/api/windows/api`)).body.name).toBe("api");
});
