import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { timeOf } from "../_fast.ts";
import { hashSecret } from "../../src/bypass/secret.ts";
import type { MaintenanceInfo } from "../../src/index.ts";
import { maintenanceMode } from "../../src/maintenance.ts";
import { cookieOf, siteOf } from "./_site.ts";

const SECRET = "correct-horse-battery";
const LINK = `https://www.site.test/shop?a=1&maintenance-bypass=${SECRET}`;
const NOW = Date.parse("2026-11-22T00:00:00Z");

beforeEach(() => void vi.useFakeTimers({ toFake: ["Date"], now: NOW }));
afterEach(() => void vi.useRealTimers());

test("bypassSecret lets in by a link, the cookie that it sets and a header field, without a state", () => {
  const gate = maintenanceMode({ enabled: true, bypassSecret: SECRET });
  const opened = gate(new Request(LINK))!;
  expect([opened.status, opened.headers.get("location")]).toEqual([302, "/shop?a=1"]);
  expect(opened.headers.get("referrer-policy")).toBe("no-referrer");
  expect(opened.headers.get("set-cookie")).toMatch(
    /^__Host-maintenance-bypass=\d+\.[\w-]{43}; Path=\/; Max-Age=43200; HttpOnly; SameSite=Lax; Secure$/,
  );
  const ask = (headers: Record<string, string>) => gate.explain(new Request("https://www.site.test/", { headers }));
  expect(ask({ cookie: cookieOf(opened) })).toEqual({ outcome: "pass", because: "bypass" });
  expect(ask({ "maintenance-bypass": SECRET })).toEqual({ outcome: "pass", because: "bypass" });
  expect(ask({ "maintenance-bypass": `${SECRET}x` }).because).toBe("maintenance");
  expect(ask({}).because).toBe("maintenance");
});

test("the cookie of bypassSecret is found behind others that another subdomain has set", () => {
  const gate = maintenanceMode({ enabled: true, bypassSecret: SECRET });
  const bogus = Array.from({ length: 50 }, (_, i) => `maintenance-bypass=${9_000_000_000_000 + i}.${"A".repeat(43)}`);
  const cookie = [...bogus, cookieOf(gate(new Request(LINK)))].join("; ");
  expect(gate.explain(new Request("https://www.site.test/", { headers: { cookie } })).because).toBe("bypass");
});

test("bypassSecret holds beside the bypass of the state", () => {
  const { gate, ask } = siteOf({ bypassSecret: SECRET }, { mode: "on", bypass: hashSecret("another-secret-of-16") });
  const other = "https://www.site.test/?maintenance-bypass=another-secret-of-16";
  for (const link of [LINK, other]) {
    const opened = gate(new Request(link));
    expect(opened!.status).toBe(302);
    expect(ask({ cookie: cookieOf(opened) })).toEqual({ outcome: "pass", because: "bypass" });
  }
  expect(ask({ "maintenance-bypass": "another-secret-of-16" }).because).toBe("bypass");
});

test("the cookie of bypassSecret holds in each process that has the secret, and in no other", () => {
  const [one, two, other] = [SECRET, SECRET, `${SECRET}!`].map((bypassSecret) => siteOf({ bypassSecret }, ON));
  const cookie = cookieOf(one!.gate(new Request(LINK)));
  expect([two!.ask({ cookie }).because, other!.ask({ cookie }).because]).toEqual(["bypass", "maintenance"]);
});

const ON = { mode: "on", start: "2026-11-21T00:00:00Z" } as const;

test("the cookie of bypassSecret cannot be prolonged, and ends after twelve hours", () => {
  const { gate, ask } = siteOf({ bypassSecret: SECRET }, ON);
  const cookie = cookieOf(gate(new Request(LINK)));
  const until = NOW + 12 * 3_600_000;
  expect(cookie).toContain(`=${until}.`);
  for (const other of [until + 1, until - 1, `0${until}`, 9_999_999_999_999]) {
    expect(ask({ cookie: cookie.replace(`=${until}.`, `=${other}.`) }).because).toBe("maintenance");
  }
  vi.setSystemTime(until - 1);
  expect(ask({ cookie }).because).toBe("bypass");
  vi.setSystemTime(until);
  expect(ask({ cookie })).toMatchObject({
    because: "maintenance",
    bypass: "its cookie has expired: open the link again",
  });
});

