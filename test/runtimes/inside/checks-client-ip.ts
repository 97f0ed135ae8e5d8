/** Checks of the address of the client behind proxies. */
import { type Checks, equal, headers, type Lines, plainIp, refused, show } from "./check.ts";

/** By their names. */
export const clientIpChecks: Checks = {
  "clientIpFrom() walks X-Forwarded-For from the right": ({ clientIpFrom }) => {
    const trustProxy = ["loopback", "198.51.100.0/24"];
    const table: [header: string, peer: string | undefined, expected: string | undefined][] = [
      ["203.0.113.9", "127.0.0.1", "203.0.113.9"],
      ["203.0.113.9", "::ffff:127.0.0.1", "203.0.113.9"],
      ["203.0.113.9", "::1", "203.0.113.9"],
      ["203.0.113.9", "192.0.2.1", "192.0.2.1"],
      ["203.0.113.9", undefined, undefined],
      ["203.0.113.9", "", undefined],
      ["203.0.113.9", "garbage", undefined],
      ["203.0.113.9, 198.51.100.7", "127.0.0.1", "203.0.113.9"],
      ["203.0.113.9, 192.0.2.66", "127.0.0.1", "192.0.2.66"],
      ["203.0.113.9, 192.0.2.66, 198.51.100.7", "127.0.0.1", "192.0.2.66"],
      ["203.0.113.9,192.0.2.66\t,  198.51.100.7", "127.0.0.1", "192.0.2.66"],
      ["203.0.113.9, garbage, 198.51.100.7", "127.0.0.1", undefined],
      ["203.0.113.9, unknown", "127.0.0.1", undefined],
      ["203.0.113.9, _hidden", "127.0.0.1", undefined],
      ["203.0.113.9, 0203.0.113.9", "127.0.0.1", undefined],
      ["203.0.113.9, 0xcb007109", "127.0.0.1", undefined],
      ["203.0.113.9, 3405803785", "127.0.0.1", undefined],
      ["203.0.113.9, 127.1", "127.0.0.1", undefined],
      ["[2001:db8::9]:443", "127.0.0.1", "2001:db8::9"],
      ["203.0.113.9, 2001:db8::9", "127.0.0.1", "2001:db8::9"],
      ["::ffff:203.0.113.9", "127.0.0.1", "203.0.113.9"],
    ];
    for (const [header, peer, expected] of table) {
      const got = clientIpFrom(headers([["x-forwarded-for", header]]), peer, { trustProxy });
      equal(plainIp(got), expected, `${header} from ${peer}`);
    }
    const twoLines = headers([["x-forwarded-for", "203.0.113.9"], ["x-forwarded-for", "192.0.2.66"]]);
    equal(clientIpFrom(twoLines, "127.0.0.1", { trustProxy }), "192.0.2.66", "two lines");
    equal(clientIpFrom(twoLines, "127.0.0.1", {}), "127.0.0.1", "nobody is trusted by default");
    equal(clientIpFrom(twoLines, "127.0.0.1"), "127.0.0.1", "nobody is trusted without options");
  },

  "clientIpFrom() is never fooled into an address of the attacker's": ({ clientIpFrom }) => {
    // What follows is added by the attacker in front of what the trusted proxy adds: the attacker's own address.
    const attacks = [
      ...["203.0.113.9,", ",203.0.113.9", "203.0.113.9,,,", '"', '"203.0.113.9', '203.0.113.9"', "for=203.0.113.9"],
      ...["203.0.113.9;", "[", "[203.0.113.9", "\\", "203.0.113.9\\", "(", "203.0.113.9%", 'for="203.0.113.9', 'x="\\'],
      ...[
        'for="203.0.113.9\\',
        'for=203.0.113.9;host="',
        "=,=",
        ";,;",
        "203.0.113.9,".repeat(10_000),
        ",".repeat(50_000),
      ],
      "198.51.100.7,".repeat(10_000),
    ];
    for (const attack of attacks) {
      for (const forwardedHeader of ["x-forwarded-for", "forwarded"]) {
        const own = forwardedHeader === "forwarded" ? "for=192.0.2.66" : "192.0.2.66";
        for (
          const lines of [[[forwardedHeader, attack], [forwardedHeader, own]], [[forwardedHeader, `${attack}, ${own}`]]]
        ) {
          const got = clientIpFrom(headers(lines as never), "127.0.0.1", { trustProxy: ["loopback"], forwardedHeader });
          const safe = got === undefined || got === "192.0.2.66";
          equal(safe, true, `${forwardedHeader}: ${attack.slice(0, 30)}, ${own} gives ${got}`);
          if (forwardedHeader === "x-forwarded-for") {
            equal(got, "192.0.2.66", `${forwardedHeader}: ${attack.slice(0, 30)}, ${own}`);
          }
        }
      }
    }
  },

  "clientIpFrom() gives a defined result for 10 000 elements, soon": ({ clientIpFrom }) => {
    const options = { trustProxy: ["loopback", "198.51.100.0/24"] };
    const before = Date.now();
    for (const [element, header] of [["198.51.100.7", "x-forwarded-for"], ["for=198.51.100.7", "forwarded"]] as const) {
      const first = header === "forwarded" ? "for=203.0.113.9" : "203.0.113.9";
      const long = `${first}, ${Array(10_000).fill(element).join(", ")}`;
      const got = clientIpFrom(headers([[header, long]]), "127.0.0.1", { ...options, forwardedHeader: header });
      equal(got === undefined || got === "203.0.113.9", true, `${header} gives ${got}`);
    }
    const quoted = `for="${"\\a".repeat(30_000)}"`;
    clientIpFrom(headers([["forwarded", quoted]]), "127.0.0.1", { ...options, forwardedHeader: "forwarded" });
    equal(Date.now() - before < 20_000, true, `took ${Date.now() - before} ms`);
  },

  "clientIpFrom() reads Forwarded as RFC 7239 says": ({ clientIpFrom }) => {
    const table: [header: string, expected: string | undefined][] = [
      ["for=203.0.113.9", "203.0.113.9"],
      ["For=203.0.113.9;proto=http;by=198.51.100.1", "203.0.113.9"],
      ["proto=http;for=203.0.113.9", "203.0.113.9"],
      ['for="203.0.113.9:4711"', "203.0.113.9"],
      ['for="[2001:db8::9]"', "2001:db8::9"],
      ['for="[2001:DB8::9]:4711"', "2001:db8::9"],
      ["for=192.0.2.43, for=198.51.100.17", "198.51.100.17"],
      ['for=192.0.2.66;host="a, for=203.0.113.9"', "192.0.2.66"],
      ['for=192.0.2.66;host="a\\", for=203.0.113.9"', "192.0.2.66"],
      ['for=203.0.113.9, for="_secret"', undefined],
      ["for=203.0.113.9, for=unknown", undefined],
      ["for=203.0.113.9, proto=http", undefined],
      ['for="192.0.2.66, for=203.0.113.9"', undefined],
      ['for="203.0.113.9', undefined],
      ["for=192.0.2.66;for=203.0.113.9", undefined],
      ["xfor=203.0.113.9", undefined],
      ["for=", undefined],
      ["for", undefined],
      ["203.0.113.9", undefined],
    ];
    for (const [header, expected] of table) {
      const options = { trustProxy: ["loopback"], forwardedHeader: "forwarded" };
      const got = clientIpFrom(headers([["forwarded", header]]), "127.0.0.1", options);
      equal(plainIp(got), expected, header);
    }
  },

  "clientIpFrom() takes a single-address header only as a single address": ({ clientIpFrom }) => {
    const options = { trustProxy: ["loopback"], forwardedHeader: "fly-client-ip" };
    const table: [lines: Lines, peer: string, expected: string | undefined][] = [
      [[["fly-client-ip", "203.0.113.9"]], "127.0.0.1", "203.0.113.9"],
      [[["Fly-Client-IP", " 2001:db8::9 "]], "127.0.0.1", "2001:db8::9"],
      [[["fly-client-ip", "203.0.113.9"]], "192.0.2.1", "192.0.2.1"],
      [[["fly-client-ip", "203.0.113.9, 192.0.2.66"]], "127.0.0.1", undefined],
      [[["fly-client-ip", "203.0.113.9"], ["fly-client-ip", "203.0.113.9"]], "127.0.0.1", undefined],
      [[["fly-client-ip", "garbage"]], "127.0.0.1", undefined],
      [[["x-forwarded-for", "203.0.113.9"], ["fly-client-ip", "192.0.2.66"]], "127.0.0.1", "192.0.2.66"],
    ];
    for (const [lines, peer, expected] of table) {
      equal(clientIpFrom(headers(lines), peer, options), expected, `${show(lines)} from ${peer}`);
    }
  },

  "wrong host options throw a TypeError that names them": ({ clientIpFrom }) => {
    const table: [options: unknown, message: RegExp][] = [
      [{ trustProxy: true }, /"trustProxy"/],
      [{ trustProxy: ["10.0.0.0/8", "10.0.0.0/99"] }, /"trustProxy\[1\]".*"10\.0\.0\.0\/99"/],
      [{ trustProxy: ["Loopback "] }, /"trustProxy\[0\]"/],
      [{ trustProxies: [] }, /"trustProxies".*"trustProxy"/],
      [{ forwardedHeader: "x y" }, /"forwardedHeader".*"x y"/],
      [{ forwardedHeader: "" }, /"forwardedHeader"/],
      [{ forwardedHeader: 1 }, /"forwardedHeader"/],
    ];
    for (const [options, message] of table) {
      refused(() => clientIpFrom(new Headers(), "127.0.0.1", options as never), message, show(options));
    }
  },
};
