import { optionError } from "../../_errors.ts";
import { expect, test } from "vitest";
import { clientIpFrom, type ClientIpOptions, compileClientIp } from "../../../src/match/ip/client-ip.ts";
import { expectWithin } from "../../_fast.ts";

const ACCEPTED = 'an IP address or CIDR range such as "203.0.113.7", "10.0.0.0/8" or "2001:db8::/32"';

/** The client behind the trusted proxy 10.0.0.1, which sent this field. */
function behindProxy(value: string, forwardedHeader = "x-forwarded-for"): string | undefined {
  const headers = new Headers({ [forwardedHeader]: value });
  return clientIpFrom(headers, "10.0.0.1", { trustProxy: ["10.0.0.0/8", "fd00::/8"], forwardedHeader });
}

test.each(["203.0.113.9", "::1", "2001:DB8::A", "::ffff:203.0.113.9", "fe80::1%eth0"])(
  "clientIpFrom() takes the peer %s for the client without options",
  (peer) => {
    expect(clientIpFrom(new Headers({ "x-forwarded-for": "198.51.100.1" }), peer)).toBe(peer);
  },
);

test.each([undefined, "", "unknown", "/run/app.sock", "010.0.0.1", "203.0.113.9:80", "localhost", null, 42, {}])(
  "clientIpFrom() knows no client where the peer is %j",
  (peer) => {
    const headers = new Headers({ "x-forwarded-for": "198.51.100.1" });
    expect(clientIpFrom(headers, peer as string)).toBe(undefined);
    expect(clientIpFrom(headers, peer as string, { trustProxy: ["0.0.0.0/0", "::/0"] })).toBe(undefined);
  },
);

test("clientIpFrom() trusts nobody unless told to", () => {
  const headers = new Headers({ "x-forwarded-for": "198.51.100.1", forwarded: "for=198.51.100.1" });
  expect(clientIpFrom(headers, "127.0.0.1", {})).toBe("127.0.0.1");
  expect(clientIpFrom(headers, "127.0.0.1", { trustProxy: [] })).toBe("127.0.0.1");
  expect(clientIpFrom(headers, "127.0.0.1", { forwardedHeader: "forwarded" })).toBe("127.0.0.1");
});

test("clientIpFrom() does not read the field of a peer that is not trusted", () => {
  const headers = { get: () => expect.unreachable() };
  expect(clientIpFrom(headers, "198.51.100.1", { trustProxy: ["10.0.0.0/8"] })).toBe("198.51.100.1");
});

test("clientIpFrom() takes a trusted peer that sends no field for the client", () => {
  expect(clientIpFrom(new Headers(), "10.0.0.1", { trustProxy: ["10.0.0.0/8"] })).toBe("10.0.0.1");
});

test("clientIpFrom() trusts a peer whose address is IPv4-mapped", () => {
  const headers = new Headers({ "x-forwarded-for": "203.0.113.9" });
  expect(clientIpFrom(headers, "::ffff:10.0.0.1", { trustProxy: ["10.0.0.0/8"] })).toBe("203.0.113.9");
});

test.each([
  ["loopback", ["127.0.0.1", "127.255.255.255", "::1", "::ffff:127.0.0.1"], ["128.0.0.1", "::2", "10.0.0.1"]],
  ["linklocal", ["169.254.0.1", "fe80::1", "fe80::1%eth0", "febf::1"], ["169.255.0.1", "fec0::1", "127.0.0.1"]],
  [
    "uniquelocal",
    ["10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.0.1", "fc00::1", "fdff::1"],
    ["11.0.0.1", "172.32.0.1", "192.169.0.1", "fe00::1", "127.0.0.1"],
  ],
])("clientIpFrom() knows the proxies called %s", (name, trusted, others) => {
  const headers = new Headers({ "x-forwarded-for": "203.0.113.9" });
  const options = { trustProxy: [name] };
  expect(trusted.map((peer) => clientIpFrom(headers, peer, options))).toEqual(trusted.map(() => "203.0.113.9"));
  expect(others.map((peer) => clientIpFrom(headers, peer, options))).toEqual(others);
});

test("clientIpFrom() trusts names and ranges together", () => {
  const headers = new Headers({ "x-forwarded-for": "203.0.113.9, 198.51.100.7" });
  expect(clientIpFrom(headers, "127.0.0.1", { trustProxy: ["loopback", "198.51.100.0/24"] })).toBe("203.0.113.9");
});