test("the cookie of bypassSecret ends with the state, and with another start", () => {
  const { gate, ask, set } = siteOf({ bypassSecret: SECRET }, { ...ON, end: "2026-11-22T01:00:00Z" });
  const opened = gate(new Request(LINK));
  expect(opened!.headers.get("set-cookie")).toContain("; Max-Age=3600;");
  const cookie = cookieOf(opened);
  expect(ask({ cookie }).because).toBe("bypass");
  // The same maintenance, with something else said of it.
  set({ ...ON, reason: "Taking longer" });
  expect(ask({ cookie }).because).toBe("bypass");
  vi.setSystemTime(Date.parse("2026-11-22T01:00:00Z"));
  expect(ask({ cookie }).because).toBe("maintenance");
  vi.setSystemTime(NOW);
  for (const next of [{ mode: "on" }, { mode: "on", start: "2026-11-21T00:00:01Z" }] as const) {
    set(next);
    expect(ask({ cookie }).because).toBe("maintenance");
  }
});

test("the cookie of bypassSecret that was made without a state does not hold in one with a start", () => {
  const { gate, ask, set } = siteOf({ bypassSecret: SECRET, enabled: true });
  const cookie = cookieOf(gate(new Request(LINK)));
  expect(ask({ cookie }).because).toBe("bypass");
  set(ON);
  expect(ask({ cookie }).because).toBe("maintenance");
});

test.each([
  ["https://www.site.test/", "__Secure-maintenance-bypass", true],
  ["http://www.site.test/", "maintenance-bypass", false],
])("bypassDomain at %s makes cookies of both kinds for the domain", (url, name, secure) => {
  const bypass = hashSecret("another-secret-of-16");
  const { gate, ask } = siteOf({ bypassSecret: SECRET, bypassDomain: "site.test" }, { mode: "on", bypass });
  for (const secret of [SECRET, "another-secret-of-16"]) {
    const opened = gate(new Request(`${url}?maintenance-bypass=${secret}`));
    expect(opened!.headers.get("set-cookie")).toMatch(
      new RegExp(
        `^${name}=\\d+\\.[\\w-]{43}; Path=/; Max-Age=43200; HttpOnly; SameSite=Lax${
          secure ? "; Secure" : ""
        }; Domain=site\\.test$`,
      ),
    );
    expect(ask({ cookie: cookieOf(opened) }).because).toBe("bypass");
  }
});

const OTHER = "what it carries is of another maintenance or another secret";

test.each<[string, Record<string, string>, string, string | undefined]>([
  ["nothing", {}, "/", undefined],
  ["the secret", { "maintenance-bypass": SECRET }, "/", undefined],
  ["another secret", { "maintenance-bypass": "wrong-secret-wrong" }, "/", OTHER],
  ["a link with another secret", {}, "/?maintenance-bypass=wrong-secret-wrong", OTHER],
  ["a cookie of another secret", { cookie: `maintenance-bypass=9999999999999.${"a".repeat(43)}` }, "/", OTHER],
  ["an old one of another secret", { cookie: `maintenance-bypass=1.${"a".repeat(43)}` }, "/", OTHER],
  [
    "a cookie that is cut off",
    { cookie: "a=b; __Host-maintenance-bypass=9999999999999.abc" },
    "/",
    "its cookie is malformed",
  ],
])("explain() tells why a request with %s does not get in by it", (_, headers, path, bypass) => {
  const { ask, set } = siteOf({ bypassSecret: SECRET }, ON);
  const explained = ask(headers, path);
  expect(explained.bypass).toBe(bypass);
  expect(JSON.stringify(explained)).not.toMatch(/wrong-secret|aaaa/);
  // Staff get in anyway, and are told the same.
  expect(ask(headers, path, { isStaff: true }).bypass).toBe(bypass);
  set({ mode: "off" });
  expect(ask(headers, path)).toEqual({ outcome: "pass", because: "off" });
});

