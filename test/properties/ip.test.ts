import { BlockList, isIP } from "node:net";
import fc from "fast-check";
import ipaddr from "ipaddr.js";
import { expect, test } from "vitest";
import { parseIp } from "../../src/match/ip/ip-address.ts";
import { compileIpRanges } from "../../src/match/ip/ip-ranges.ts";

/** An address as a number, and how it may be written. */
interface Address {
  family: 4 | 6;
  value: bigint;
}

const MAPPED = 0xffffn << 32n;

function dotted(value: bigint): string {
  return [24n, 16n, 8n, 0n].map((shift) => value >> shift & 255n).join(".");
}

function groupsOf(value: bigint): string[] {
  return Array.from({ length: 8 }, (_, i) => (value >> BigInt(112 - 16 * i) & 0xffffn).toString(16));
}

/** Writes an IPv6 address with its first run of zeros left out. */
function compressed(value: bigint): string {
  return groupsOf(value).join(":").replace(/(?:^|:)0(?::0)*(?:$|:)/, "::");
}

/** The ways to write an address. */
function textsOf({ family, value }: Address): string[] {
  if (family === 4) return [dotted(value), `::ffff:${dotted(value)}`, compressed(MAPPED | value)];
  const full = groupsOf(value);
  const tail = `${full.slice(0, 6).join(":")}:${dotted(value & 0xffffffffn)}`;
  const padded = full.map((group) => group.padStart(4, "0")).join(":");
  return [compressed(value), full.join(":"), padded, compressed(value).toUpperCase(), tail];
}

const isMapped = (value: bigint) => value >> 32n === 0xffffn;

const ipv4: fc.Arbitrary<Address> = fc.bigInt({ min: 0n, max: (1n << 32n) - 1n })
  .map((value) => ({ family: 4, value }));

// Small groups, so that runs of zeros and ranges that overlap are frequent.
const ipv6: fc.Arbitrary<Address> = fc.array(fc.oneof(fc.constantFrom(0n, 0n, 1n, 0xffffn), fc.bigInt(0n, 0xffffn)), {
  minLength: 8,
  maxLength: 8,
}).map((groups) => groups.reduce((value, group) => value << 16n | group, 0n)).filter((value) => !isMapped(value))
  .map((value) => ({ family: 6, value }));

const address = fc.oneof(ipv4, ipv6);

const written = fc.tuple(address, fc.nat()).map(([of, way]) => {
  const texts = textsOf(of);
  return { ...of, text: texts[way % texts.length]! };
});

test("parseIp() reads every way to write an address", () => {
  const words = new Uint32Array(4);
  fc.assert(
    fc.property(written, ({ family, value, text }) => {
      const read = parseIp(text, words);
      const number = read === 4 ? BigInt(words[0]!) : words.reduce((sum, word) => sum << 32n | BigInt(word), 0n);
      expect([text, read, number]).toEqual([text, family, value]);
    }),
    { numRuns: 1_000 },
  );
});

test("parseIp() agrees with net.isIP() about texts that are nearly addresses", () => {
  const words = new Uint32Array(4);
  const edit = fc.record({ at: fc.nat({ max: 45 }), remove: fc.nat({ max: 2 }), insert: fc.constantFrom(...EDITS) });
  fc.assert(
    fc.property(written, fc.array(edit, { minLength: 1, maxLength: 3 }), ({ text }, edits) => {
      for (const { at, remove, insert } of edits) text = text.slice(0, at) + insert + text.slice(at + remove);
      expect([text, parseIp(text, words) !== 0]).toEqual([text, isIP(text) !== 0]);
    }),
    { numRuns: 2_000 },
  );
});

const EDITS = ["", "", "0", "1", "00", "25", "256", "f", "G", "x", ":", "::", ".", "..", " ", "-", "/", "[", "]", "\0"];

test("parseIp() agrees with net.isIP() about any text of the characters of addresses", () => {
  const words = new Uint32Array(4);
  const text = fc.string({ unit: fc.constantFrom(...":::..012f"), maxLength: 24 });
  fc.assert(
    fc.property(text, (text) => {
      expect([text, parseIp(text, words) !== 0]).toEqual([text, isIP(text) !== 0]);
    }),
    { numRuns: 2_000 },
  );
});

test("parseIp() agrees with net.isIP() about any text", () => {
  const words = new Uint32Array(4);
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (text) => {
      expect(parseIp(text, words) !== 0).toBe(isIP(text) !== 0 && !text.includes("%"));
    }),
    { numRuns: 500 },
  );
});

/** A range as numbers and as text. */
interface Range extends Address {
  prefix: number;
  last: bigint;
  text: string;
}

const range: fc.Arbitrary<Range> = fc.tuple(address, fc.nat({ max: 128 }), fc.nat()).map(([of, length, way]) => {
  const bits = of.family === 4 ? 32 : 128;
  const prefix = length % (bits + 1);
  const host = (1n << BigInt(bits - prefix)) - 1n;
  const first = { family: of.family, value: of.value & ~host };
  const texts = textsOf(first);
  const text = texts[way % texts.length]!;
  const offset = of.family === 4 && text.includes(":") ? 96 : 0;
  return {
    ...first,
    prefix,
    last: first.value | host,
    // An address alone is the range of itself.
    text: prefix === bits && way % 2 === 0 ? text : `${text}/${prefix + offset}`,
  };
}).filter(({ family, value }) => family === 4 || !isMapped(value));

const isInside = (ranges: readonly Range[], { family, value }: Address) =>
  ranges.some((range) => range.family === family && range.value <= value && value <= range.last);

