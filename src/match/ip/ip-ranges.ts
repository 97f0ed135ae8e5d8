import { invalidOption } from "../../util/errors.ts";
import { parseIp } from "./ip-address.ts";

/** Tells whether an address lies in one of the compiled ranges; `false` for text that is not an address. */
export type IpTest = (address: string) => boolean;

const ACCEPTED = 'an IP address or CIDR range such as "203.0.113.7", "10.0.0.0/8" or "2001:db8::/32"';

// Shared: the functions here read one address at a time, and do not call each other while they use it.
const words = new Uint32Array(4);

/**
 * Compiles addresses and CIDR ranges into one test. Compiling sorts and merges the ranges. The test is a binary search in
 * typed arrays; for many IPv4 ranges, a table of the upper 16 bits comes first.
 *
 * IPv4 ranges match IPv4 clients only, and IPv6 ranges IPv6 clients only: `::/0` covers no IPv4 address, mapped or not.
 *
 * @param ranges The texts of the ranges.
 * @param option The name of the option, for messages.
 * @param task The task that fails, for messages.
 * @throws {OptionError} If a text is not an address or a range.
 */
export function compileIpRanges(
  ranges: readonly string[],
  option: string,
  task: string = "create maintenance mode",
): IpTest {
  if (!Array.isArray(ranges)) {
    throw invalidOption(task, option, "an array of IP addresses and CIDR ranges", ranges);
  }
  const ipv4: number[] = [];
  const ipv6: number[] = [];
  for (let i = 0; i < ranges.length; i++) {
    const text = ranges[i]!;
    const prefix = typeof text === "string" ? readRange(text) : -1;
    if (prefix < 0) throw refusal(text, `${option}[${i}]`, task);
    // One number holds the start of an IPv4 range and the length of its prefix, so that sorting needs no comparator.
    if (prefix <= 32) ipv4.push(words[0]! * 64 + prefix);
    else ipv6.push(words[0]!, words[1]!, words[2]!, words[3]!, prefix - IPV6);
  }
  const inIPv4 = compileIPv4(Float64Array.from(ipv4));
  const inIPv6 = compileIPv6(ipv6);
  return (address) => {
    const family = parseIp(address, words);
    return family === 4 ? inIPv4(words[0]!) : family === 6 && inIPv6(words);
  };
}

/** Added to the length of an IPv6 prefix, to tell it from an IPv4 prefix. */
const IPV6 = 64;

/**
 * Reads a range into `words`.
 *
 * @returns The length of its prefix, plus {@link IPV6} for IPv6; -1 if the text is not a range whose host bits are zero.
 */
function readRange(text: string): number {
  const slash = text.indexOf("/");
  const address = slash < 0 ? text : text.slice(0, slash);
  const family = parseIp(address, words);
  if (family === 0 || address.includes("%")) return -1;
  const bits = family === 4 ? 32 : 128;
  const prefix = slash < 0 ? bits : readPrefix(text, slash + 1) - prefixOffset(family, address);
  if (!(prefix >= 0 && prefix <= bits)) return -1;
  for (let word = 0; word < bits / 32; word++) {
    if ((words[word]! & ~maskOf(prefix - 32 * word)) !== 0) return -1;
  }
  return family === 4 ? prefix : prefix + IPV6;
}

/** The whole number at the end of a text, or NaN: up to three digits, no sign, no leading zeros. */
function readPrefix(text: string, start: number): number {
  const length = text.length - start;
  if (length < 1 || length > 3 || (length > 1 && text.charCodeAt(start) === 48)) return NaN;
  let value = 0;
  for (let i = start; i < text.length; i++) {
    const digit = text.charCodeAt(i) - 48;
    if (digit < 0 || digit > 9) return NaN;
    value = value * 10 + digit;
  }
  return value;
}

/** The prefix of an IPv4-mapped range counts the 96 bits of `::ffff:0:0`. */
function prefixOffset(family: 4 | 6, address: string): number {
  return family === 4 && address.includes(":") ? 96 : 0;
}

/** The upper `bits` of a 32-bit word; fewer than 0 is none, more than 32 all. */
function maskOf(bits: number): number {
  return bits <= 0 ? 0 : bits >= 32 ? -1 : -1 << (32 - bits);
}

/** The error about a text that {@link readRange} did not take. */
function refusal(value: unknown, option: string, task: string): TypeError {
  if (typeof value !== "string") return invalidOption(task, option, ACCEPTED, value);
  const [address = "", written] = value.split("/", 2);
  const family = parseIp(address, words);
  if (family === 0 || address.includes("%")) return invalidOption(task, option, ACCEPTED, value, hintFor(address));
  const offset = prefixOffset(family, address);
  const bits = family === 4 ? 32 : 128;
  const prefix = Number(written) - offset;
  if (!/^(?:0|[1-9]\d*)$/.test(value.slice(address.length + 1)) || prefix < 0 || prefix > bits) {
    const hint = `the length of the prefix must be a whole number from ${offset} to ${bits + offset}`;
    return invalidOption(task, option, ACCEPTED, value, hint);
  }
  const masked = Array.from(words, (word, index) => (word & maskOf(prefix - 32 * index)) >>> 0);
  const hint = `bits are set behind its prefix, write "${textOf(masked, family)}/${prefix}" for the network or ` +
    `"${address}" for the one address`;
  return invalidOption(task, option, ACCEPTED, value, hint);
}

