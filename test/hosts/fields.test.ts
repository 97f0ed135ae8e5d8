import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Response as NodeFetchResponse } from "@whatwg-node/fetch";
import { addFields } from "../../src/hosts/common/fields.ts";
import { addNodeFields } from "../../src/hosts/node/fields.ts";
import * as cloudflare from "../../src/hosts/cloudflare.ts";
import * as serviceWorker from "../../src/hosts/service-worker.ts";
import type { MaintenanceState } from "../../src/index.ts";
import { siteOf } from "../bypass/_site.ts";
import { hasFromNpm } from "../_needs.ts";
import { until } from "../_until.ts";
import { commandsOf } from "./_fixture.ts";

const { deno, bun, node } = commandsOf("fields");

const KINDS: Record<string, readonly [command: readonly string[], kind: string]> = {
  Deno: [deno, "deno"],
  Bun: [bun, "bun"],
  "withMaintenance() in node20": [node("node20"), "node"],
  "withMaintenance() in node": [node("node"), "node"],
  "maintenanceMiddleware() in node20": [node("node20"), "middleware"],
  "maintenanceMiddleware() in node": [node("node"), "middleware"],
  "maintenanceMiddleware() in Deno": [deno, "middleware"],
  "maintenanceMiddleware() in Bun": [bun, "middleware"],
};

const ADMITTING: MaintenanceState = { mode: "on", admit: 0.999999 };
/** Begins in an hour, to the second. */
const start = new Date(Math.ceil(Date.now() / 1_000) * 1_000 + 3_600_000);
const PLANNED: MaintenanceState = { mode: "on", start: start.toISOString() };
const FIELD = `start=@${start.getTime() / 1_000}`;
const COOKIE = "maintenance-admit=c3f3ea6e; Path=/; HttpOnly; SameSite=Lax; Domain=site.test";
const VISITOR = { "x-forwarded-for": "192.0.2.1" };

