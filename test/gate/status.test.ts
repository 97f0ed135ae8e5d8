import { expect, test, vi } from "vitest";
import { LIVE } from "../../src/gate/live.ts";
import type { MaintenanceState } from "../../src/index.ts";
import { maintenanceMode } from "../../src/maintenance.ts";
import { prepareSnapshot } from "../../src/state/state-snapshot.ts";
import { maintenanceMode as tinyMode } from "../../src/tiny.ts";
import { INTERNALS_VERSION } from "../../src/util/internals-version.ts";
import { siteOf } from "../bypass/_site.ts";

const HOUR = 3_600_000;
const inHours = (hours: number) => new Date(Math.ceil(Date.now() / 1_000) * 1_000 + hours * HOUR).toISOString();
const START = inHours(1);
const END = inHours(2);
const BEFORE = inHours(-1);

const requestWith = (headers: Record<string, string> = {}, method = "GET") =>
  new Request("https://site.test/maintenance-status", { headers, method });

test.each<[string, MaintenanceState, Record<string, unknown>]>([
  ["off", { mode: "off" }, { mode: "off", phase: "off" }],
  ["on", { mode: "on" }, { mode: "on", phase: "now" }],
  [
    "read-only, with everything that the public may know",
    { mode: "read-only", start: BEFORE, end: END, reason: "New database", retryAfter: 600 },
    { mode: "read-only", phase: "now", start: BEFORE, end: END, reason: "New database", retryAfter: 600 },
  ],
  ["an instant to come back at", { mode: "on", retryAfter: END }, { mode: "on", phase: "now", retryAfter: END }],
  [
    "planned",
    { mode: "read-only", start: START, end: END, reason: "New database" },
    { mode: "off", phase: "planned", plannedMode: "read-only", start: START, end: END, reason: "New database" },
  ],
  [
    "a part that is closed",
    { mode: "on", urls: ["/shop/*"] },
    { mode: "on", phase: "now", part: true },
  ],
  [
    "a part that is planned",
    { mode: "on", start: START, urls: ["/shop/*"] },
    { mode: "off", phase: "planned", plannedMode: "on", part: true, start: START },
  ],
  [
    "a state that has ended",
    { mode: "on", end: inHours(-1) },
    { mode: "off", phase: "off" },
  ],
])("status() tells of %s", async (_, state, expected) => {
  const response = siteOf({}, state).gate.status(requestWith());
  expect(response.status).toBe(200);
  expect(response.headers.get("content-type")).toBe("application/json");
  expect(response.headers.get("cache-control")).toBe("no-cache");
  expect(await response.json()).toEqual(expected);
});

test("status() says nothing of operators, of who gets in and of which URLs are closed", async () => {
  const secret = siteOf({ internalIps: ["192.0.2.77"], ignoreUrls: ["/hidden-hook"] }, {
    mode: "read-only",
    urls: ["/hidden-shop/*"],
    ignoreUrls: ["/hidden-page"],
    reads: ["POST /hidden-read"],
    writes: ["GET /hidden-write"],
    internalIps: ["198.51.100.0/24"],
    bypass: "sha256:AAAAAAAAAAAAAAAAAAAAAA:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
    admit: 0.25,
    owner: "run-1",
    former: { mode: "on", reason: "former" },
  });
  expect(await secret.gate.status(requestWith()).json()).toEqual({ mode: "read-only", phase: "now", part: true });
});

test("status() tells other hosts nothing of a state for some", async () => {
  for (const when of [{}, { start: START }]) {
    const { gate } = siteOf({}, { mode: "on", hosts: ["shop.test"], urls: ["/cart"], reason: "Moving shop", ...when });
    const reasonAt = async (origin: string) => (await gate.status(new Request(`${origin}/status`)).json()).reason;
    expect([await reasonAt("https://SHOP.test:8443"), await reasonAt("https://other.test")]).toEqual([
      "Moving shop",
      undefined,
    ]);
  }
});

