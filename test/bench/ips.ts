/** Telling whether a client's IP address lies in one of many ranges, from its text. */
import { BlockList } from "node:net";
import * as cidrTools from "fast-cidr-tools";
import { ipRestriction } from "hono/ip-restriction";
import ipMatching from "ip-matching";
import ipaddr from "ipaddr.js";
import { parseIp } from "../../src/match/ip/ip-address.ts";
import { compileIpRanges } from "../../src/match/ip/ip-ranges.ts";
import {
  assertAgreement,
  type Contender,
  createRandom,
  freshTexts,
  report,
  run,
  shuffle,
  SMOKE,
  type Table,
  tabulate,
} from "./_harness.ts";

const SIZES = SMOKE ? [10, 1_000] : [10, 1_000, 100_000];
const TARGET: Record<number, number> = { 10: 2, 1_000: 2.5, 100_000: 5 };
const CLIENTS = 1_000;
const LARGEST = Math.max(...SIZES);

const random = createRandom(503);
type Family = "IPv4" | "IPv6";
type Range = readonly [address: number[], prefix: number];

// Few wide ranges and many narrow ones, as in lists of real networks; otherwise everything would be a hit.
function makeRange(family: Family, index: number): Range {
  const bytes = makeAddress(family);
  const [widest, wide, narrow] = family === "IPv4" ? [8, 16, 32] : [20, 32, 128];
  const prefix = index < 3
    ? widest + random(8)
    : index % 10 < 3
    ? wide + random(8)
    : wide + 8 + random(narrow - wide - 7);
  return [bytes.map((byte, at) => byte & (0xff00 >> Math.min(8, Math.max(0, prefix - 8 * at)))), prefix];
}

function makeAddress(family: Family): number[] {
  const bytes = Array.from({ length: family === "IPv4" ? 4 : 16 }, () => random(256));
  if (family === "IPv6") {
    bytes[0] = 0x20 + random(16);
    // Many IPv6 addresses are written with "::".
    if (random(2) === 0) bytes.fill(0, 8, 14);
  }
  return bytes;
}

function addressIn([network, prefix]: Range): number[] {
  return network.map((byte, at) => byte | (random(256) & (0xff >> Math.min(8, Math.max(0, prefix - 8 * at)))));
}

function addressText(bytes: readonly number[]): string {
  if (bytes.length === 4) return bytes.join(".");
  return ipaddr.fromByteArray([...bytes]).toString();
}

function makeSet(families: readonly Family[], size: number): { ranges: string[]; clients: string[] } {
  const ranges = Array.from({ length: size }, (_, index) => makeRange(families[index % families.length]!, index));
  const hits = Array.from({ length: CLIENTS / 2 }, () => addressIn(ranges[random(size)]!));
  // Among so few wide ranges hardly any random address is a hit.
  const misses = Array.from({ length: CLIENTS / 2 }, (_, index) => makeAddress(families[index % families.length]!));
  return {
    ranges: ranges.map(([bytes, prefix]) => `${addressText(bytes)}/${prefix}`),
    clients: shuffle([...hits, ...misses].map(addressText), random),
  };
}

function blockList(ranges: readonly string[]): (client: string) => boolean {
  const list = new BlockList();
  for (const range of ranges) {
    const [address, prefix] = range.split("/") as [string, string];
    list.addSubnet(address, Number(prefix), address.includes(":") ? "ipv6" : "ipv4");
  }
  return (client) => list.check(client, client.includes(":") ? "ipv6" : "ipv4");
}

function loopOfIpaddr(ranges: readonly string[]): (client: string) => boolean {
  const parsed = ranges.map((range) => ipaddr.parseCIDR(range));
  return (client) => {
    const address = ipaddr.process(client);
    return parsed.some((range) => range[0].kind() === address.kind() && address.match(range));
  };
}

function honoIpRestriction(ranges: readonly string[]): (client: string) => boolean {
  let allowed = false;
  const next = () => {
    allowed = true;
    return Promise.resolve();
  };
  const c = { client: "" };
  const middleware = ipRestriction(() => c.client, { allowList: [...ranges] }, () => new Response());
  return (client) => {
    c.client = client;
    allowed = false;
    // It decides before it awaits anything.
    void middleware(c as never, next);
    return allowed;
  };
}

function loopOfIpMatching(ranges: readonly string[]): (client: string) => boolean {
  const parsed = ranges.map((range) => ipMatching.getMatch(range));
  return (client) => {
    const address = ipMatching.getIP(client)!;
    return parsed.some((range) => range.matches(address));
  };
}

// contains() parses all ranges for each call; this is the fastest that its parts allow.
function fastCidrTools(ranges: readonly string[]): (client: string) => boolean {
  const parsed = ranges.map((range) => cidrTools.parse(range));
  return (client) => {
    const [address, , family] = cidrTools.parse(client);
    return parsed.some((range) => range[2] === family && range[0] <= address && range[1] >= address);
  };
}

function timed<T>(builds: Map<string, number>, name: string, build: () => T): T {
  const start = performance.now();
  const result = build();
  builds.set(name, performance.now() - start);
  return result;
}

const words = new Uint32Array(4);
const tables: Table[] = [];
const builds = new Map<string, number>();

for (const families of [["IPv4"], ["IPv6"], ["IPv4", "IPv6"]] as const) {
  for (const size of SIZES) {
    const { ranges, clients } = makeSet(families, size);
    const compilers: Record<string, (ranges: readonly string[]) => (client: string) => boolean> = {
      "internalIps": (list) => compileIpRanges(list, "internalIps"),
      "net.BlockList": blockList,
      "loop of ipaddr.js": loopOfIpaddr,
      "hono/ip-restriction": honoIpRestriction,
      "loop of ip-matching": loopOfIpMatching,
      "fast-cidr-tools, parsed once, loop": fastCidrTools,
    };
    const contenders = Object.entries(compilers).flatMap(([name, compile]): Contender<string>[] => {
      // Peers need seconds to build from as many, and milliseconds for one client.
      if (size > 1_000 && families.length === 1 && compile !== fastCidrTools && name !== "internalIps") return [];
      const test = timed(builds, name, () => compile(ranges));
      return [{ name, role: name === "internalIps" ? "gate" : "peer", run: (client) => test(client) }];
    });
    const title = `${families.join(" and ")} client in ${size} ranges`;
    assertAgreement(title, contenders, clients.slice(0, size > 1_000 ? 20 : 500));
    if (SMOKE && families.length === 1) continue;
    tables.push(
      await run({
        title,
        contenders: [
          { name: "parsing alone", role: "limit", run: (client) => parseIp(client, words) !== 0 },
          ...contenders,
        ],
        inputs: freshTexts(clients),
        target: { ratio: TARGET[size]! },
      }),
    );
  }
}

const { ranges } = makeSet(["IPv4", "IPv6"], LARGEST);
const samples = Array.from({ length: SMOKE ? 1 : 7 }, () => {
  const start = performance.now();
  compileIpRanges(ranges, "internalIps");
  return performance.now() - start;
});
tables.push(tabulate(`building from ${LARGEST} IPv4 and IPv6 ranges (peers: once, the first is cold)`, "ms", [
  { name: "internalIps", role: "gate", samples, target: { below: 200 } },
  ...[...builds].filter(([name]) => name !== "internalIps").map(([name, time]) => {
    return { name, role: "peer" as const, samples: [time] };
  }),
]));

report(tables, ["half of the clients are in a range, half are random; hits are spread evenly over the ranges"]);