describe.each(Object.entries(KINDS))("%s", (name, [command, kind]) => {
  if (!hasFromNpm(name, command[0]!)) {
    test.skip(`${name} is missing`);
    return;
  }

  let child: ChildProcess;
  let lines: AsyncIterator<string>;
  let url: string;

  const readLine = async () => (await lines.next()).value as string;
  /** Sets a state, and returns how many requests are not finished then. */
  const set = async (state: MaintenanceState) => {
    child.stdin!.write(`${JSON.stringify(state)}\n`);
    return Number(await readLine());
  };
  const ask = (path: string, headers: Record<string, string> = VISITOR) =>
    fetch(`${url}${path}`, { headers, redirect: "manual" });

  beforeAll(async () => {
    child = spawn(command[0]!, [...command.slice(1), kind], { stdio: ["pipe", "pipe", "inherit"] });
    lines = createInterface({ input: child.stdout! })[Symbol.asyncIterator]();
    url = `http://127.0.0.1:${await readLine()}`;
  });
  afterAll(async () => {
    const closed = new Promise((resolve) => child.once("close", resolve));
    child.stdin!.end();
    await closed;
  });

  test.each([
    ["/text", 200, "text"],
    ["/later", 200, "text"],
    ["/shared", 204, ""],
    ["/redirect", 302, ""],
    ["/fetched", 200, "fetched"],
  ])("a visitor who is let in by the address gets the cookie with %s", async (path, status, body) => {
    await set(ADMITTING);
    const response = await ask(path);
    expect([response.status, await response.text(), response.headers.getSetCookie()]).toEqual([status, body, [COOKIE]]);
    // Nobody else does: not who has it, whatever the address, and not who comes when it is over.
    const again = await ask(path, { cookie: COOKIE.split(";")[0]!, "x-forwarded-for": "203.0.113.1" });
    expect([again.status, again.headers.getSetCookie()]).toEqual([status, []]);
    await set({ mode: "off" });
    const later = await ask(path);
    expect([later.status, later.headers.getSetCookie()]).toEqual([status, []]);
  });

  test("the cookie is secure where the visitor came over https", async () => {
    await set(ADMITTING);
    const response = await ask("/text", { ...VISITOR, "x-forwarded-proto": "https" });
    expect(response.headers.getSetCookie()).toEqual([COOKIE.replace("; Domain", "; Secure; Domain")]);
  });

  test("a visitor who is let in for another reason, or not at all, gets no cookie", async () => {
    await set({ ...ADMITTING, internalIps: ["192.0.2.1"] });
    const internal = await ask("/text");
    expect([internal.status, internal.headers.getSetCookie()]).toEqual([200, []]);
    await set({ mode: "on", admit: 0.5 });
    const refused = await ask("/text");
    expect([refused.status, refused.headers.getSetCookie()]).toEqual([503, []]);
    await set({ mode: "read-only", admit: 0.5 });
    const reader = await ask("/text");
    expect([reader.status, reader.headers.getSetCookie()]).toEqual([200, []]);
  });

  test("cookies of the app stay beside that of the gate", async () => {
    await set(ADMITTING);
    const response = await ask("/cookies");
    expect(response.headers.getSetCookie().toSorted()).toEqual(["a=1", "b=2", COOKIE]);
  });

  test.each(["/text", "/later", "/shared", "/redirect", "/fetched"])(
    "planned maintenance is announced in a header field of %s until it is not planned any more",
    async (path) => {
      await set(PLANNED);
      expect((await ask(path)).headers.get("maintenance")).toBe(FIELD);
      expect((await ask(path)).headers.get("maintenance")).toBe(FIELD);
      await set({ mode: "off" });
      expect((await ask(path)).headers.get("maintenance")).toBeNull();
    },
  );

  test("planned maintenance of a part of the site is announced there alone", async () => {
    await set({ ...PLANNED, urls: ["/later"] });
    const [there, elsewhere] = await Promise.all([ask("/later"), ask("/text")]);
    expect([there, elsewhere].map(({ headers }) => headers.get("maintenance"))).toEqual([FIELD, null]);
  });

  test("a body stays a stream, under its status, and its request is not finished before it is sent", async () => {
    await set(PLANNED);
    const response = await ask("/stream");
    expect([response.status, response.headers.get("x-app"), response.headers.get("maintenance")]).toEqual([
      201,
      "stream",
      FIELD,
    ]);
    const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
    expect((await reader.read()).value).toBe("first ");
    expect(await set(PLANNED)).toBe(1);
    expect(await (await ask("/rest")).text()).toBe("sent");
    expect((await reader.read()).value).toBe("second");
    await until(async () => await set(PLANNED) === 0, "nothing is in flight");
  });
});

const FIELDS = [["set-cookie", "a=b"], ["maintenance", "start=@1"]] as const;

test("addFields() changes a response that has a body, and copies one that has none or cannot be changed", async () => {
  const text = new Response("text");
  expect(addFields(text, FIELDS)).toBe(text);
  expect(text.headers.get("maintenance")).toBe("start=@1");
  const fetched = await fetch("data:text/plain,fetched");
  const empty = new Response(null, { status: 204, statusText: "Nothing", headers: { "x-app": "1" } });
  for (const response of [fetched, empty]) {
    const added = addFields(response, FIELDS);
    expect(added).not.toBe(response);
    expect([...response.headers.keys()]).not.toContain("maintenance");
    expect([added.status, added.statusText]).toEqual([response.status, response.statusText]);
    expect(Object.fromEntries(added.headers)).toEqual({
      ...Object.fromEntries(response.headers),
      "set-cookie": "a=b",
      maintenance: "start=@1",
    });
  }
});

test.each<[string, unknown]>([
  ["nothing", undefined],
  ["null", null],
  ["what is no Response", { status: 200, headers: { "content-type": "text/html" } }],
  ["an upgraded connection", { status: 101, headers: new Headers(), webSocket: {} }],
  ["an error", Response.error()],
])("addFields() leaves %s alone", (_, value) => {
  const before = JSON.stringify(value);
  expect(addFields(value, FIELDS)).toBe(value);
  expect(JSON.stringify(value)).toBe(before);
});