test("status() announces no earlier than the option announce says", async () => {
  const plan: MaintenanceState = { mode: "on", start: START };
  const phases = [4_000, 60].map(async (announce) =>
    (await siteOf({ announce }, plan).gate.status(requestWith()).json()).phase
  );
  expect(await Promise.all(phases)).toEqual(["planned", "off"]);
});

test("status() of a recurring window gives the end of this window, and not the start of all", async () => {
  const minute = new Date(Date.now() - 60_000).getUTCMinutes();
  const state = {
    mode: "on" as const,
    start: inHours(-48),
    recurring: [{ cron: `${minute} * * * *`, duration: "10m" }],
  };
  const live = {
    version: INTERNALS_VERSION,
    snapshot: await prepareSnapshot(state),
    noteAdmission() {},
    noteCounting() {},
  };
  const status = await maintenanceMode({ state: { [LIVE]: live } as never }).status(requestWith()).json();
  expect(Object.keys(status)).toEqual(["mode", "phase", "end"]);
});

test("status() tells of the option enabled, which closes all of the site", async () => {
  const whole = maintenanceMode({ enabled: true, retryAfter: 120 });
  expect(await whole.status(requestWith()).json()).toEqual({ mode: "on", phase: "now", retryAfter: 120 });
  const part = siteOf({ enabled: true }, { mode: "read-only", urls: ["/shop"], reason: "Shop" });
  expect(await part.gate.status(requestWith()).json()).toEqual({ mode: "on", phase: "now" });
  const both = siteOf({ enabled: () => true }, { mode: "read-only", reason: "All" });
  expect(await both.gate.status(requestWith()).json()).toEqual({ mode: "on", phase: "now", reason: "All" });
});

test("status() gives the reason in the visitor's language, and says in which", async () => {
  const { gate } = siteOf({}, { mode: "on", reason: { en: "New database", de: "Neue Datenbank" } });
  const [german, english, other] = ["de-AT", "en", "fr"].map((tag) =>
    gate.status(requestWith({ "accept-language": tag }))
  );
  const told = async (response: Response) => [(await response.json()).reason, response.headers.get("content-language")];
  expect(await told(german!)).toEqual(["Neue Datenbank", "de"]);
  expect(await told(english!)).toEqual(["New database", "en"]);
  expect(await told(other!)).toEqual(["New database", "en"]);
  expect(german!.headers.get("vary")).toBe("accept-language");
  expect(german!.headers.get("etag")).not.toBe(english!.headers.get("etag"));
});

test.each([
  ["the tag", (tag: string) => tag, 304],
  ["the tag without W/", (tag: string) => tag.slice(2), 304],
  ["a list", (tag: string) => `"a,b", ${tag} , W/"c"`, 304],
  ["an asterisk", () => "*", 304],
  ["another tag", () => 'W/"0123456789abcdef"', 200],
  ["a tag that begins alike", (tag: string) => `${tag.slice(0, -1)}0"`, 200],
  ["nonsense", () => "nonsense", 200],
])("status() answers If-None-Match with %s", async (_, fieldOf, expected) => {
  const { gate } = siteOf({}, { mode: "on", reason: "New database" });
  const tag = gate.status(requestWith()).headers.get("etag")!;
  expect(tag).toMatch(/^W\/"[\da-f]{16}"$/);
  const response = gate.status(requestWith({ "if-none-match": fieldOf(tag) }));
  expect([response.status, response.headers.get("etag")]).toEqual([expected, tag]);
  expect(response.headers.get("cache-control")).toBe("no-cache");
  expect(response.headers.get("vary")).toBe("accept-language");
  if (expected === 304) {
    expect([await response.text(), response.headers.get("content-type")]).toEqual(["", null]);
  }
});

