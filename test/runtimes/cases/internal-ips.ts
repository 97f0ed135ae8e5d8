/** `internalIps`, and where the address comes from. */
import { answered, from, listCases, through } from "./_words.ts";

const { cases, one } = listCases();
export { cases };

for (
  const [clientIp, passes] of [
    ["10.1.2.3", true],
    ["192.0.2.7", true],
    ["2001:db8::1", true],
    ["2001:0DB8:0:0:0:0:0:1", true],
    ["::ffff:10.1.2.3", true],
    ["fe80::1%eth0", true],
    ["11.0.0.1", false],
    ["192.0.2.70", false],
    ["2001:db9::1", false],
    ["010.1.2.3", false],
    ["0x0a.1.2.3", false],
    ["10.1", false],
    ["167837955", false],
    ["::10.1.2.3", false],
    ["garbage", false],
  ] as const
) {
  one(
    `internalIps: ${clientIp} ${passes ? "passes" : "does not pass"}`,
    "internal",
    ["client-ip"],
    { clientIp },
    passes
      ? through({}, { notes: { decisions: ["internal-ip"] } })
      : answered({ notes: { decisions: ["maintenance"] } }),
  );
}
one(
  "internalIps: no shared cache keeps what an internal client gets",
  "internal",
  ["client-ip"],
  { clientIp: "10.1.2.3" },
  through({}, { headers: { "cache-control": "private, no-store", "maintenance-mode": null } }),
);
one("internalIps: x-forwarded-for is not believed by default", "internal-default", ["client-ip"], {
  headers: {
    "x-forwarded-for": "10.1.2.3",
    forwarded: "for=10.1.2.3",
    "x-real-ip": "10.1.2.3",
    "true-client-ip": "10.1.2.3",
  },
}, answered());
one("internalIps: cf-connecting-ip is not believed off Cloudflare", "internal-default", ["peer"], {
  headers: { "cf-connecting-ip": "10.1.2.3" },
}, answered());
one("internalIps: a client with an address passes a range for everyone", "internal-everyone", ["client-ip"], {
  clientIp: "203.0.113.9",
}, through());
one("internalIps: a client without one passes no range, not even for everyone", "internal-everyone", ["no-client-ip"], {
  headers: { "x-forwarded-for": "127.0.0.1" },
}, answered({ notes: from(null) }));
one("internalIps: the peer of the socket", "internal-peer", ["peer"], {}, through({}, { notes: from("127.0.0.1") }));
one(
  "internalIps: another peer",
  "internal-peer",
  ["peer", "second-peer"],
  { from: "127.0.0.2" },
  answered({
    notes: from("127.0.0.2"),
  }),
);
one(
  "internalIps: an IPv4 peer on a listener for both",
  "internal-peer",
  ["peer", "dual-stack"],
  { to: "dual-stack" },
  through({}, {
    notes: from("127.0.0.1"),
  }),
);
one(
  "internalIps: an IPv6 peer",
  "internal-peer",
  ["peer", "ipv6"],
  { to: "ipv6" },
  through({}, { notes: from("::1") }),
);
one("cloudflare: x-forwarded-for does not outweigh cf-connecting-ip", "internal-default", ["cloudflare"], {
  headers: { "cf-connecting-ip": "192.0.2.66", "x-forwarded-for": "10.1.2.3" },
}, answered({ notes: from("192.0.2.66") }));
one("cloudflare: two cf-connecting-ip are nobody", "internal-default", ["cloudflare"], {
  headers: { "cf-connecting-ip": ["10.1.2.3", "10.1.2.3"] },
}, answered({ notes: from(null) }));
one("cloudflare: a proxy in front of it is believed, if it is trusted", "xff", ["cloudflare"], {
  headers: { "cf-connecting-ip": "198.51.100.7", "x-forwarded-for": "203.0.113.9" },
}, through({}, { notes: from("203.0.113.9") }));
one("cloudflare: one that is not is not", "xff", ["cloudflare"], {
  headers: { "cf-connecting-ip": "192.0.2.66", "x-forwarded-for": "203.0.113.9" },
}, answered({ notes: from("192.0.2.66") }));
one("contextFrom() finds the same address", "allow", ["fetch-app", "client-ip"], {
  target: "/context",
  clientIp: "203.0.113.9",
  headers: { "x-pass": "yes" },
}, { status: 200, body: /"ctx":\{.*"clientIp":"(?:203\.0\.113\.9|(?:::ffff:)?127\.0\.0\.1)"/ });