/** Addresses at the edges of the ranges, where mistakes are, and others. */
function edgesOf(ranges: readonly Range[]): Address[] {
  return ranges.flatMap(({ family, value, last }) =>
    [value - 1n, value, last, last + 1n, value + last >> 1n]
      .filter((at) => at >= 0n && at < 1n << (family === 4 ? 32n : 128n) && !(family === 6 && isMapped(at)))
      .map((at) => ({ family, value: at }))
  );
}

test("compileIpRanges() agrees with numbers compared one by one", () => {
  fc.assert(
    fc.property(fc.array(range, { maxLength: 40 }), fc.array(address), fc.nat(), (ranges, others, way) => {
      const test = compileIpRanges(ranges.map(({ text }) => text), "internalIps");
      for (const each of [...edgesOf(ranges), ...others]) {
        const texts = textsOf(each);
        const text = texts[way % texts.length]!;
        expect([text, test(text)]).toEqual([text, isInside(ranges, each)]);
      }
    }),
    { numRuns: 300 },
  );
});

test("compileIpRanges() agrees with numbers compared one by one, for hundreds of small ranges", () => {
  const small = range.filter(({ family, prefix }) => prefix >= (family === 4 ? 12 : 40));
  fc.assert(
    fc.property(
      fc.array(small, { minLength: 200, maxLength: 300, size: "max" }),
      fc.array(address),
      (ranges, others) => {
        const test = compileIpRanges(ranges.map(({ text }) => text), "internalIps");
        const wrong = [...edgesOf(ranges), ...others].filter((each) =>
          test(textsOf(each)[0]!) !== isInside(ranges, each)
        );
        expect(wrong).toEqual([]);
      },
    ),
    { numRuns: 20 },
  );
});

test("compileIpRanges() agrees with net.BlockList and ipaddr.js", () => {
  fc.assert(
    fc.property(fc.array(range, { maxLength: 20 }), fc.array(address), (ranges, others) => {
      const test = compileIpRanges(ranges.map(({ text }) => text), "internalIps");
      // One for each family: BlockList looks IPv4 addresses up among IPv6 ranges, too.
      const lists = { 4: new BlockList(), 6: new BlockList() };
      const parsed = ranges.map(({ family, value, prefix }) => {
        const text = textsOf({ family, value })[0]!;
        lists[family].addSubnet(text, prefix, family === 4 ? "ipv4" : "ipv6");
        return ipaddr.parseCIDR(`${text}/${prefix}`);
      });
      for (const each of [...edgesOf(ranges), ...others]) {
        const text = textsOf(each)[0]!;
        const one = ipaddr.parse(text);
        const matches = parsed.some((range) => range[0].kind() === one.kind() && one.match(range as never));
        const expected = [text, matches, lists[each.family].check(text, each.family === 4 ? "ipv4" : "ipv6")];
        expect([text, test(text), test(text)]).toEqual(expected);
      }
    }),
    { numRuns: 200 },
  );
});

test("compileIpRanges() refuses every range with host bits set, and names the network as ipaddr.js does", () => {
  fc.assert(
    fc.property(range, fc.nat({ max: 127 }), ({ family, value, prefix }, bit) => {
      const bits = family === 4 ? 32 : 128;
      fc.pre(bit < bits - prefix);
      const text = `${textsOf({ family, value: value | 1n << BigInt(bit) })[0]!}/${prefix}`;
      fc.pre(family === 4 || !isMapped(value | 1n << BigInt(bit)));
      const found = /: bits are set behind its prefix, write "(?<network>[^/]+)\/(?<prefix>\d+)" for the network/;
      const { network = "", prefix: shown } = found.exec(messageOf(text))?.groups ?? {};
      const { IPv4, IPv6 } = ipaddr;
      const expected = family === 4 ? IPv4.networkAddressFromCIDR(text) : IPv6.networkAddressFromCIDR(text);
      expect([ipaddr.parse(network).toString(), shown]).toEqual([expected.toString(), String(prefix)]);
    }),
    { numRuns: 500 },
  );
});

test("compileIpRanges() tells of loose IPv4 addresses what ipaddr.js reads", () => {
  const number = fc.nat({ max: 255 }).chain((value) =>
    fc.constantFrom(String(value), `0${value.toString(8)}`, `0x${value.toString(16)}`)
  );
  fc.assert(
    fc.property(fc.array(number, { minLength: 1, maxLength: 4 }), (numbers) => {
      const text = numbers.join(".");
      fc.pre(parseIp(text, new Uint32Array(4)) === 0);
      expect(messageOf(text)).toContain(`: other programs read it as ${ipaddr.IPv4.parse(text)}, write four decimal`);
    }),
    { numRuns: 500 },
  );
});

/** What is said of a text that is no range, or nothing. */
function messageOf(text: string): string {
  try {
    compileIpRanges([text], "internalIps");
  } catch (error) {
    return (error as Error).message;
  }
  return "";
}

test("compileIpRanges() takes any text, or refuses it with a TypeError", () => {
  const text = fc.oneof(
    fc.string(),
    fc.string({ unit: fc.constantFrom(...":./0129af%[] ") }),
    range.map(({ text }) => text),
  );
  fc.assert(
    fc.property(text, (text) => {
      let error: unknown;
      try {
        compileIpRanges([text], "internalIps");
      } catch (thrown) {
        error = thrown;
      }
      if (error !== undefined) {
        expect(error).toBeInstanceOf(TypeError);
        expect((error as TypeError).message).toMatch(
          /^Cannot create maintenance mode: "internalIps\[0\]" must be an IP address or CIDR range such as /,
        );
      }
    }),
    { numRuns: 1_000 },
  );
});
