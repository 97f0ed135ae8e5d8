import { BlockList, isIP } from "node:net";
import fc from "fast-check";
import { expect, test } from "vitest";
import { clientIpFrom } from "../../src/match/ip/client-ip.ts";

const TRUSTED = ["10.0.0.0/8", "192.0.2.7", "fd00::/8", "loopback"];

const trusted = new BlockList();
trusted.addSubnet("10.0.0.0", 8, "ipv4");
trusted.addAddress("192.0.2.7", "ipv4");
trusted.addSubnet("fd00::", 8, "ipv6");
trusted.addSubnet("127.0.0.0", 8, "ipv4");
trusted.addAddress("::1", "ipv6");

const isTrusted = (ip: string) => trusted.check(ip, isIP(ip) === 4 ? "ipv4" : "ipv6");

const ip = fc.oneof(
  fc.constantFrom("10.0.0.1", "10.9.9.9", "192.0.2.7", "fd00::1", "::1", "127.0.0.1", "::ffff:10.0.0.1"),
  fc.constantFrom("203.0.113.9", "11.0.0.1", "192.0.2.8", "2001:db8::1", "fe00::", "::ffff:203.0.113.9"),
  fc.ipV4(),
  fc.ipV6(),
);

/** One element of the field: its text, and the address that a reader must find in it, if any. */
interface Element {
  text: string;
  address: string | undefined;
}

const spaces = fc.constantFrom("", " ", "  ", "\t");

const forwardedForElement: fc.Arbitrary<Element> = fc.tuple(
  fc.oneof(
    { weight: 4, arbitrary: ip.map((address) => ({ text: address, address: isIP(address) ? address : undefined })) },
    {
      weight: 2,
      arbitrary: fc.tuple(ip, fc.nat({ max: 65_535 })).map(([address, port]) => ({
        text: address.includes(":") ? `[${address}]:${port}` : `${address}:${port}`,
        address: isIP(address) ? address : undefined,
      })),
    },
    {
      weight: 1,
      arbitrary: fc.constantFrom(
        "",
        "unknown",
        "_hidden",
        "proxy.test",
        "010.0.0.1",
        "1.2.3",
        "[10.0.0.1]",
        "10.0.0.1;",
      )
        .map((text) => ({ text, address: undefined })),
    },
  ),
  spaces,
  spaces,
).map(([{ text, address }, before, after]) => ({ text: before + text + after, address }));

/** Walks from the socket outwards, one step at a time. */
function walk(peer: string, elements: readonly (string | undefined)[]): string | undefined {
  let client: string | undefined = peer;
  for (const next of [...elements].reverse()) {
    if (client === undefined || !isTrusted(client)) return client;
    client = next;
  }
  return client;
}

test("clientIpFrom() agrees with a slow walk along X-Forwarded-For", () => {
  fc.assert(
    fc.property(
      ip.filter((ip) => isIP(ip) !== 0),
      fc.array(forwardedForElement, { minLength: 1 }),
      (peer, elements) => {
        const field = elements.map(({ text }) => text).join(",");
        const client = clientIpFrom({ get: () => field }, peer, { trustProxy: TRUSTED });
        expect([field, client]).toEqual([field, walk(peer, elements.map(({ address }) => address))]);
      },
    ),
    { numRuns: 1_000 },
  );
});

const quote = (text: string) => `"${text}"`;

const escapeAll = (text: string) => `"${text.replace(/./g, "\\$&")}"`;

/** A value of the parameter `for`, with the address in it. */
const node: fc.Arbitrary<Element> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.tuple(ip, fc.constantFrom("", ":80", ":65535", ":_p"), fc.constantFrom(quote, escapeAll)).map((
      [address, port, write],
    ) => ({
      text: write(address.includes(":") ? `[${address}]${port}` : `${address}${port}`),
      address: isIP(address) ? address : undefined,
    })),
  },
  { weight: 1, arbitrary: fc.ipV4().map((address) => ({ text: address, address })) },
  {
    weight: 1,
    arbitrary: fc.constantFrom("unknown", '"unknown"', "_hidden", '""', '"10.0.0.1, 10.0.0.2"', '"[10.0.0.1]"', '"::1"')
      .map((text) => ({ text, address: undefined })),
  },
);