test.each([
  ["one entry", "203.0.113.9", "203.0.113.9"],
  ["an untrusted entry in front of a trusted one", "203.0.113.9, 10.0.0.2", "203.0.113.9"],
  ["a forged entry further left", "192.0.2.1, 203.0.113.9, 10.0.0.2", "203.0.113.9"],
  ["a forged internal entry further left", "10.9.9.9, 203.0.113.9", "203.0.113.9"],
  ["trusted entries only", "10.0.0.4, 10.0.0.3, 10.0.0.2", "10.0.0.4"],
  ["IPv6", "2001:db8::9", "2001:db8::9"],
  ["IPv6 behind a trusted IPv6 entry", "2001:db8::9, fd00::1", "2001:db8::9"],
  ["IPv6 in brackets", "[2001:db8::9]", "2001:db8::9"],
  ["IPv6 with a port", "[2001:db8::9]:4711", "2001:db8::9"],
  ["IPv6 with a zone id", "fe80::1%eth0", "fe80::1%eth0"],
  ["IPv4-mapped IPv6", "::ffff:203.0.113.9", "::ffff:203.0.113.9"],
  ["a trusted IPv4-mapped IPv6 entry", "203.0.113.9, ::ffff:10.0.0.2", "203.0.113.9"],
  ["IPv4 with a port", "203.0.113.9:4711", "203.0.113.9"],
  ["a trusted entry with a port", "203.0.113.9, 10.0.0.2:80", "203.0.113.9"],
  ["no spaces", "203.0.113.9,10.0.0.2", "203.0.113.9"],
  ["many spaces and tabs", " \t203.0.113.9 \t,\t 10.0.0.2 ", "203.0.113.9"],
])("clientIpFrom() reads X-Forwarded-For with %s", (_what, value, client) => {
  expect(behindProxy(value)).toBe(client);
});

test.each([
  ["nothing", ""],
  ["a comma", ","],
  ["an empty element at the end", "203.0.113.9,"],
  ["an empty element at the end and trusted entries", "203.0.113.9, , 10.0.0.2"],
  ["unknown", "unknown"],
  ["unknown behind an address", "203.0.113.9, unknown"],
  ["unknown behind an address and a proxy", "203.0.113.9, unknown, 10.0.0.2"],
  ["an obfuscated identifier", "203.0.113.9, _hidden"],
  ["a host name", "203.0.113.9, proxy.test"],
  ["octal IPv4", "203.0.113.9, 010.0.0.1"],
  ["short IPv4", "203.0.113.9, 127.1"],
  ["decimal IPv4", "2130706433"],
  ["quotes", '"203.0.113.9"'],
  ["IPv4 in brackets", "[203.0.113.9]"],
  ["an open bracket", "203.0.113.9, [2001:db8::9"],
  ["text behind the brackets", "[2001:db8::9]x"],
  ["a port without a number", "203.0.113.9:"],
  ["a port of six digits", "203.0.113.9:123456"],
  ["a port of letters", "203.0.113.9:http"],
  ["an obfuscated port", "203.0.113.9:_p"],
  ["two addresses in one element", "203.0.113.9 10.0.0.2"],
  ["a semicolon", "203.0.113.9; 10.0.0.2"],
  ["a prefix", "203.0.113.9/32"],
  ["a for parameter", "for=203.0.113.9"],
])("clientIpFrom() knows no client where X-Forwarded-For holds %s", (_what, value) => {
  expect(behindProxy(value)).toBe(undefined);
});

test("clientIpFrom() reads X-Forwarded-For of 10 000 elements", () => {
  expect(behindProxy(`203.0.113.9${", 10.0.0.2".repeat(9_999)}`)).toBe("203.0.113.9");
  expect(behindProxy(`${"203.0.113.9, ".repeat(9_999)}198.51.100.7`)).toBe("198.51.100.7");
});

test("clientIpFrom() reads several fields of one name as one list", () => {
  const headers = new Headers([["X-Forwarded-For", "192.0.2.1"], ["X-Forwarded-For", "203.0.113.9"]]);
  expect(clientIpFrom(headers, "10.0.0.1", { trustProxy: ["10.0.0.0/8"] })).toBe("203.0.113.9");
});

