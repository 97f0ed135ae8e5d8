import { optionError } from "../../_errors.ts";
import { expect, test } from "vitest";
import { compileIpRanges } from "../../../src/match/ip/ip-ranges.ts";

const ACCEPTED = 'an IP address or CIDR range such as "203.0.113.7", "10.0.0.0/8" or "2001:db8::/32"';

test.each([
  ["203.0.113.7", ["203.0.113.7", "::ffff:203.0.113.7", "::FFFF:cb00:7107"], ["203.0.113.6", "203.0.113.8"]],
  ["10.0.0.0/8", ["10.0.0.0", "10.255.255.255"], ["9.255.255.255", "11.0.0.0"]],
  ["192.168.4.0/22", ["192.168.4.0", "192.168.7.255"], ["192.168.3.255", "192.168.8.0"]],
  ["198.51.100.4/31", ["198.51.100.4", "198.51.100.5"], ["198.51.100.3", "198.51.100.6"]],
  ["198.51.100.4/32", ["198.51.100.4"], ["198.51.100.5"]],
  ["128.0.0.0/1", ["128.0.0.0", "255.255.255.255"], ["127.255.255.255", "::1"]],
  ["0.0.0.0/0", ["0.0.0.0", "255.255.255.255", "::ffff:1.2.3.4"], ["::", "2001:db8::1"]],
  ["2001:db8::/32", ["2001:db8::", "2001:DB8:ffff:ffff:ffff:ffff:ffff:ffff"], ["2001:db7:ffff::", "2001:db9::"]],
  ["2001:db8::/33", ["2001:db8:7fff::"], ["2001:db8:8000::"]],
  ["fe80::/10", ["fe80::1", "febf::1", "fe80::1%eth0"], ["fe7f::", "fec0::"]],
  ["::1", ["::1", "0:0:0:0:0:0:0:1", "::1%lo"], ["::2", "::", "0.0.0.1"]],
  ["::1/128", ["::1"], ["::2"]],
  ["::/0", ["::", "ffff::", "::1.2.3.4"], ["1.2.3.4", "::ffff:1.2.3.4"]],
  ["::/64", ["::1", "::ffff:ffff:ffff:ffff"], ["0:0:0:1::"]],
  ["::ffff:10.0.0.0/104", ["10.1.2.3", "::ffff:10.1.2.3"], ["11.0.0.0"]],
  ["::ffff:0:0/96", ["0.0.0.0", "255.1.2.3"], ["::1"]],
  ["::FFFF:192.0.2.1", ["192.0.2.1"], ["192.0.2.2"]],
])("compileIpRanges() knows what is inside and outside of %s", (range, inside, outside) => {
  const test = compileIpRanges([range], "internalIps");
  expect([inside.map(test), outside.map(test)]).toEqual([inside.map(() => true), outside.map(() => false)]);
});

test.each([
  "",
  "unknown",
  "010.0.0.1",
  "0xa.0.0.1",
  "10.1",
  "167772161",
  "10.0.0.1:80",
  "[10.0.0.1]",
  " 10.0.0.1",
  "10.0.0.0/8",
  "10.0.0.1, 10.0.0.2",
  `10.0.0.1${" ".repeat(100_000)}`,
])("compileIpRanges() takes the client %j for nobody", (address) => {
  expect(compileIpRanges(["0.0.0.0/0", "::/0"], "internalIps")(address)).toBe(false);
});

test("compileIpRanges() without ranges holds for nobody", () => {
  expect(compileIpRanges([], "internalIps")("127.0.0.1")).toBe(false);
});

test("compileIpRanges() finds addresses among nested, repeated and adjacent ranges", () => {
  const test = compileIpRanges(
    ["10.1.0.0/16", "10.0.0.0/8", "10.1.2.0/24", "10.0.0.0/8", "11.0.0.0/8", "2001:db8::/32", "2001:db8:1::/48"],
    "internalIps",
  );
  const addresses = ["9.255.255.255", "10.0.0.0", "10.1.2.3", "10.2.0.0", "11.255.255.255", "12.0.0.0"];
  expect(addresses.map(test)).toEqual([false, true, true, true, true, false]);
  expect(["2001:db8:1::1", "2001:db8:2::1", "2001:db9::"].map(test)).toEqual([true, true, false]);
});

test("compileIpRanges() finds addresses among many separate ranges", () => {
  const test = compileIpRanges(Array.from({ length: 256 }, (_, i) => `10.${i}.8.0/22`), "internalIps");
  const addresses = ["10.0.7.255", "10.0.8.0", "10.77.11.255", "10.77.12.0", "10.255.11.255", "10.255.12.0"];
  expect(addresses.map(test)).toEqual([false, true, true, false, true, false]);
});

test("compileIpRanges() finds addresses in a range that spans many entries of its table", () => {
  const many = Array.from({ length: 64 }, (_, i) => `10.0.${i}.0/32`);
  const test = compileIpRanges([...many, "64.0.0.0/2", "192.0.0.0/9"], "internalIps");
  const addresses = ["63.255.255.255", "64.0.0.0", "100.1.2.3", "127.255.255.255", "128.0.0.0", "192.127.255.255"];
  expect(addresses.map(test)).toEqual([false, true, true, true, false, true]);
});

test("compileIpRanges() builds 100 000 ranges", () => {
  const ranges = Array.from({ length: 100_000 }, (_, i) => `${10 + (i >> 16)}.${i >> 8 & 255}.${i & 255}.4/30`);
  const test = compileIpRanges(ranges, "internalIps");
  expect(["10.0.0.4", "11.134.159.7", "11.134.159.8", "11.134.160.4"].map(test)).toEqual([true, true, false, false]);
});

