import { afterEach, describe, expect, test, vi } from "vitest";
import { maintenanceMode } from "../../src/maintenance.ts";
import { createSecret, hashSecret } from "../../src/bypass/secret.ts";
import { liveState } from "../../src/state/live-state.ts";
import { memoryStore } from "../../src/stores/memory.ts";
import type { LiveState } from "../../src/types/live-state.ts";
import type { Maintenance } from "../../src/gate/maintenance.ts";
import type { MaintenanceOptions } from "../../src/gate/maintenance-options.ts";
import type { MaintenanceState } from "../../src/types/maintenance-state.ts";
import { until } from "../_until.ts";

const SECRET = "correct-horse-battery";
const opened: LiveState[] = [];

afterEach(async () => {
  vi.useRealTimers();
  await Promise.all(opened.splice(0).map((state) => state.close()));
});

interface Site {
  gate: Maintenance;
  state: LiveState;
  store: ReturnType<typeof memoryStore>;
}

async function siteWith(given: Partial<MaintenanceState> = {}, options: MaintenanceOptions = {}): Promise<Site> {
  const store = memoryStore();
  const state = liveState(store);
  opened.push(state);
  await state.set({ mode: "on", bypass: SECRET, ...given });
  return { gate: maintenanceMode({ state, ...options }), state, store };
}

const requestTo = (path: string, init?: RequestInit) => new Request(`https://site.test${path}`, init);
const linkTo = (path: string, secret = SECRET) =>
  requestTo(`${path}${path.includes("?") ? "&" : "?"}maintenance-bypass=${secret}`);
/** The `Cookie` that a browser sends after a `Set-Cookie`. */
const cookieOf = (response: Response | undefined) => response!.headers.get("set-cookie")!.split(";")[0]!;

test("gate answers a bypass link with a redirect to the same URL without the secret, and a cookie", async () => {
  const { gate } = await siteWith();
  const response = gate(requestTo(`/shop/cart?a=1&maintenance-bypass=${SECRET}&b=%20`))!;
  expect(response.status).toBe(302);
  expect(Object.fromEntries(response.headers)).toMatchObject({
    location: "/shop/cart?a=1&b=%20",
    "cache-control": "no-store",
    "referrer-policy": "no-referrer",
  });
  expect(response.headers.get("set-cookie")).toMatch(
    /^__Host-maintenance-bypass=\d+\.[\w-]{43}; Path=\/; Max-Age=43200; HttpOnly; SameSite=Lax; Secure$/,
  );
  expect(response.headers.get("set-cookie")).not.toContain(SECRET);
});

test("gate lets pass who has the cookie, among others, and nobody whose cookie was changed", async () => {
  const { gate } = await siteWith();
  const cookie = cookieOf(gate(linkTo("/")));
  const ask = (value: string) => gate.explain(requestTo("/", { headers: { cookie: value } })).because;
  expect([ask(cookie), ask(`a=b; ${cookie}; c=d`)]).toEqual(["bypass", "bypass"]);
  const changed = [cookie.slice(0, -1), `${cookie}x`, cookie.replace("__Host-", "__Other-")];
  expect(changed.map(ask)).toEqual(["maintenance", "maintenance", "maintenance"]);
  expect(ask("__Host-maintenance-bypass=; maintenance-bypass=.; maintenance-bypass")).toBe("maintenance");
});

test("gate lets programs pass that send the secret in a header field", async () => {
  const { gate } = await siteWith();
  const ask = (secret: string) =>
    gate.explain(requestTo("/", { method: "POST", headers: { "Maintenance-Bypass": secret } })).because;
  expect([ask(SECRET), ask(`${SECRET}x`), ask(SECRET.slice(1)), ask(""), ask("x".repeat(100_000))]).toEqual([
    "bypass",
    "maintenance",
    "maintenance",
    "maintenance",
    "maintenance",
  ]);
});