test.each([
  ["IPv4", "for=203.0.113.9", "203.0.113.9"],
  ["quoted IPv4", 'for="203.0.113.9"', "203.0.113.9"],
  ["quoted IPv4 with a port", 'for="203.0.113.9:4711"', "203.0.113.9"],
  ["an obfuscated port", 'for="203.0.113.9:_p.1-a"', "203.0.113.9"],
  ["IPv6", 'for="[2001:db8::9]"', "2001:db8::9"],
  ["IPv6 with a port", 'for="[2001:db8:cafe::17]:4711"', "2001:db8:cafe::17"],
  ["capital letters", "For=203.0.113.9;PROTO=http", "203.0.113.9"],
  ["other parameters", 'by=10.0.0.1;for=203.0.113.9;host="a,b;c";proto=https', "203.0.113.9"],
  ["escapes in quotes", 'for="\\203.0.113\\.9"', "203.0.113.9"],
  ["escaped quotes in another parameter", 'host="a\\"b";for=203.0.113.9', "203.0.113.9"],
  ["empty parameters", ";for=203.0.113.9;;", "203.0.113.9"],
  ["spaces around", "  for=203.0.113.9 ; proto=http  ", "203.0.113.9"],
  ["a trusted entry", 'for=203.0.113.9, for=10.0.0.2;by="_x"', "203.0.113.9"],
  ["a forged entry further left", 'for=192.0.2.1, for="203.0.113.9:1", for="[fd00::1]"', "203.0.113.9"],
  ["something unreadable as an address further left", "for=unknown, for=203.0.113.9", "203.0.113.9"],
  ["trusted entries only", "for=10.0.0.3, for=10.0.0.2", "10.0.0.3"],
])("clientIpFrom() reads Forwarded with %s", (_what, value, client) => {
  expect(behindProxy(value, "Forwarded")).toBe(client);
});

test.each([
  ["nothing", ""],
  ["commas", ",,"],
  ["an empty element at the end", "for=203.0.113.9,"],
  ["unknown", "for=203.0.113.9, for=unknown"],
  ["an obfuscated identifier", "for=203.0.113.9, for=_hidden"],
  ["an element without for", "for=203.0.113.9, proto=https"],
  ["an element with two for", "for=203.0.113.9;for=10.0.0.2"],
  ["an empty value", "for="],
  ["an empty quoted value", 'for=""'],
  ["IPv6 without brackets", 'for="2001:db8::9"'],
  ["IPv4 in brackets", 'for="[203.0.113.9]"'],
  ["octal IPv4", "for=0313.0.113.9"],
  ["an open quote in front of what a proxy wrote", 'for="203.0.113.9, for=10.0.0.2'],
  ["an open quote of a client", 'for=1.2.3.4;host="x, for=203.0.113.9'],
  ["a bare address", "203.0.113.9"],
  ["spaces in front of the sign =", "for =203.0.113.9"],
  ["spaces behind the sign =", "for= 203.0.113.9"],
  ["text behind quotes", 'for="203.0.113.9"x'],
  ["parameters without a semicolon", "for=203.0.113.9 proto=http"],
  ["a character outside ASCII", "for=203.0.113.9;h\u00f6st=a"],
])("clientIpFrom() knows no client where Forwarded holds %s", (_what, value) => {
  expect(behindProxy(value, "forwarded")).toBe(undefined);
});

test("clientIpFrom() reads Forwarded of 10 000 elements", () => {
  expect(behindProxy(`for=203.0.113.9${", for=10.0.0.2".repeat(9_999)}`, "forwarded")).toBe("203.0.113.9");
});

test.each([
  ["open quotes", 'for="'.repeat(20_000)],
  ["escapes", `for="${"\\".repeat(100_000)}`],
  ["escaped quotes", `for="${'\\"'.repeat(50_000)}`],
  ["spaces", " ".repeat(100_000)],
  ["spaces behind a parameter", `for=a${" ".repeat(100_000)}x`],
  ["semicolons", ";".repeat(100_000)],
  ["a long token", "a".repeat(100_000)],
])("clientIpFrom() decides about Forwarded with many %s within a second", (_what, value) => {
  expectWithin(1_000, () => {
    expect(behindProxy(value, "forwarded")).toBe(undefined);
  });
});

test.each(["x-forwarded-for", "x-real-ip"])(
  "clientIpFrom() decides about %s with many spaces within a second",
  (name) => {
    const headers = { get: () => `203.0.113.9${" ".repeat(100_000)}x` };
    expectWithin(1_000, () => {
      expect(clientIpFrom(headers, "10.0.0.1", { trustProxy: ["10.0.0.0/8"], forwardedHeader: name })).toBe(undefined);
    });
  },
);

test.each(["\u00a0203.0.113.9", "203.0.113.9\f", "\ufeff203.0.113.9"])(
  "clientIpFrom() knows no client where %j is set off by other characters than spaces and tabs",
  (element) => {
    expect(clientIpFrom({ get: () => element }, "10.0.0.1", { trustProxy: ["10.0.0.0/8"] })).toBe(undefined);
  },
);