test("compileIpRanges() does not modify its input", () => {
  const ranges = Object.freeze(["10.0.0.0/8", "9.0.0.0/8"]);
  compileIpRanges(ranges, "internalIps");
  expect(ranges).toEqual(["10.0.0.0/8", "9.0.0.0/8"]);
});

test("compileIpRanges() does not see later changes of its input", () => {
  const ranges = ["10.0.0.0/8"];
  const test = compileIpRanges(ranges, "internalIps");
  ranges.push("11.0.0.0/8");
  expect(test("11.0.0.1")).toBe(false);
});

test.each([
  [
    "10.1.2.3/8",
    'bits are set behind its prefix, write "10.0.0.0/8" for the network or "10.1.2.3" for the one address',
  ],
  ["0.0.0.1/0", 'bits are set behind its prefix, write "0.0.0.0/0" for the network or "0.0.0.1" for the one address'],
  [
    "2001:db8::1/32",
    'bits are set behind its prefix, write "2001:db8::/32" for the network or "2001:db8::1" for the one address',
  ],
  [
    "::ffff:10.1.2.3/104",
    'bits are set behind its prefix, write "10.0.0.0/8" for the network or "::ffff:10.1.2.3" for the one address',
  ],
  ["10.0.0.0/33", "the length of the prefix must be a whole number from 0 to 32"],
  ["10.0.0.0/-1", "the length of the prefix must be a whole number from 0 to 32"],
  ["10.0.0.0/", "the length of the prefix must be a whole number from 0 to 32"],
  ["10.0.0.0/08", "the length of the prefix must be a whole number from 0 to 32"],
  ["10.0.0.0/8.0", "the length of the prefix must be a whole number from 0 to 32"],
  ["10.0.0.0/ 8", "the length of the prefix must be a whole number from 0 to 32"],
  ["10.0.0.0/+8", "the length of the prefix must be a whole number from 0 to 32"],
  ["10.0.0.0/8/8", "the length of the prefix must be a whole number from 0 to 32"],
  ["10.0.0.0/255.0.0.0", "the length of the prefix must be a whole number from 0 to 32"],
  ["10.0.0.0/0032", "the length of the prefix must be a whole number from 0 to 32"],
  ["::/129", "the length of the prefix must be a whole number from 0 to 128"],
  ["::ffff:10.0.0.0/8", "the length of the prefix must be a whole number from 96 to 128"],
  ["::ffff:10.0.0.0/129", "the length of the prefix must be a whole number from 96 to 128"],
  ["fe80::1%eth0", "leave out the zone id"],
  ["fe80::%eth0/64", "leave out the zone id"],
  ["[::1]", "leave out brackets and port"],
  ["[::1]:80", "leave out brackets and port"],
  ["10.0.0.1:80", "leave out brackets and port"],
  [" 10.0.0.1", "leave out the spaces"],
  ["10.0.0.1 ", "leave out the spaces"],
  ["010.0.0.1", "other programs read it as 8.0.0.1, write four decimal numbers without leading zeros"],
  ["0x7f.1", "other programs read it as 127.0.0.1, write four decimal numbers without leading zeros"],
  ["127.1", "other programs read it as 127.0.0.1, write four decimal numbers without leading zeros"],
  ["2130706433", "other programs read it as 127.0.0.1, write four decimal numbers without leading zeros"],
  ["010.0.0.0/8", "other programs read it as 8.0.0.0, write four decimal numbers without leading zeros"],
])("compileIpRanges() refuses %j and says what to write", (range, hint) => {
  const message = `Cannot create maintenance mode: "internalIps[1]" must be ${ACCEPTED}, received ${
    JSON.stringify(range)
  }: ${hint}`;
  expect(() => compileIpRanges(["10.0.0.1", range], "internalIps")).toThrow(optionError(message));
});

test.each([
  ["", '""'],
  ["localhost", '"localhost"'],
  ["256.0.0.1", '"256.0.0.1"'],
  ["1.2.3.4.5", '"1.2.3.4.5"'],
  ["1::2::3", '"1::2::3"'],
  ["*", '"*"'],
  ["10.0.0.*", '"10.0.0.*"'],
  ["10.0.0.1-10.0.0.9", '"10.0.0.1-10.0.0.9"'],
  [42, "42"],
  [null, "null"],
  [undefined, "undefined"],
  [["10.0.0.1"], "an array"],
  ["x".repeat(200), `"${"x".repeat(100)}…"`],
])("compileIpRanges() refuses the element %j", (range, received) => {
  const message = `Cannot create maintenance mode: "internalIps[0]" must be ${ACCEPTED}, received ${received}`;
  expect(() => compileIpRanges([range as string], "internalIps")).toThrow(optionError(message));
});

test.each([
  ["10.0.0.1", '"10.0.0.1"'],
  [new Set(["10.0.0.1"]), "an instance of Set"],
  [null, "null"],
  [{}, "an object"],
])("compileIpRanges() refuses %j in place of an array", (ranges, received) => {
  const message =
    `Cannot create maintenance mode: "internalIps" must be an array of IP addresses and CIDR ranges, received ${received}`;
  expect(() => compileIpRanges(ranges as never, "internalIps")).toThrow(optionError(message));
});

test("compileIpRanges() names the task that it was given", () => {
  const message = `Cannot read the client IP: "trustProxy[0]" must be ${ACCEPTED}, received "proxy"`;
  expect(() => compileIpRanges(["proxy"], "trustProxy", "read the client IP")).toThrow(optionError(message));
});