test("status() has the same tag in every process, and another one after each change", () => {
  const states: MaintenanceState[] = [
    { mode: "off" },
    { mode: "on" },
    { mode: "read-only" },
    { mode: "on", reason: "a" },
    { mode: "on", reason: "b" },
    { mode: "on", end: END },
    { mode: "on", start: START },
  ];
  const tags = () => states.map((state) => siteOf({}, state).gate.status(requestWith()).headers.get("etag"));
  expect(tags()).toEqual(tags());
  expect(new Set(tags()).size).toBe(states.length);
});

test("status() keeps its tag while the end comes nearer", () => {
  vi.useFakeTimers({ now: Date.parse(END) - HOUR });
  try {
    const { gate } = siteOf({}, { mode: "on", end: END });
    const before = gate.status(requestWith()).headers.get("etag");
    vi.advanceTimersByTime(HOUR / 2);
    expect(gate.status(requestWith({ "if-none-match": before! })).status).toBe(304);
    vi.advanceTimersByTime(HOUR / 2);
    expect(gate.status(requestWith({ "if-none-match": before! })).status).toBe(200);
  } finally {
    vi.useRealTimers();
  }
});

test("status() answers HEAD like GET, without a body", async () => {
  const { gate } = siteOf({}, { mode: "on" });
  const [get, head] = [gate.status(requestWith()), gate.status(requestWith({}, "HEAD"))];
  const length = (await get.text()).length;
  expect([head.status, await head.text()]).toEqual([200, ""]);
  expect(Object.fromEntries(head.headers)).toEqual({
    ...Object.fromEntries(get.headers),
    "content-length": String(length),
  });
});

test("status() lets the origins read it that the option cors names", () => {
  const origin = "https://app.example.com";
  const named = siteOf({ cors: { origins: ["https://*.example.com"], credentials: true } }, { mode: "on" }).gate;
  const response = named.status(requestWith({ origin }));
  expect(response.headers.get("access-control-allow-origin")).toBe(origin);
  expect(response.headers.get("access-control-allow-credentials")).toBe("true");
  expect(response.headers.get("access-control-expose-headers")).toBe("etag");
  expect(response.headers.get("vary")).toBe("accept-language, origin");
  const again = named.status(requestWith({ origin, "if-none-match": response.headers.get("etag")! }));
  expect([again.status, again.headers.get("access-control-allow-origin")]).toEqual([304, origin]);
  const other = named.status(requestWith({ origin: "https://example.org" }));
  expect([other.status, other.headers.get("access-control-allow-origin")]).toEqual([200, null]);
  const allowed = [{}, { cors: false as const }].map((options) =>
    siteOf(options, { mode: "on" }).gate.status(requestWith({ origin })).headers.get("access-control-allow-origin")
  );
  expect(allowed).toEqual(["*", null]);
  // A script that sends the tag itself asks first.
  const preflight = named.status(requestWith({
    origin,
    "access-control-request-method": "GET",
    "access-control-request-headers": "if-none-match",
  }, "OPTIONS"));
  expect([preflight.status, preflight.headers.get("access-control-allow-headers")]).toEqual([204, "if-none-match"]);
  expect(preflight.headers.get("access-control-allow-origin")).toBe(origin);
});

test("status() reports what is no Request, and tells the public all the same", async () => {
  const onError = vi.fn();
  const gate = maintenanceMode({ enabled: true, onError });
  for (const wrong of [undefined, null, {}, { headers: { accept: "*/*" } }]) {
    const response = gate.status(wrong as never);
    expect(await response.json()).toEqual({ mode: "on", phase: "now" });
  }
  expect(onError.mock.calls.map(([{ message }]) => message)).toContain(
    '"status" takes a Request, received undefined',
  );
  expect(onError).toHaveBeenCalledTimes(4);
});

test("status() of the tiny gate tells what is in force", async () => {
  const off = tinyMode().status(requestWith());
  expect([off.status, off.headers.get("cache-control"), await off.json()]).toEqual([200, "no-cache", {
    mode: "off",
    phase: "off",
  }]);
  expect(await tinyMode({ enabled: true }).status(requestWith()).json()).toEqual({ mode: "on", phase: "now" });
});
