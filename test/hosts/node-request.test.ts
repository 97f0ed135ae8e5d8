import fc from "fast-check";
import { expect, test } from "vitest";
import { GateRequest } from "../../src/hosts/node/request.ts";

const socket = { remoteAddress: "203.0.113.9" };
const requestOf = (url: string, headers: Record<string, string | string[]> = {}, more = {}) =>
  new GateRequest({ method: "GET", url, headers: { host: "site.test", ...headers }, socket, ...more });

test.each<[target: string, host: string, url: string]>([
  ["/a?b=1", "site.test", "http://site.test/a?b=1"],
  ["/a", "Site.TEST:80", "http://site.test/a"],
  ["/a", "site.test:8080", "http://site.test:8080/a"],
  ["/a", "[2001:DB8::A]:80", "http://[2001:db8::a]/a"],
  ["/a", "127.1", "http://127.0.0.1/a"],
  ["/a", "", "http://localhost/a"],
  ["/a{b}?c='d'", "site.test", "http://site.test/a%7Bb%7D?c=%27d%27"],
  ["/a#b", "site.test", "http://site.test/%2Fa%23b%00"],
  ["/a?b#c", "site.test", "http://site.test/a?b#c"],
  ["/a/../b", "site.test", "http://site.test/%2Fa%2F..%2Fb%00"],
  ["http://x/b", "site.test", "http://site.test/http%3A%2F%2Fx%2Fb%00"],
  ["*", "site.test", "http://site.test/*%00"],
  ["/a?b", "x/health?", "http://localhost/a%00?b"],
  ["/a", "site.test:99999", "http://localhost/a%00"],
  ["/a", "256.1.1.1", "http://localhost/a%00"],
])("GateRequest reads the target %s of the host %j as %s", (target, host, url) => {
  expect(requestOf(target, { host }).url).toBe(url);
});

test.each([
  ["site.test", "SITE.test", "http://site.test/a"],
  ["site.test", "", "http://site.test/a"],
  // A client must not send two hosts, and the app may read the other one.
  ["open.test", "closed.test", "http://localhost/a%00"],
])("GateRequest takes :authority %s and Host %j for %s", (authority, host, url) => {
  expect(requestOf("/a", { ":authority": authority, host }).url).toBe(url);
});

test("GateRequest knows a secure connection, and a target that Express has cut", () => {
  const secure = { socket: { ...socket, encrypted: true }, originalUrl: "/shop/a" };
  expect(requestOf("/a", {}, secure).url).toBe("https://site.test/shop/a");
});

test("GateRequest has the URL that a Request of it has", () => {
  const characters = fc.string({ unit: fc.constantFrom(..."/.%2eE?#&='\"<>^`{|}~;:@\\\u00e9 a") });
  const text = fc.oneof(characters.map((path) => `/${path}`), fc.string());
  const hosts = [
    "a.test",
    "A.test:80",
    "127.0.0.1",
    "1.2",
    "0x7f.1",
    "[::1]",
    "[::FFFF:1.2.3.4]:8080",
    "xn--",
    "a_b",
    "a..b",
  ];
  const host = fc.oneof(fc.constantFrom(...hosts), fc.string());
  fc.assert(fc.property(text, host, (target, host) => {
    const { url } = requestOf(target, { host });
    expect(new URL(url).href).toBe(url);
  }));
});

test.each([["get", "GET"], ["Post", "POST"], ["propfind", "propfind"], ["PATCH", "PATCH"], [undefined, "GET"]])(
  "GateRequest writes the method %s as a Request does: %s",
  (given, method) => {
    const request = requestOf("/", {}, { method: given });
    expect([request.method, request.toRequest().method]).toEqual([method, method]);
  },
);

test("GateRequest has the header fields that a Request of it has", () => {
  const request = requestOf("/", { "x-list": ["1", "2"], cookie: "a=1; b=2", ":path": "/", "x-none": undefined! });
  const real = request.toRequest();
  for (const name of ["host", "Host", "x-list", "X-List", "cookie", "x-none", "missing", "toString"]) {
    expect([name, request.headers.get(name)]).toEqual([name, real.headers.get(name)]);
  }
  const all: [string, string][] = [];
  request.headers.forEach((value, name) => all.push([name, value]));
  expect(all.sort()).toEqual([...real.headers].sort());
});

test("GateRequest reads no field of Object.prototype", () => {
  Object.assign(Object.prototype, { "x-polluted": "1" });
  try {
    const request = requestOf("/");
    expect([request.headers.get("x-polluted"), request.toRequest().headers.get("x-polluted")]).toEqual([null, null]);
  } finally {
    delete (Object.prototype as Record<string, unknown>)["x-polluted"];
  }
});

test("GateRequest leaves out what Headers refuses", () => {
  const request = requestOf("/", { "x-bad": "a\0b", "bad name": "1", "x-good": "1" });
  expect([...request.toRequest().headers]).toEqual([["host", "site.test"], ["x-good", "1"]]);
});