test("gate answers a link with another secret as any request", async () => {
  const { gate } = await siteWith();
  for (const secret of ["", "x", "%", `${SECRET}%00`, "x".repeat(10_000)]) {
    const response = gate(linkTo("/", secret))!;
    expect([response.status, response.headers.get("set-cookie")]).toEqual([503, null]);
  }
});

test.each([
  ["//evil.test/a", "/.//evil.test/a"],
  ["//evil.test", "/.//evil.test"],
  ["///evil.test", "/.///evil.test"],
  ["/\\evil.test", "/.//evil.test"],
  ["/a//b", "/a//b"],
  ["/?next=//evil.test", "/?next=//evil.test"],
  ["/a%0d%0aset-cookie:x", "/a%0d%0aset-cookie:x"],
])("gate never redirects from a link to another site: %s", async (path, location) => {
  const { gate } = await siteWith();
  const target = gate(linkTo(path))!.headers.get("location")!;
  expect(target).toBe(location);
  expect(new URL(target, "https://site.test/x/y").origin).toBe("https://site.test");
});

test("gate lets a link pass with its body where a redirect would lose it", async () => {
  const { gate } = await siteWith();
  const request = new Request(linkTo("/form").url, { method: "POST", body: "a=1" });
  expect(gate(request)).toBeUndefined();
});

test.each([
  ["http://site.test/", {}, false],
  ["http://site.test/", { "x-forwarded-proto": "https" }, true],
  ["http://site.test/", { forwarded: "for=192.0.2.1;proto=https;by=203.0.113.1" }, true],
  ["http://site.test/", { forwarded: 'Proto="https"' }, true],
  ["http://site.test/", { forwarded: "proto=http, for=10.0.0.1;proto=https" }, false],
  ["https://site.test/", {}, true],
])("gate at %s with %j makes its cookie secure: %s", async (url, headers: Record<string, string>, secure) => {
  const { gate } = await siteWith();
  const cookie = gate(new Request(`${url}?maintenance-bypass=${SECRET}`, { headers }))!.headers.get("set-cookie")!;
  expect(cookie.startsWith("__Host-")).toBe(secure);
  expect(cookie.endsWith("; Secure")).toBe(secure);
});

test("a cookie ends after twelve hours, with the end of maintenance, and with its secret", async () => {
  vi.useFakeTimers({ toFake: ["Date"], now: Date.parse("2026-11-22T00:00:00Z") });
  const { gate, state } = await siteWith({ end: "2026-11-23T00:00:00Z" });
  const cookie = cookieOf(gate(linkTo("/")));
  const ask = () => gate.explain(requestTo("/", { headers: { cookie } })).because;
  vi.setSystemTime(Date.parse("2026-11-22T11:59:59Z"));
  expect(ask()).toBe("bypass");
  vi.setSystemTime(Date.parse("2026-11-22T12:00:00Z"));
  expect(ask()).toBe("maintenance");
  expect(gate(linkTo("/"))!.headers.get("set-cookie")).toContain("Max-Age=43200;");
  vi.setSystemTime(Date.parse("2026-11-22T23:00:00Z"));
  expect(gate(linkTo("/"))!.headers.get("set-cookie")).toContain("Max-Age=3600;");
  vi.setSystemTime(Date.parse("2026-11-22T01:00:00Z"));
  await state.set({ ...state.current, reason: "Taking longer" });
  expect(ask()).toBe("bypass");
  await state.set({ mode: "off" });
  await state.set({ mode: "on", bypass: SECRET });
  expect(ask()).toBe("maintenance");
});

test("a cookie cannot be prolonged", async () => {
  const { gate } = await siteWith();
  const cookie = cookieOf(gate(linkTo("/")));
  const until = /=(\d+)\./.exec(cookie)![1]!;
  const ask = (value: string) => gate.explain(requestTo("/", { headers: { cookie: value } })).because;
  expect(ask(cookie)).toBe("bypass");
  for (const other of [Number(until) + 1, Number(until) - 1, `0${until}`, 9_999_999_999_999]) {
    expect(ask(cookie.replace(`=${until}.`, `=${other}.`))).toBe("maintenance");
  }
});