test("explain() tells that there is no bypass, and nothing where one of two lets in", () => {
  const both = siteOf({ bypassSecret: SECRET }, { mode: "on", bypass: hashSecret("another-secret-of-16") });
  expect(both.ask({ "maintenance-bypass": "another-secret-of-16" }).bypass).toBeUndefined();
  expect(both.ask({ "maintenance-bypass": SECRET }).bypass).toBeUndefined();
  const none = siteOf({ enabled: true });
  expect(none.ask({ "maintenance-bypass": SECRET }).bypass).toBe("this maintenance has no bypass");
  expect(none.ask({ cookie: "a=maintenance-bypass" })).toEqual({ outcome: "answer", because: "maintenance" });
});

test("the secret is not told to onDecision, nor in a page, without a state too", async () => {
  const seen: string[] = [];
  const onError = vi.fn();
  const gate = maintenanceMode({
    enabled: true,
    bypassSecret: SECRET,
    page: "{{request_url}} {{request_path}}",
    onDecision: ({ because }, { url, headers }) => seen.push(`${because} ${url} ${JSON.stringify([...headers])}`),
    onError,
  });
  gate(new Request(LINK));
  gate(new Request("https://www.site.test/", { headers: { "maintenance-bypass": SECRET } }));
  const page = await gate(new Request(`https://www.site.test/a?maintenance-bypass=old-${SECRET}&b=c`))!.text();
  expect(seen.map((line) => line.split(" ")[0])).toEqual(["bypass-link", "bypass", "maintenance"]);
  expect(seen.join()).not.toContain("horse");
  expect(page).toBe("https://www.site.test/a?maintenance-bypass=…&amp;b=c /a");
  expect(onError).not.toHaveBeenCalled();
});

test("bypassSecret is not in what handler503 is told of the occasion, nor in errors of options", () => {
  let told: MaintenanceInfo | undefined;
  const gate = maintenanceMode({
    enabled: true,
    bypassSecret: SECRET,
    handler503: (_request, info) => {
      told = info;
      return new Response(null, { status: 503 });
    },
  });
  gate(new Request("https://www.site.test/"));
  expect(JSON.stringify(told)).not.toContain("horse");
  expect(() => maintenanceMode({ bypassSecret: SECRET, statusCode: 1 })).toThrow(
    expect.objectContaining({ message: expect.not.stringContaining("horse") }),
  );
});

test.each<[string, Parameters<typeof siteOf>]>([
  ["bypassSecret", [{ enabled: true, bypassSecret: SECRET }]],
  ["the state", [{}, { mode: "on", bypass: hashSecret(SECRET) }]],
])("a holder of the cookie of %s gets in over http behind all cookies that a header has room for", (_what, site) => {
  const { ask, gate } = siteOf(...site);
  const cookie = cookieOf(gate(new Request(`http://www.site.test/?maintenance-bypass=${SECRET}`)));
  const planted = (count: number, until = Date.now() + 3_600_000) =>
    Array.from({ length: count }, (_, index) => cookie.replace(/=\d+\..{5}/, `=${until + index}.AAAAA`)).join("; ");
  const held = { cookie: `${planted(190)}; ${cookie}` };
  expect(held.cookie.length).toBeLessThan(16_384);
  expect(ask(held).because).toBe("bypass");
  // What some servers take beyond that is only read: it costs little more than cookies that have expired, which are not tried.
  const timeWith = (cookies: string) => {
    const request = new Request("http://www.site.test/", { headers: { cookie: cookies } });
    return timeOf(() => void gate(request));
  };
  expect(timeWith(planted(5_000))).toBeLessThan(8 * timeWith(planted(5_000, 1_000)));
});