function hintFor(text: string): string | undefined {
  if (text.includes("%")) return "leave out the zone id";
  if (/^\[.*\]|^\d+\.\d+\.\d+\.\d+:\d+$/.test(text)) return "leave out brackets and port";
  if (text !== text.trim()) return "leave out the spaces";
  // The URL parser reads octal and hexadecimal numbers, and fewer than four, as other parsers do.
  const other = /^[\da-fx.]+$/i.test(text) ? writtenInUrl(text) : undefined;
  if (other === undefined || parseIp(other, words) !== 4) return undefined;
  return `other programs read it as ${other}, write four decimal numbers without leading zeros`;
}

/** The shortest text of an address. */
function textOf(address: readonly number[], family: 4 | 6): string {
  if (family === 4) return writtenInUrl(String(address[0]))!;
  const groups = address.flatMap((word) => [word >>> 16, word & 0xffff]).map((group) => group.toString(16));
  return writtenInUrl(`[${groups.join(":")}]`)!.slice(1, -1);
}

/**
 * The host as the URL parser writes it. For these hints alone, ipaddr.js would add 3.9 kB (gzip) to every bundle. The tests
 * compare the parser and the hints of this folder with it.
 */
function writtenInUrl(host: string): string | undefined {
  try {
    return new URL(`http://${host}`).hostname;
  } catch {
    return undefined;
  }
}

/** From so many merged IPv4 ranges on, the table of the upper 16 bits is worth its 256 KiB. */
const TABLE_FROM = 32;

function compileIPv4(keys: Float64Array): (address: number) => boolean {
  if (keys.length === 0) return () => false;
  keys.sort();
  const starts = new Uint32Array(keys.length);
  const ends = new Uint32Array(keys.length);
  let count = 0;
  for (const key of keys) {
    const start = Math.floor(key / 64);
    const end = start + 2 ** (32 - key % 64) - 1;
    // CIDR ranges nest or stand apart: a range that starts inside its predecessor also ends there.
    if (count > 0 && start <= ends[count - 1]!) continue;
    starts[count] = start;
    ends[count] = end;
    count++;
  }
  if (count < TABLE_FROM) {
    return (address) => {
      const index = lastNotAfter(starts, address, 0, count);
      return index >= 0 && address <= ends[index]!;
    };
  }
  const table = new Uint32Array(0x10001);
  for (let index = 0; index < count; index++) table[(starts[index]! >>> 16) + 1]!++;
  for (let upper = 0; upper < 0x10000; upper++) table[upper + 1]! += table[upper]!;
  return (address) => {
    const upper = address >>> 16;
    const index = lastNotAfter(starts, address, table[upper]!, table[upper + 1]!);
    return index >= 0 && address <= ends[index]!;
  };
}

/** The last index below `high` whose value is not above `value`, or `low - 1`. */
function lastNotAfter(sorted: Uint32Array, value: number, low: number, high: number): number {
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (sorted[middle]! <= value) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

function compileIPv6(ranges: readonly number[]): (address: Uint32Array) => boolean {
  if (ranges.length === 0) return () => false;
  const order = Uint32Array.from({ length: ranges.length / 5 }, (_, index) => index * 5)
    .sort((a, b) => compare(ranges, a, ranges, b) || ranges[a + 4]! - ranges[b + 4]!);
  // Of each range, four words for the first address and four for the last.
  const bounds = new Uint32Array(order.length * 8);
  let count = 0;
  for (const at of order) {
    if (count > 0 && compare(bounds, count * 8 - 4, ranges, at) >= 0) continue;
    for (let word = 0; word < 4; word++) {
      bounds[count * 8 + word] = ranges[at + word]!;
      bounds[count * 8 + 4 + word] = ranges[at + word]! | ~maskOf(ranges[at + 4]! - 32 * word);
    }
    count++;
  }
  return (address) => {
    const first = address[0]!;
    const second = address[1]!;
    let low = 0;
    let high = count;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const at = middle * 8;
      // The first two words nearly always decide; a loop over all four takes half as long again.
      const difference = bounds[at]! - first || bounds[at + 1]! - second || compare(bounds, at, address, 0);
      if (difference <= 0) low = middle + 1;
      else high = middle;
    }
    return low > 0 && compare(bounds, low * 8 - 4, address, 0) >= 0;
  };
}

/** Compares the four words at a position of each list: below 0, 0 or above 0. */
function compare(a: ArrayLike<number>, at: number, b: ArrayLike<number>, from: number): number {
  for (let word = 0; word < 4; word++) {
    const difference = a[at + word]! - b[from + word]!;
    if (difference !== 0) return difference;
  }
  return 0;
}