test("a cookie ends with the window that it was made in", async () => {
  vi.useFakeTimers({ toFake: ["Date"], now: Date.parse("2026-11-22T01:15:00Z") });
  const { gate } = await siteWith({ recurring: [{ cron: "0 1 * * *", duration: "30m" }] });
  const response = gate(linkTo("/"));
  expect(response!.headers.get("set-cookie")).toContain("Max-Age=900;");
  const ask = () => gate.explain(requestTo("/", { headers: { cookie: cookieOf(response) } }));
  expect(ask().because).toBe("bypass");
  vi.setSystemTime(Date.parse("2026-11-23T01:15:00Z"));
  expect(ask()).toMatchObject({ because: "maintenance", bypass: "its cookie has expired: open the link again" });
});

describe("a hash that somebody stores again by hand", () => {
  const END = () => new Date(Date.now() + 3_600_000).toISOString();

  /** A cookie of a maintenance, and what a gate says after that has ended and the same text was stored again. */
  async function again(given: Partial<MaintenanceState>, change: (text: string) => string = (text) => text) {
    vi.useFakeTimers({ toFake: ["Date"] });
    const { gate, state, store } = await siteWith(given);
    const cookie = cookieOf(gate(linkTo("/")));
    const { text } = (await store.read(new AbortController().signal))!;
    await state.set({ mode: "off" });
    await store.write(change(text));
    await until(() => state.current.mode === "on");
    const ask = (cookie: string) => gate.explain(requestTo("/", { headers: { cookie } })).because;
    return { ask, cookie, open: () => cookieOf(gate(linkTo("/"))) };
  }

  test("lets in none of the cookies from before, and opens by the link again", async () => {
    const { ask, cookie, open } = await again({});
    expect(ask(cookie)).toBe("maintenance");
    vi.setSystemTime(Date.now() + 1_000);
    expect(ask(open())).toBe("bypass");
  });

  test("does the same with another end, which cuts the new cookies short", async () => {
    const later = new Date(Date.now() + 7_200_000).toISOString();
    const { ask, cookie, open } = await again(
      { end: END() },
      (text) => text.replace(/"end": "[^"]*"/, `"end": "${later}"`),
    );
    expect([ask(cookie), ask(open())]).toEqual(["maintenance", "bypass"]);
  });

  test("keeps its cookies over a change of the reason, and over a run", async () => {
    const { gate, state } = await siteWith();
    const cookie = cookieOf(gate(linkTo("/")));
    const ask = () => gate.explain(requestTo("/", { headers: { cookie } })).because;
    await state.set({ ...state.current, reason: "Later" });
    expect(ask()).toBe("bypass");
    await state.during({ mode: "on" }, () => expect(ask()).toBe("maintenance"), { allowUncounted: true });
    expect(ask()).toBe("bypass");
  });
});

test("what is stored does not let anybody in who reads it", async () => {
  const { gate, state } = await siteWith();
  const [, salt, hash] = state.current.bypass!.split(":");
  for (const text of [salt!, hash!, state.current.bypass!]) {
    expect(gate.explain(requestTo("/", { headers: { "maintenance-bypass": text } })).because).toBe("maintenance");
    const cookie = `__Host-maintenance-bypass=9999999999999.${text}`;
    expect(gate.explain(requestTo("/", { headers: { cookie } })).because).toBe("maintenance");
  }
});