test("addFields() leaves a response alone whose body was read, for the server to tell of", async () => {
  const fetched = await fetch("data:text/plain,fetched");
  await fetched.text();
  expect(addFields(fetched, FIELDS)).toBe(fetched);
});

test("addFields() copies a response to HEAD: the app can return the same to another visitor", async () => {
  const head = { method: "HEAD" };
  const cached = new Response("text", { headers: { "cache-control": "public, max-age=60" } });
  for (let i = 0; i < 2; i++) {
    const added = await addFields(Promise.resolve(cached), [["cache-control", "private, no-store"]], head);
    expect(added.headers.get("cache-control")).toBe("private, no-store");
    // As hosts do.
    await added.body?.cancel();
  }
  expect(cached.headers.get("cache-control")).toBe("public, max-age=60");
});

test("addFields() marks a response to HEAD whose fields cannot be changed and whose body was read", async () => {
  const fetched = await fetch("data:text/plain,fetched");
  await fetched.text();
  const added = addFields(fetched, [["cache-control", "private, no-store"]], { method: "HEAD" });
  expect([added.status, added.headers.get("cache-control")]).toEqual([200, "private, no-store"]);
});

test("addFields() hands on what a handler rejects with", async () => {
  const error = new Error("rejected");
  await expect(addFields(Promise.reject(error), FIELDS)).rejects.toBe(error);
});

test("addNodeFields() touches no response that was begun", () => {
  const res = {
    headersSent: true,
    setHeader() {
      throw new Error("headers were sent");
    },
  };
  expect(() => addNodeFields(res, FIELDS)).not.toThrow();
});

test("addFields() takes a response of another class, with and without a body", async () => {
  const [text, empty] = [new NodeFetchResponse("text"), new NodeFetchResponse(null, { status: 204 })];
  for (const [response, status, body] of [[text, 200, "text"], [empty, 204, ""]] as const) {
    const added = addFields(response, FIELDS);
    expect([added.status, await added.text()]).toEqual([status, body]);
    expect([added.headers.getSetCookie(), added.headers.get("maintenance")]).toEqual([["a=b"], "start=@1"]);
  }
  expect(empty.headers.get("maintenance")).toBeNull();
});

test("withMaintenance() of a Worker sets the cookie and announces, that of a Service Worker does neither", async () => {
  const admitting = siteOf({}, ADMITTING).gate;
  const request = new Request("https://site.test/", { headers: { "cf-connecting-ip": "192.0.2.1" } });
  const app = () => new Response("text");
  const admitted = await cloudflare.withMaintenance(admitting, app)(request, {}, {});
  expect(admitted.headers.get("set-cookie")).toBe(COOKIE.replace("Domain=site.test", "Secure"));
  const planned = siteOf({ announce: { header: "Maintenance" } }, PLANNED).gate;
  const announced = await cloudflare.withMaintenance(planned, app)(request, {}, {});
  expect(announced.headers.get("maintenance")).toBe(FIELD);
  for (const gate of [siteOf({}, { mode: "on", admit: 1 }).gate, planned]) {
    let answer: unknown;
    serviceWorker.withMaintenance(gate, app)({ request, respondWith: (given: unknown) => void (answer = given) });
    expect([...(answer as Response).headers.keys()]).toEqual(["content-type"]);
  }
});

test.each<[string | undefined, boolean]>([
  [undefined, true],
  ["no-cache", true],
  ["max-age=0", true],
  ["private, max-age=60", true],
  ["max-age=60", false],
  ["public", false],
  ["s-maxage=60, max-age=0", false],
])(
  "withMaintenance() gives the cookie of who was admitted to the visitor alone where caches may keep it: Cache-Control %s",
  async (field, isSet) => {
    const app = () => new Response("text", field === undefined ? {} : { headers: { "cache-control": field } });
    const request = new Request("http://site.test/", { headers: { "cf-connecting-ip": "192.0.2.1" } });
    const response = await cloudflare.withMaintenance(siteOf({ admittedCaching: "leave" }, ADMITTING).gate, app)(
      request,
      {},
      {},
    );
    expect(response.headers.has("set-cookie")).toBe(isSet);
    expect(await response.text()).toBe("text");
  },
);
