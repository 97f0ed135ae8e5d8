import { expect, test } from "vitest";
import { admitCookie, isAdmitted, positionOfAddress } from "../../src/gate/admit.ts";
import { siteOf } from "../bypass/_site.ts";

const requestWith = (cookie?: string, url = "https://site.test/") =>
  new Request(url, cookie === undefined ? {} : { headers: { cookie } });

/** Addresses that follow each other, as those of one provider's customers do. */
const SEQUENCES: Record<string, (index: number) => string> = {
  "IPv4, one after the other": (i) => `10.${(i >> 16) & 255}.${(i >> 8) & 255}.${i & 255}`,
  "IPv4, the first of each /24": (i) => `${1 + (i >> 16)}.${(i >> 8) & 255}.${i & 255}.1`,
  "IPv6, one /64 after the other": (i) => `2001:db8:${(i >> 16).toString(16)}:${(i & 65_535).toString(16)}::1`,
  "IPv6, one /48 after the other": (i) => `2001:db${(i >> 16).toString(16)}:${(i & 65_535).toString(16)}::1`,
};

test.each(Object.entries(SEQUENCES))("positionOfAddress() spreads evenly: %s", (_, addressOf) => {
  const bins = new Array<number>(64).fill(0);
  const count = 64_000;
  for (let i = 0; i < count; i++) bins[Math.floor(positionOfAddress(addressOf(i))! / 2 ** 26)]!++;
  const expected = count / bins.length;
  const chiSquare = bins.reduce((sum, seen) => sum + (seen - expected) ** 2 / expected, 0);
  // With 63 degrees of freedom, chance exceeds 120 once in 60,000 times; a permutation may spread more evenly than chance.
  expect(chiSquare).toBeLessThan(120);
});

test.each([
  ["192.0.2.1", 0xc3f3ea6e],
  ["2001:db8::1", 0x6f016a8b],
  ["0.0.0.0", 0xd9a47ccb],
])("positionOfAddress() of %s is the same in every process and version", (address, position) => {
  expect(positionOfAddress(address)).toBe(position);
});

test("positionOfAddress() is that of the /64 of an IPv6 address, and of the IPv4 address that one carries", () => {
  const position = positionOfAddress("2001:db8:0:7::1");
  expect(positionOfAddress("2001:db8:0:7:ffff:1:2:3%eth0")).toBe(position);
  expect(positionOfAddress("2001:db8:0:8::1")).not.toBe(position);
  expect(positionOfAddress("::ffff:192.0.2.1")).toBe(positionOfAddress("192.0.2.1"));
});

test.each(["", "nobody", "192.0.2.1:80", "192.0.2", undefined, 7 as never])(
  "positionOfAddress() knows none of %j",
  (address) => expect(positionOfAddress(address)).toBeUndefined(),
);

test.each<[string, number, boolean]>([
  ["maintenance-admit=00000000", 1e-9, true],
  ["a=b; maintenance-admit=40000000; c=d", 0.25, false],
  ["maintenance-admit=3fffffff", 0.25, true],
  ["maintenance-admit=3FFFFFFF", 0.25, true],
  ["maintenance-admit=ffffffff", 0.999, false],
  ["maintenance-admit=ffffffff", 1, true],
  ["maintenance-admit=00000000", 0, false],
])("isAdmitted() goes by the cookie %s: at %d it is %s", (cookie, admit, expected) => {
  expect(isAdmitted(requestWith(cookie), undefined, admit)).toBe(expected);
  // Whatever the address: it may have changed.
  expect(isAdmitted(requestWith(cookie), "192.0.2.1", admit)).toBe(expected);
});

test.each([
  undefined,
  "maintenance-admit=",
  "maintenance-admit=0",
  "maintenance-admit=000000000",
  "xmaintenance-admit=00000000",
  "maintenance-admit=0000000g",
])(
  "isAdmitted() knows nobody by %j without an address, and lets them in with all alone",
  (cookie) => {
    expect(isAdmitted(requestWith(cookie), undefined, 0.999999)).toBe(false);
    expect(isAdmitted(requestWith(cookie), undefined, 1)).toBe(true);
    const byAddress = positionOfAddress("192.0.2.1")! / 2 ** 32;
    expect(isAdmitted(requestWith(cookie), "192.0.2.1", byAddress)).toBe(false);
    expect(isAdmitted(requestWith(cookie), "192.0.2.1", byAddress + 2 ** -32)).toBe(true);
  },
);

test("admitCookie() keeps the position of an address, and nothing for who has one or has no address", () => {
  const cookie = admitCookie(requestWith(), "192.0.2.1", undefined)!;
  expect(cookie).toMatch(/^maintenance-admit=[\da-f]{8}; Path=\/; HttpOnly; SameSite=Lax; Secure$/);
  const pair = cookie.split(";")[0]!;
  const position = positionOfAddress("192.0.2.1")! / 2 ** 32;
  expect(isAdmitted(requestWith(pair), "198.51.100.1", position + 2 ** -32)).toBe(true);
  expect(isAdmitted(requestWith(pair), "198.51.100.1", position)).toBe(false);
  expect(admitCookie(requestWith(pair), "198.51.100.1", undefined)).toBeUndefined();
  expect(admitCookie(requestWith(), undefined, undefined)).toBeUndefined();
  expect(admitCookie(requestWith("maintenance-admit=x"), "192.0.2.1", undefined)).toBe(cookie);
  expect(admitCookie(requestWith(undefined, "http://site.test/"), "192.0.2.1", "site.test")).toBe(
    `${pair}; Path=/; HttpOnly; SameSite=Lax; Domain=site.test`,
  );
});

const IN = { cookie: "maintenance-admit=00000000" };

test("gate decides about admit after all who get in by name, and before the methods that only read", () => {
  const { ask, set } = siteOf({ internalIps: ["10.0.0.0/8"], allow: (request) => request.headers.has("x-mine") });
  set({ mode: "read-only", admit: 0.5 });
  expect(ask(IN).because).toBe("admitted");
  expect(ask({ ...IN, "x-mine": "1" }).because).toBe("allowed");
  expect(ask(IN, "/", { clientIp: "10.0.0.1" }).because).toBe("internal-ip");
  expect(ask({ cookie: "maintenance-admit=ffffffff" }).because).toBe("safe-method");
  set({ mode: "on", admit: 0.5 });
  expect(ask(IN)).toEqual({ outcome: "pass", because: "admitted" });
  expect(ask({ cookie: "maintenance-admit=ffffffff" }).because).toBe("maintenance");
  expect(ask({}, "/", {}).because).toBe("maintenance");
  set({ mode: "on", admit: 0 });
  expect(ask(IN).because).toBe("maintenance");
  set({ mode: "on" });
  expect(ask(IN).because).toBe("maintenance");
});

test("gate sets no cookie with an answer", () => {
  const { gate } = siteOf({}, { mode: "on", admit: 0.000001 });
  const response = gate(requestWith(), { clientIp: "192.0.2.1" })!;
  expect([response.status, response.headers.get("set-cookie")]).toEqual([503, null]);
});

test.each([["document", true], ["empty", true], ["image", false], ["script", false]])(
  "admitCookie() is for pages and what they ask for, not for what caches keep for everybody: %s, %s",
  (destination, isSet) => {
    const request = new Request("https://site.test/", { headers: { "sec-fetch-dest": destination } });
    expect(admitCookie(request, "192.0.2.1", undefined) !== undefined).toBe(isSet);
  },
);