test("gate tries no more cookies than a header has room for", async () => {
  const { gate } = await siteWith();
  const [name, value] = cookieOf(gate(linkTo("/"))).split("=");
  const wrong = Array.from({ length: 200 }, (_, index) => `${name}=${value!.slice(0, -3)}${100 + index}`);
  const ask = (...cookies: string[]) =>
    gate.explain(requestTo("/", { headers: { cookie: cookies.join("; ") } })).because;
  expect(ask(...wrong.slice(1), `${name}=${value}`)).toBe("bypass");
  expect(ask(...wrong, `${name}=${value}`)).toBe("maintenance");
});

test("gate answers a bypass link wherever it leads, so that the secret does not get to the app", async () => {
  const { gate } = await siteWith({ urls: ["/shop/*"] });
  expect(gate.explain(linkTo("/docs")).because).toBe("bypass-link");
  expect(gate(linkTo("/docs"))!.headers.get("location")).toBe("/docs");
  expect(gate.explain(linkTo("/docs"), { isStaff: true }).because).toBe("bypass-link");
});

test("the secret is not in the store, and not told to onDecision", async () => {
  const seen: string[] = [];
  const { gate, store, state } = await siteWith({}, {
    onDecision: ({ because }, { url, headers }) => seen.push(`${because} ${url} ${JSON.stringify([...headers])}`),
  });
  gate(linkTo("/a?x=1"));
  gate(requestTo("/", { headers: { "maintenance-bypass": SECRET } }));
  gate(linkTo("/", "guess"));
  expect(seen.map((line) => line.split(" ")[0])).toEqual(["bypass-link", "bypass", "maintenance"]);
  const text = (await store.read(new AbortController().signal))!.text + JSON.stringify(state.current) + seen.join();
  expect(text).not.toContain(SECRET);
  expect(text).not.toContain("guess");
  expect(seen[0]).toContain("https://site.test/a?x=1&maintenance-bypass=");
});

test("gate takes a plus sign in a secret of a link for what it is, and for a space", async () => {
  const { gate } = await siteWith({ bypass: "correct+horse battery" });
  const paths = ["correct+horse battery", "correct%2Bhorse%20battery", "correct%2Bhorse+battery"];
  expect(paths.map((secret) => gate.explain(linkTo("/", secret)).because)).toEqual([
    "bypass-link",
    "bypass-link",
    "bypass-link",
  ]);
});

test("set() refuses a secret that is too long to be tried", async () => {
  const { state } = await siteWith();
  const error = await state.set({ mode: "on", bypass: "x".repeat(257) }).catch((error: Error) => error.message);
  expect(error).toBe('Cannot follow the maintenance state: "$.bypass" must be a secret of at most 256 characters');
});

test("set() refuses a short secret without repeating it, and keeps a hash as it is", async () => {
  const { state } = await siteWith();
  const error = await state.set({ mode: "on", bypass: "shortsecret" }).catch((error: Error) => error.message);
  expect(error).toBe('Cannot follow the maintenance state: "$.bypass" must be a secret of at least 16 characters');
  const { bypass } = state.current;
  await state.set({ mode: "on", bypass: bypass! });
  expect(state.current.bypass).toBe(bypass);
});

test("a state whose bypass is no hash is not valid, and the message does not repeat it", async () => {
  const { gate, store, state } = await siteWith();
  const errors: string[] = [];
  state.on("error", (error) => errors.push((error as Error).message));
  await store.write!(JSON.stringify({ mode: "on", bypass: "my-plain-secret-0" }));
  await until(() => errors.length > 0);
  expect(errors[0]).toContain('"$.bypass" must be the hash of a secret');
  expect(errors[0]).not.toContain("my-plain-secret");
  expect(gate(linkTo("/"))!.status).toBe(302);
});

test("createSecret() makes long secrets, hashSecret() another hash each time", () => {
  const secrets = new Set(Array.from({ length: 100 }, createSecret));
  expect(secrets.size).toBe(100);
  expect([...secrets].every((secret) => /^[\w-]{24}$/.test(secret))).toBe(true);
  expect(hashSecret(SECRET)).not.toBe(hashSecret(SECRET));
});