const otherParameter = fc.constantFrom("proto=https", "by=_proxy", 'host="a,b;c=\\"d"', 'by="[fd00::1]:1"', "x=1", "");

const forwardedElement: fc.Arbitrary<Element> = fc.tuple(
  fc.array(otherParameter, { maxLength: 2 }),
  fc.oneof({ weight: 8, arbitrary: fc.constant(1) }, { weight: 1, arbitrary: fc.constantFrom(0, 2) }),
  fc.constantFrom("for", "For", "FOR"),
  node,
  spaces,
).map(([others, count, name, { text, address }, space]) => ({
  text: space + [...others, ...new Array<string>(count).fill(`${name}=${text}`)].join(`${space};${space}`) + space,
  address: count === 1 ? address : undefined,
}));

test("clientIpFrom() agrees with a slow walk along Forwarded", () => {
  const options = { trustProxy: TRUSTED, forwardedHeader: "forwarded" };
  fc.assert(
    fc.property(ip.filter((ip) => isIP(ip) !== 0), fc.array(forwardedElement, { minLength: 1 }), (peer, elements) => {
      const field = elements.map(({ text }) => text).join(",");
      const client = clientIpFrom({ get: () => field }, peer, options);
      expect([field, client]).toEqual([field, walk(peer, elements.map(({ address }) => address))]);
    }),
    { numRuns: 1_000 },
  );
});

test("clientIpFrom() knows no client where any part of Forwarded cannot be read", () => {
  const options = { trustProxy: TRUSTED, forwardedHeader: "forwarded" };
  const broken = fc.constantFrom(
    'for="10.0.0.1',
    "for",
    "for=",
    "=10.0.0.1",
    "for =10.0.0.1",
    "10.0.0.1",
    'for="a"b',
    '"',
  );
  const elements = fc.array(forwardedElement.map(({ text }) => text), { maxLength: 4 });
  fc.assert(
    fc.property(elements, broken, elements, (before, broken, after) => {
      const field = [...before, broken, ...after].join(",");
      expect([field, clientIpFrom({ get: () => field }, "10.0.0.1", options)]).toEqual([field, undefined]);
    }),
    { numRuns: 500 },
  );
});

const junk = fc.string({ unit: fc.constantFrom(...'0123456789.:,[]"=;\\ foraf_%'), maxLength: 60 });

test.each(["x-forwarded-for", "forwarded", "x-real-ip"])(
  "clientIpFrom() gives the peer or an address that %s holds, whatever that is",
  (forwardedHeader) => {
    const field = fc.oneof(
      junk,
      fc.string(),
      fc.array(fc.oneof(ip, junk, node.map(({ text }) => `for=${text}`))).map((list) => list.join(",")),
    );
    fc.assert(
      fc.property(fc.oneof(ip, junk), field, fc.boolean(), (peer, field, trustAll) => {
        const trustProxy = trustAll ? ["0.0.0.0/0", "::/0"] : TRUSTED;
        const client = clientIpFrom({ get: () => field }, peer, { trustProxy, forwardedHeader });
        // A backslash escapes in a quoted string, and belongs to a zone id elsewhere.
        const isIn = (client: string) => field.includes(client) || field.replaceAll("\\", "").includes(client);
        const known = client === undefined ||
          (isIP(client.replace(/%.*/s, "")) !== 0 && (client === peer || isIn(client)));
        expect([client, known]).toEqual([client, true]);
      }),
      { numRuns: 1_000 },
    );
  },
);

test("clientIpFrom() gives the peer or nothing unless it is trusted", () => {
  fc.assert(
    fc.property(fc.oneof(ip, junk), fc.string(), fc.constantFrom("x-forwarded-for", "forwarded", "x-real-ip"), (
      peer,
      field,
      forwardedHeader,
    ) => {
      fc.pre(isIP(peer) === 0 || !isTrusted(peer));
      const client = clientIpFrom({ get: () => field }, peer, { trustProxy: TRUSTED, forwardedHeader });
      expect(client).toBe(isIP(peer.replace(/%.+/s, "")) === 0 ? undefined : peer);
    }),
    { numRuns: 500 },
  );
});