test.each(["cf-connecting-ip", "Fly-Client-IP", "X-Real-IP"])("clientIpFrom() reads the one address in %s", (name) => {
  expect(behindProxy("203.0.113.9", name)).toBe("203.0.113.9");
  expect(behindProxy("2001:db8::9", name)).toBe("2001:db8::9");
  expect(behindProxy(" 203.0.113.9:4711 ", name)).toBe("203.0.113.9");
  expect(behindProxy("10.0.0.2", name)).toBe("10.0.0.2");
});

test.each(["", "unknown", "203.0.113.9, 10.0.0.2", "203.0.113.9,203.0.113.9", "010.0.0.1"])(
  "clientIpFrom() knows no client where X-Real-IP holds %j",
  (value) => {
    expect(behindProxy(value, "x-real-ip")).toBe(undefined);
  },
);

test("clientIpFrom() reads no other field than the one that is named", () => {
  const headers = new Headers({ "x-forwarded-for": "192.0.2.1", forwarded: "for=192.0.2.2", "x-real-ip": "192.0.2.3" });
  const options = { trustProxy: ["loopback"], forwardedHeader: "cf-connecting-ip" };
  expect(clientIpFrom(headers, "127.0.0.1", options)).toBe("127.0.0.1");
});

test("clientIpFrom() does not modify its options", () => {
  const options: ClientIpOptions = Object.freeze({ trustProxy: Object.freeze(["loopback"]) });
  const headers = new Headers({ "x-forwarded-for": "203.0.113.9" });
  expect(clientIpFrom(headers, "127.0.0.1", options)).toBe("203.0.113.9");
  expect(clientIpFrom(headers, "127.0.0.1", options)).toBe("203.0.113.9");
});

test.each([
  [
    { trustProxy: "loopback" },
    '"trustProxy" must be an array of IP addresses, CIDR ranges and the names loopback, linklocal and uniquelocal, received "loopback"',
  ],
  [
    { trustProxy: true },
    '"trustProxy" must be an array of IP addresses, CIDR ranges and the names loopback, linklocal and uniquelocal, received true',
  ],
  [
    { trustProxy: null },
    '"trustProxy" must be an array of IP addresses, CIDR ranges and the names loopback, linklocal and uniquelocal, received null',
  ],
  [{ trustProxy: [1] }, `"trustProxy[0]" must be ${ACCEPTED}, received 1`],
  [
    { trustProxy: ["loopback", "uniquelocal", "10.1.2.3/8"] },
    `"trustProxy[2]" must be ${ACCEPTED}, received "10.1.2.3/8": bits are set behind its prefix, ` +
    'write "10.0.0.0/8" for the network or "10.1.2.3" for the one address',
  ],
  [
    { forwardedHeader: "" },
    '"forwardedHeader" must be the name of a header field such as "x-forwarded-for", received ""',
  ],
  [
    { forwardedHeader: "x forwarded" },
    '"forwardedHeader" must be the name of a header field such as "x-forwarded-for", received "x forwarded"',
  ],
  [
    { forwardedHeader: "x-real-ip:" },
    '"forwardedHeader" must be the name of a header field such as "x-forwarded-for", received "x-real-ip:"',
  ],
  [
    { forwardedHeader: ["forwarded"] },
    '"forwardedHeader" must be the name of a header field such as "x-forwarded-for", received an array',
  ],
  [{ trustproxy: [] }, 'unknown name "trustproxy" in options: did you mean "trustProxy"?'],
  [{ "trust-proxies": [] }, 'unknown name "trust-proxies" in options: did you mean "trustProxy"?'],
  [{ header: "forwarded" }, 'unknown name "header" in options: accepted are trustProxy, forwardedHeader'],
  [null, "options must be an object, received null"],
  ["loopback", 'options must be an object, received "loopback"'],
])("clientIpFrom() refuses %j", (options, message) => {
  expect(() => clientIpFrom(new Headers(), "127.0.0.1", options as never)).toThrow(
    optionError(`Cannot read the client IP: ${message}`),
  );
});

test("clientIpFrom() refuses a misspelt name of proxies and says which there are", () => {
  expect(() => clientIpFrom(new Headers(), "127.0.0.1", { trustProxy: ["localhost"] })).toThrow(
    /^Cannot read the client IP: "trustProxy\[0\]" must be .*loopback.*received "localhost"/,
  );
});

test("compileClientIp() compiles clientIpFrom() for the same options", () => {
  const read = compileClientIp({ trustProxy: ["loopback"], forwardedHeader: "X-Real-IP" });
  expect(read(new Headers({ "x-real-ip": "203.0.113.9" }), "127.0.0.1")).toBe("203.0.113.9");
  expect(read(new Headers({ "x-real-ip": "203.0.113.9" }), "198.51.100.1")).toBe("198.51.100.1");
});
