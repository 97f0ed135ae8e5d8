import { expect, test } from "vitest";
import { parseIp } from "../../../src/match/ip/ip-address.ts";

function parsed(text: string): [family: 0 | 4 | 6, ...words: number[]] {
  const words = new Uint32Array(4);
  const family = parseIp(text, words);
  return family === 4 ? [4, words[0]!] : family === 6 ? [6, ...words] : [0];
}

test.each([
  ["0.0.0.0", 0],
  ["255.255.255.255", 0xffffffff],
  ["127.0.0.1", 0x7f000001],
  ["10.20.30.40", 0x0a141e28],
  ["203.0.113.9", 0xcb007109],
  ["1.2.3.4", 0x01020304],
])("parseIp() reads the IPv4 address %s", (text, address) => {
  expect(parsed(text)).toEqual([4, address]);
});

test.each([
  ["::", [0, 0, 0, 0]],
  ["::1", [0, 0, 0, 1]],
  ["1::", [0x00010000, 0, 0, 0]],
  ["2001:db8::1", [0x20010db8, 0, 0, 1]],
  ["2001:DB8::A", [0x20010db8, 0, 0, 10]],
  ["2001:0db8:0000:0000:0000:0000:0000:0001", [0x20010db8, 0, 0, 1]],
  ["1:2:3:4:5:6:7:8", [0x00010002, 0x00030004, 0x00050006, 0x00070008]],
  ["1:2:3:4:5:6:7::", [0x00010002, 0x00030004, 0x00050006, 0x00070000]],
  ["::2:3:4:5:6:7:8", [0x00000002, 0x00030004, 0x00050006, 0x00070008]],
  ["1::8", [0x00010000, 0, 0, 8]],
  ["ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", [0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff]],
  ["::192.0.2.1", [0, 0, 0, 0xc0000201]],
  ["64:ff9b::192.0.2.1", [0x0064ff9b, 0, 0, 0xc0000201]],
  ["1:2:3:4:5:6:192.0.2.1", [0x00010002, 0x00030004, 0x00050006, 0xc0000201]],
  ["::ffff:0:192.0.2.1", [0, 0, 0xffff0000, 0xc0000201]],
])("parseIp() reads the IPv6 address %s", (text, words) => {
  expect(parsed(text)).toEqual([6, ...words]);
});

test.each([
  ["::ffff:192.0.2.1", 0xc0000201],
  ["::FFFF:192.0.2.1", 0xc0000201],
  ["::ffff:c000:201", 0xc0000201],
  ["0:0:0:0:0:ffff:192.0.2.1", 0xc0000201],
  ["0000:0000:0000:0000:0000:ffff:c000:0201", 0xc0000201],
  ["::ffff:0:0", 0],
])("parseIp() takes the IPv4-mapped %s for the IPv4 address it carries", (text, address) => {
  expect(parsed(text)).toEqual([4, address]);
});

test.each([
  ["fe80::1%eth0", [0xfe800000, 0, 0, 1]],
  ["fe80::1%25eth0", [0xfe800000, 0, 0, 1]],
  ["fe80::1%a:b", [0xfe800000, 0, 0, 1]],
])("parseIp() ignores the zone id of %s", (text, words) => {
  expect(parsed(text)).toEqual([6, ...words]);
});

test.each([
  ["octal", "010.0.0.1"],
  ["octal in the last place", "10.0.0.01"],
  ["a leading zero", "10.00.0.1"],
  ["hexadecimal", "0x7f.0.0.1"],
  ["hexadecimal and short", "0x7f.1"],
  ["short", "127.1"],
  ["three parts", "127.0.1"],
  ["five parts", "127.0.0.0.1"],
  ["decimal", "2130706433"],
  ["a part above 255", "256.0.0.1"],
  ["a part of four digits", "1.2.3.1000"],
  ["an empty part", "1..2.3"],
  ["a dot at the start", ".1.2.3"],
  ["a dot at the end", "1.2.3.4."],
  ["a sign", "+1.2.3.4"],
  ["a minus", "1.-2.3.4"],
  ["an exponent", "1e0.2.3.4"],
  ["digits of another script", "١.2.3.4"],
  ["full-width digits", "１.2.3.4"],
  ["an ideographic full stop", "1。2.3.4"],
  ["an IPv4 zone id", "1.2.3.4%eth0"],
])("parseIp() refuses an IPv4 address with %s", (_what, text) => {
  expect(parsed(text)).toEqual([0]);
});

test.each([
  ["one colon", ":"],
  ["three colons", ":::"],
  ["a colon at the start", ":1:2:3:4:5:6:7"],
  ["a colon at the end", "1:2:3:4:5:6:7:"],
  ["a colon behind the gap", "::1:"],
  ["two gaps", "1::2::3"],
  ["three colons inside", "1:::2"],
  ["seven groups", "1:2:3:4:5:6:7"],
  ["nine groups", "1:2:3:4:5:6:7:8:9"],
  ["a gap of no groups", "1:2:3:4::5:6:7:8"],
  ["five digits in a group", "12345::"],
  ["another letter", "g::"],
  ["a short IPv4 tail", "::1.2.3"],
  ["an octal IPv4 tail", "::ffff:010.0.0.1"],
  ["a tail above 255", "::ffff:1.2.3.256"],
  ["an IPv4 tail in the middle", "::1.2.3.4:5"],
  ["an IPv4 tail after seven groups", "1:2:3:4:5:6:7:1.2.3.4"],
  ["an IPv4 tail after five groups", "1:2:3:4:5:1.2.3.4"],
  ["an empty zone id", "fe80::1%"],
  ["a zone id and no address", "%eth0"],
  ["brackets", "[::1]"],
  ["a character outside ASCII", "::\u0131"],
])("parseIp() refuses an IPv6 address with %s", (_what, text) => {
  expect(parsed(text)).toEqual([0]);
});

test.each([
  ["nothing", ""],
  ["one character", "1"],
  ["a name", "localhost"],
  ["a space in front", " 1.2.3.4"],
  ["a space behind", "1.2.3.4 "],
  ["a line feed behind", "1.2.3.4\n"],
  ["a NUL behind", "1.2.3.4\0"],
  ["a port", "1.2.3.4:80"],
  ["a prefix", "1.2.3.0/24"],
  ["an IPv6 prefix", "::/0"],
])("parseIp() refuses %s", (_what, text) => {
  expect(parsed(text)).toEqual([0]);
});

test("parseIp() reads a text of 128 characters", () => {
  expect(parsed(`::1%${"z".repeat(124)}`)).toEqual([6, 0, 0, 0, 1]);
});

test("parseIp() refuses a text of 129 characters", () => {
  expect(parsed(`::1%${"z".repeat(125)}`)).toEqual([0]);
});
