/** `trustProxy` and `forwardedHeader`. */
import { answered, from, listCases, through } from "./_words.ts";

const { cases, one } = listCases();
export { cases };

for (
  const [field, clientIp, passes] of [
    ["203.0.113.9", "203.0.113.9", true],
    ["203.0.113.9, 198.51.100.7", "203.0.113.9", true],
    ["203.0.113.9,198.51.100.7\t,  198.51.100.8", "203.0.113.9", true],
    ["203.0.113.9, 192.0.2.66", "192.0.2.66", false],
    ["203.0.113.9, 192.0.2.66, 198.51.100.7", "192.0.2.66", false],
    ["203.0.113.9, garbage", null, false],
    ["203.0.113.9, unknown", null, false],
    ["203.0.113.9, _hidden", null, false],
    ["203.0.113.9, 0203.0.113.9", null, false],
    ["203.0.113.9, 3405803785", null, false],
    ["203.0.113.9,", null, false],
    ["203.0.113.9:4711", "203.0.113.9", true],
    ["203.0.113.9:99999999", null, false],
    ["[2001:db8::9]:4711", "2001:db8::9", true],
    ["[2001:db8::9", null, false],
    [`203.0.113.9, ${"198.51.100.7,".repeat(550)} 192.0.2.66`, "192.0.2.66", false],
    [`203.0.113.9${", 198.51.100.7".repeat(500)}`, "203.0.113.9", true],
  ] as const
) {
  const shown = field.length > 60 ? `${field.slice(0, 25)}… ${field.slice(-14)}, 7 kB` : field.replace("\t", " ");
  one(
    `x-forwarded-for: ${shown}: ${clientIp ?? "unknown"}`,
    "xff",
    ["proxy"],
    { headers: { "x-forwarded-for": field } },
    passes ? through({}, { notes: from(clientIp) }) : answered({ notes: from(clientIp) }),
  );
}
one("x-forwarded-for: of two lines the second is nearer", "xff", ["proxy", "raw-headers"], {
  headers: { "x-forwarded-for": ["203.0.113.9", "192.0.2.66"] },
}, answered({ notes: from("192.0.2.66") }));
one("x-forwarded-for: through a listener for both", "xff", ["proxy", "dual-stack"], {
  to: "dual-stack",
  headers: { "x-forwarded-for": "203.0.113.9" },
}, through({}, { notes: from("203.0.113.9") }));
one("x-forwarded-for: over IPv6", "xff", ["proxy", "ipv6"], {
  to: "ipv6",
  headers: { "x-forwarded-for": "203.0.113.9" },
}, through({}, { notes: from("203.0.113.9") }));
one("x-forwarded-for: a peer that is no proxy of ours is not believed", "xff-one-proxy", ["proxy"], {
  headers: { "x-forwarded-for": "203.0.113.9" },
}, answered({ notes: from("127.0.0.1") }));
one("x-forwarded-for: the proxy that is ours is believed", "xff-one-proxy", ["proxy", "second-peer"], {
  from: "127.0.0.2",
  headers: { "x-forwarded-for": "203.0.113.9" },
}, through({}, { notes: from("203.0.113.9") }));
for (
  const [field, clientIp, passes] of [
    ["for=203.0.113.9", "203.0.113.9", true],
    ["For=203.0.113.9;proto=https;by=198.51.100.1", "203.0.113.9", true],
    ['for="[2001:db8::9]:4711"', "2001:db8::9", true],
    ["for=203.0.113.9, for=192.0.2.66", "192.0.2.66", false],
    ['for=192.0.2.66;host="a, for=203.0.113.9"', "192.0.2.66", false],
    ['for="192.0.2.66, for=203.0.113.9"', null, false],
    ['for=203.0.113.9, for="_secret"', null, false],
    ["for=203.0.113.9, proto=https", null, false],
    ["for=192.0.2.66;for=203.0.113.9", null, false],
    ['for="203.0.113.9', null, false],
  ] as const
) {
  one(
    `forwarded: ${field}: ${clientIp ?? "unknown"}`,
    "forwarded",
    ["proxy"],
    { headers: { forwarded: field } },
    passes ? through({}, { notes: from(clientIp) }) : answered({ notes: from(clientIp) }),
  );
}
one("forwarded: x-forwarded-for is not read beside it", "forwarded", ["proxy"], {
  headers: { "x-forwarded-for": "203.0.113.9", forwarded: "for=192.0.2.66" },
}, answered({ notes: from("192.0.2.66") }));
one("a single-address header", "fly", ["proxy"], { headers: { "fly-client-ip": "203.0.113.9" } }, through());
one("a single-address header with two addresses is nobody's", "fly", ["proxy"], {
  headers: { "fly-client-ip": "203.0.113.9, 192.0.2.66" },
}, answered({ notes: from(null) }));
one("a single-address header twice is nobody's", "fly", ["proxy", "raw-headers"], {
  headers: { "fly-client-ip": ["203.0.113.9", "203.0.113.9"] },
}, answered({ notes: from(null) }));
one("a single-address header without trustProxy is not believed", "fly-untrusted", ["proxy"], {
  headers: { "fly-client-ip": "203.0.113.9" },
}, answered({ notes: from("127.0.0.1") }));
