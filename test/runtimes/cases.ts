/**
 * The cases: what is sent to which gate, and what has to come back, in every runtime. The gates are in
 * `inside/gates.ts`; what a runtime has no way to do is told by `needs`, and why by `lacks` in `runtimes.ts`.
 */
import type { Case, CaseRequest, Expected, Need, Step } from "./suite.ts";

/** The request reached the app. */
function through(app: Exclude<Expected["app"], false> = {}, more: Expected = {}): Expected {
  return { status: 200, app: { reached: "app", ...app }, ...more };
}

/** The request was answered in the app's place, with the built-in answer. */
function answered(more: Expected = {}): Expected {
  return { status: 503, app: false, headers: { "cache-control": "no-store" }, ...more };
}

const html: Expected = answered({
  headers: { "content-type": /^text\/html; ?charset=utf-8$/i },
  body: /^<!doctype html>.*<html[^>]* lang=.*<\/html>\s*$/is,
});
const json: Expected = answered({
  headers: { "content-type": /^application\/problem\+json(;|$)/ },
  json: { status: 503, title: /\w/ },
});
const plainText: Expected = answered({
  headers: { "content-type": /^text\/plain; ?charset=utf-8$/i },
  body: /^[^<>]+$/,
});
const refusedOr = (path: RegExp): Expected => ({ refusedOrAppSees: path });
/** A `clientIp` as the host found it; a mapped IPv4 address may be written either way. */
const from = (clientIp: string | null) => ({ clientIps: clientIp === null ? [null] : mapped(clientIp) });
const mapped = (clientIp: string) => new RegExp(`^\\["(?:::ffff:)?${clientIp.replaceAll(".", "\\.")}"\\]$`, "i");

const cases: Case[] = [];

/** Adds a case of one request or of several in a row. */
function add(name: string, gate: string, needs: readonly Need[], ...steps: Step[]): void {
  cases.push({ name, gate, needs, steps });
}

/** Adds a case of one request. */
function one(name: string, gate: string, needs: readonly Need[], request: CaseRequest, expect: Expected): void {
  add(name, gate, needs, { request, expect });
}

const megabyte = "0123456789abcdef".repeat(65_536);
const chromeAccept =
  "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,image/apng,*/*;q=0.8," +
  "application/signed-exchange;v=b3;q=0.7";
const firefoxAccept = "text/html,application/xhtml+xml,application/xml;q=0.9,image/png,image/svg+xml,*/*;q=0.8";

// ---- Off

one("off: the app answers", "bare-off", [], { target: "/a/b?c=d" }, through({ method: "GET", path: "/a/b" }));
one(
  "off: a POST body of 1 MB arrives whole",
  "off",
  [],
  { method: "POST", body: megabyte },
  through({
    method: "POST",
    bodyLength: 1_048_576,
    bodySum: 2_930_245_632,
  }),
);
one("off: the app gets the server's own Request", "off", ["server-request"], {}, through({ same: true }));
one("off: the app gets what the host passes beside it", "off", ["fetch-app"], {}, through({ hostInfo: true }));
one("off: the app's answer is untouched", "off", ["raw-headers"], { target: "/teapot" }, {
  status: 418,
  headers: { "content-type": "text/x-tea", "x-tea": "Assam", "set-cookie": "a=1, b=2", "retry-after": null },
  body: "short and stout",
});
one("off: what the app streams arrives whole", "off", ["fetch-app"], { target: "/stream" }, {
  status: 200,
  body: "one, two, three",
});
one(
  "off: nobody is asked who the visitor is",
  "off",
  [],
  { headers: { "x-badge": "yes" } },
  through({}, {
    notes: { staff: 0, allow: 0, decisions: ["off"] },
  }),
);
one("off: what the app throws is the host's business", "off", ["fetch-app"], { target: "/throw" }, {
  status: [500, 0],
  headers: { "x-maintenance": null, "retry-after": null },
});
one("off: an app that is an object with fetch()", "off-object", ["fetch-app"], {}, through());
one("off: without an app the network answers", "off-no-app", ["navigation"], { target: "/n" }, {
  status: 200,
  app: { reached: "network" },
});
one("the app takes x-forwarded-for as it came", "off", ["raw-headers"], {
  headers: { "x-forwarded-for": "203.0.113.9, garbage" },
}, through({ forwardedFor: "203.0.113.9, garbage" }));

// ---- On: the answer

one(
  "on: 503 with the headers of the built-in answer",
  "bare-on",
  [],
  {},
  answered({
    headers: {
      "content-type": /^text\/html/,
      "cache-control": "no-store",
      "vary": /(^|[ ,])accept($|[ ,])/i,
      "content-language": "en",
      "retry-after": null,
      "set-cookie": null,
      "location": null,
    },
  }),
);
one("on: an app that is an object with fetch()", "on-object", ["fetch-app"], {}, html);
one("on: without an app", "on-no-app", ["navigation"], { target: "/n" }, html);
one("Accept: none gets HTML", "on", ["no-accept"], {}, html);
for (
  const [accept, expected, what] of [
    ["*/*", html, "*/*, as curl sends it, gets HTML"],
    [chromeAccept, html, "Chrome's gets HTML"],
    [firefoxAccept, html, "Firefox's gets HTML"],
    ["application/json", json, "application/json gets a problem"],
    ["application/problem+json", json, "application/problem+json gets a problem"],
    ["application/vnd.api+json", json, "a type in +json gets a problem"],
    ["APPLICATION/JSON; Charset=utf-8", json, "types are compared without case"],
    ["application/json, text/plain, */*", json, "axios' gets a problem"],
    ["application/*", json, "application/* gets a problem"],
    ["text/plain", plainText, "text/plain gets text"],
    ["text/*", html, "text/* gets HTML"],
    ["text/html;q=0.5, application/json", json, "the higher q wins"],
    ["application/json;q=0.1, text/html;q=0.2", html, "the higher q wins, whatever the order"],
    ["text/plain;q=0.9, text/html;q=0.1, application/json;q=0.5", plainText, "the highest of three q wins"],
    ["text/html;q=0, */*", answered({ headers: { "content-type": /^(?!text\/html)/ } }), "q=0 is a no"],
    ["image/png", answered(), "a type we have not is answered all the same"],
    ["text/event-stream", answered(), "an EventSource is answered"],
    [`text/x, ;;q==,,/,q=9;${"a/b;q=0.1,".repeat(700)}`, answered(), "8 kB of nonsense are answered"],
  ] as const
) one(`Accept: ${what}`, "on", [], { headers: { accept } }, expected);
add(
  "HEAD: the headers of GET and no body",
  "on",
  [],
  { request: { method: "HEAD" }, expect: { ...answered(), headers: { "content-type": /^text\/html/ }, body: "" } },
  { request: { method: "HEAD", headers: { accept: "application/json" } }, expect: { status: 503, body: "" } },
);
for (
  const [field, language, body] of [
    ["de-AT,de;q=0.9,en;q=0.8", "de", /lang="de"/],
    ["pt-BR", "pt-BR", /lang="pt-BR"/],
    ["zh-TW,zh;q=0.9", "zh-Hant", /lang="zh-Hant"/],
    ["ar", "ar", /lang="ar" dir="rtl"/],
    ["xx", "en", /lang="en"/],
    ["en;q=0, *", "de", /lang="de"/],
  ] as const
) {
  one(`Accept-Language: ${field} gets ${language}`, "on", ["raw-headers"], {
    headers: { "accept-language": field, accept: "text/html" },
  }, answered({ headers: { "content-language": language, vary: /accept-language/i }, body }));
}
one("on: the page may run nothing but its own script", "on", [], {}, {
  status: 503,
  headers: {
    "content-security-policy": /^default-src 'none'; style-src 'sha256-\S+'; script-src 'sha256-\S+';/,
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "maintenance-mode": "on",
  },
});
one("Sec-Fetch-Dest: a script gets a problem that names its path", "on", ["raw-headers"], {
  target: "/api/orders?secret=1",
  headers: { accept: "*/*", "sec-fetch-dest": "empty" },
}, answered({ json: { instance: "/api/orders", mode: "on" } }));
one(
  "CORS: an answer may be read by scripts of other origins",
  "on",
  ["raw-headers"],
  {
    headers: { origin: "https://app.test", accept: "application/json" },
  },
  answered({
    headers: {
      "access-control-allow-origin": "*",
      "access-control-expose-headers": /retry-after/i,
      "access-control-allow-credentials": null,
    },
  }),
);
one("CORS: a preflight is answered, and not kept", "on", ["raw-headers"], {
  method: "OPTIONS",
  headers: {
    origin: "https://app.test",
    "access-control-request-method": "PUT",
    "access-control-request-headers": "authorization",
  },
}, {
  status: 204,
  app: false,
  headers: {
    "access-control-allow-origin": "*",
    "access-control-allow-methods": "PUT",
    "access-control-allow-headers": "authorization",
    "access-control-max-age": "0",
  },
  body: "",
});
one("gRPC: unavailable, in the way of gRPC", "on", ["raw-headers"], {
  method: "POST",
  headers: { "content-type": "application/grpc-web+proto" },
  body: "x",
}, {
  status: 200,
  app: false,
  headers: { "grpc-status": "14", "grpc-message": /\w/, "content-type": "application/grpc-web+proto" },
  body: "",
});
one(
  "GraphQL: errors in the way of GraphQL over HTTP",
  "on",
  [],
  {
    method: "POST",
    headers: { accept: "application/graphql-response+json", "content-type": "application/json" },
    body: "{}",
  },
  answered({
    headers: { "content-type": /^application\/graphql-response\+json/ },
    body: /"errors":\[\{"message":"[^"]+","extensions":\{"code":"SERVICE_UNAVAILABLE"/,
  }),
);
for (const method of ["POST", "PUT", "PATCH", "DELETE", "OPTIONS", "PROPFIND", "QUERY"]) {
  one(`${method} is answered`, "on", [], {
    method,
    ...method === "OPTIONS" ? {} : { body: "x=1", headers: { "content-type": "text/plain" } },
  }, answered());
}
one("TRACE does not reach the app", "on", ["any-method"], { method: "TRACE" }, refusedOr(/^$/));
one(
  "CONNECT does not reach the app",
  "on",
  ["connection"],
  { method: "CONNECT", target: "example.test:443" },
  refusedOr(/^$/),
);
one("OPTIONS * does not reach the app", "on", ["raw-target"], { method: "OPTIONS", target: "*" }, refusedOr(/^$/));
one("a WebSocket handshake is answered", "on", ["connection"], {
  headers: {
    connection: "Upgrade",
    upgrade: "websocket",
    "sec-websocket-version": "13",
    "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ==",
  },
}, refusedOr(/^$/));
one("a POST with Expect: 100-continue is answered", "on", ["connection"], {
  method: "POST",
  headers: { expect: "100-continue" },
  body: "x=1",
}, refusedOr(/^$/));
one("the connection is fit for use after an unread body of 1 MB", "on", ["connection"], {
  method: "POST",
  body: megabyte,
  then: { target: "/second", headers: { accept: "application/json" } },
}, answered({ then: null }));
for (const gate of ["on", "staff-async"]) {
  add(
    `a client that hangs up in the middle of its body harms nobody${
      gate === "on" ? "" : ", nor while isStaff is asked"
    }`,
    gate,
    ["connection"],
    { request: { method: "POST", body: megabyte, hangUp: true }, expect: { app: false } },
    { request: {}, expect: answered() },
  );
}
one(
  "eight kilobytes of header are no trouble",
  "on",
  ["client-ip"],
  { headers: { "x-long": "x".repeat(8000) } },
  answered(),
);
add(
  "enabled: a function is asked for each request",
  "switch",
  [],
  { switch: false, request: {}, expect: through() },
  { switch: true, request: {}, expect: answered() },
  { switch: false, request: {}, expect: through({}, { notes: { decisions: ["off"] } }) },
);
add(
  "enabled: while the function throws, its last answer holds",
  "switch-throws",
  [],
  { switch: false, request: {}, expect: through({}, { notes: { errors: /flag service/ } }) },
  { switch: true, request: {}, expect: answered() },
  { switch: false, request: {}, expect: answered({ notes: { errors: /flag service/ } }) },
);
one(
  "each decision is told once",
  "on",
  [],
  {},
  answered({ notes: { decisions: ["maintenance"], errors: [], reached: 0 } }),
);

// ---- ignoreUrls

for (
  const [target, passes] of [
    ["/health", true],
    ["/health?x=1", true],
    ["/health?next=/admin%2f", true],
    ["/docs/", true],
    ["/docs/a/b.html", true],
    ["/api/2/ping", true],
    ["/files/report.txt", true],
    ["/caf%C3%A9", true],
    ["/", false],
    ["/health/", false],
    ["/healthz", false],
    ["/a/health", false],
    ["/Health", false],
    ["/docs", false],
    ["/api/2/3/ping", false],
    ["/?/health", false],
    ["/admin?x=/docs/a", false],
  ] as const
) {
  one(
    `ignoreUrls: ${target} ${passes ? "passes" : "does not pass"}`,
    "ignore",
    [],
    { target },
    passes
      ? through({}, { notes: { decisions: ["ignored-url"] } })
      : answered({ notes: { decisions: ["maintenance"] } }),
  );
}
for (const target of ["/docs/..%2fadmin", "/docs/..%2Fadmin", "/docs/..%5cadmin", "/docs/a%5Cb", "/docs/a%00b"]) {
  one(`ignoreUrls: ${target} does not pass`, "ignore", [], { target }, answered());
}
for (const target of ["//health", "//evil.test/health", "//docs/a", "///health", "/.//health", "/docs//../../admin"]) {
  const normalised = /\.\./.test(target) ? /^\/docs\/(?!.*\.\.)/ : /^$/;
  one(`ignoreUrls: ${target} does not pass`, "ignore", ["raw-target"], { target }, refusedOr(normalised));
}
// Paths that are ignored on purpose, without anything in them that could be read as another path.
const ignored = /^\/(?:health|docs\/(?!.*(?:\.\.(?:[/\\]|$)|%2e|%2f|%5c|\\)).*|docs\/\.\.;\/admin)$/i;
for (
  const target of [
    "/docs/../admin",
    "/docs/%2e%2e/admin",
    "/docs/.%2E/admin",
    "/docs/..;/admin",
    "/docs\\..\\admin",
    "/docs/..\\admin",
    "/health\\..\\admin",
    "/\\evil.test/health",
    "/admin/../docs/a",
    "/docs/a/../../docs/b",
    "/admin#/health",
    "/health#/../admin",
    "/admin\t/health",
    "health",
    "http://evil.test/admin?/health",
    "http://evil.test/docs/..%2f..%2fadmin",
    "http://evil.test/health",
    "http://evil.test\\health",
    "http://user:secret@evil.test/health",
    "http:///health",
    "https://evil.test:99999/health",
    "//user@/health",
    "/health%",
    "/docs/%zz",
    "/docs/\u00e9",
    `/docs/${"a".repeat(7000)}`,
  ]
) {
  const shown = target.length > 60 ? `${target.slice(0, 20)}… of 7 kB` : JSON.stringify(target).slice(1, -1);
  // Whatever a server makes of it: the app sees an ignored path, or nothing.
  one(
    `odd target ${shown}: the app sees an ignored path or nothing`,
    "ignore",
    ["raw-target"],
    { target },
    refusedOr(ignored),
  );
}
for (
  const host of [
    "x/health?",
    "x/docs/",
    "x#",
    "x/health#",
    "x/health%3f",
    "evil.test:99999",
    "a b",
    "[::1",
    "",
    "\u00e9.test",
    "@",
  ]
) {
  // Where a server builds the URL from it, the app sees the same path as the gate. Where the app sees the request target,
  // that is not ignored.
  one(
    `Host: ${JSON.stringify(host)} opens nothing`,
    "ignore",
    ["host-header"],
    { target: "/admin", headers: { host } },
    refusedOr(ignored),
  );
}
for (const host of ["x/admin?", "x/admin#", "x\\admin?", "x:80/admin?", "x/admin%3f", "user@x/admin?", "x/admin;"]) {
  one(`Host: ${JSON.stringify(host)} does not turn an ignored path into another`, "ignore", ["host-header"], {
    target: "/health",
    headers: { host },
  }, refusedOr(ignored));
}
one(
  "no Host header at all opens nothing",
  "ignore",
  ["host-header"],
  { target: "/admin", headers: { host: null } },
  refusedOr(/^$/),
);
for (const target of ["/admin", "/health"]) {
  one(`HTTP/1.0 without Host: ${target}`, "ignore", ["connection"], {
    version: "1.0",
    target,
    headers: { host: null },
  }, refusedOr(ignored));
}
one("Host: two of them open nothing", "ignore", ["host-header"], {
  target: "/admin",
  headers: { host: ["x", "x/health?"] },
}, refusedOr(ignored));
add(
  'ignoreUrls: "/" is the front page only',
  "ignore-root",
  [],
  { request: { target: "/" }, expect: through() },
  { request: { target: "/?a" }, expect: through() },
  { request: { target: "/a" }, expect: answered() },
);
add(
  "ignoreUrls: RegExp, flags g and y too, answer alike each time",
  "ignore-regexp",
  [],
  { request: { target: "/global/a" }, expect: through(), times: 4 },
  { request: { target: "/sticky" }, expect: through(), times: 4 },
  { request: { target: "/MIXED" }, expect: through(), times: 2 },
  { request: { target: "/a/inner/b" }, expect: through() },
  { request: { target: "/a/global" }, expect: answered(), times: 2 },
  { request: { target: "/a?inner" }, expect: answered() },
  { request: { target: "/a%2finner" }, expect: answered() },
);
add(
  "ignoreUrls: a URLPattern object",
  "ignore-urlpattern",
  [],
  { request: { target: "/up/42?x" }, expect: through(), times: 2 },
  { request: { target: "/up/a" }, expect: answered() },
);
add(
  "ignoreUrls: the parts of a URLPattern",
  "ignore-init",
  [],
  { request: { target: "/init/42?x" }, expect: through(), times: 2 },
  { request: { target: "/init/a" }, expect: answered() },
);
add(
  "ignoreUrls: a host name",
  "ignore-init",
  ["host-header"],
  { request: { target: "/x", headers: { host: "static.example.test" } }, expect: through() },
  { request: { target: "/x", headers: { host: "other.example.test" } }, expect: answered() },
);
add(
  "ignoreUrls: whole URLs",
  "ignore-whole",
  ["host-header", "http-url"],
  { request: { target: "/a/b?c", headers: { host: "api.example.test" } }, expect: through() },
  { request: { target: "/up", headers: { host: "www.example.test" } }, expect: through() },
  { request: { target: "/a", headers: { host: "www.example.test" } }, expect: answered() },
  { request: { target: "/a", headers: { host: "api.example.test.evil.test" } }, expect: answered() },
  { request: { target: "/api.example.test/a", headers: { host: "evil.test" } }, expect: answered() },
);
add(
  "ignoreUrls: under a mount point the whole path counts",
  "ignore-mounted",
  [],
  { request: { target: "/shop/status" }, expect: through({ path: "/shop/status" }) },
  { request: { target: "/shop/hidden" }, expect: answered() },
  { request: { target: "/shop/" }, expect: answered() },
);

// ---- internalIps

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

// ---- trustProxy

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

// ---- isStaff

const badge = { headers: { "x-badge": "yes" } };
for (const gate of ["staff", "staff-async"]) {
  add(
    `isStaff: ${gate === "staff" ? "at once" : "after a while"}`,
    gate,
    [],
    {
      request: { ...badge, method: "POST", body: "kept" },
      expect: through({ body: "kept" }, {
        notes: { staff: 1, staffHostInfo: [true], decisions: ["staff"], errors: [] },
      }),
    },
    { request: {}, expect: answered({ notes: { staff: 1, decisions: ["maintenance"], errors: [] } }) },
  );
}
for (const gate of ["staff", "staff-async"]) {
  one(
    `isStaff: what the app throws for staff is the host's business${gate === "staff" ? "" : ", after a while too"}`,
    gate,
    [
      "fetch-app",
    ],
    { ...badge, target: "/throw" },
    { status: [500, 0], headers: { "retry-after": null, "cache-control": null } },
  );
}
add(
  "isStaff: without an app, the network answers staff after a while",
  "staff-no-app",
  ["navigation"],
  {
    request: { ...badge, target: "/n", method: "POST", body: "kept" },
    expect: through({ reached: "network", body: "kept" }),
  },
  { request: { target: "/n" }, expect: html },
  { request: { target: "/n?badge=yes", navigate: true }, expect: through({ reached: "network" }) },
  { request: { target: "/n", navigate: true }, expect: answered({ body: /<title>/ }) },
);
for (const gate of ["staff-throws", "staff-rejects"]) {
  one(
    `isStaff: one that ${gate.slice(6)} is no staff, and onError hears`,
    gate,
    [],
    badge,
    answered({
      notes: { staff: 1, errors: /session store/, decisions: ["maintenance"] },
    }),
  );
}
one("isStaff: with allowStaff false nobody asks", "staff-not-allowed", [], {}, answered({ notes: { staff: 0 } }));
for (
  const [what, because, request, needs] of [
    ["an ignored URL", "ignored-url", { target: "/health", ...badge }, []],
    ["an allowed request", "allowed", { headers: { "x-pass": "yes", "x-badge": "yes" } }, []],
    ["an internal address", "internal-ip", { clientIp: "10.1.2.3", ...badge }, ["client-ip"]],
  ] as const
) {
  one(
    `isStaff: not asked for ${what}`,
    "order",
    needs,
    request,
    through({}, {
      notes: { staff: 0, decisions: [because] },
    }),
  );
}
one("isStaff: asked for all others", "order", [], badge, through({}, { notes: { staff: 1, decisions: ["staff"] } }));

// ---- allow

add(
  "allow: true passes, false does not",
  "allow",
  [],
  {
    request: { headers: { "x-pass": "yes" }, method: "POST", body: "kept" },
    expect: through({ body: "kept" }, { notes: { allow: 1, decisions: ["allowed"] } }),
  },
  { request: {}, expect: answered({ notes: { allow: 1, decisions: ["maintenance"] } }) },
);
one(
  "allow: the app gets the same Request that allow saw",
  "allow",
  ["fetch-app"],
  { headers: { "x-pass": "yes" } },
  through({
    same: true,
    hostInfo: true,
  }),
);
for (
  const [gate, what] of [["allow-throws", "that throws"], ["allow-promise", "that promises"], [
    "allow-truthy",
    'that says "yes"',
  ]]
) {
  one(`allow: one ${what} lets nobody in, and onError hears`, gate!, [], {}, answered({ notes: { errors: /\w{5}/ } }));
}

// ---- handler503, page, statusCode, retryAfter, redirectUrl, responseType, headers

one("handler503 sees the request and its path", "handler503", [], { method: "POST", target: "/a/b?c=d", body: "x" }, {
  status: 503,
  app: false,
  headers: { "x-handler503": "yes", "x-added": null },
  json: { path: "/a/b", method: "POST", same: true, status: 503, retryAfter: 60, because: "maintenance" },
  notes: { handler503: 1 },
});
one("handler503 is not called for those who pass", "handler503", [], badge, through({}, { notes: { handler503: 0 } }));
for (
  const [gate, what] of [["throws", "that throws"], ["nothing", "that returns nothing"], ["promise", "that promises"]]
) {
  one(`handler503: after one ${what} the built-in answer`, `handler503-${gate}`, [], {}, {
    ...html,
    notes: { errors: /\w{5}/, decisions: ["maintenance"] },
  });
}
one(
  "page: a template, its values escaped",
  "page",
  [],
  { target: "/a'b&c" },
  answered({
    body: /^<h1 title='\/a&(?:#39|#x27|apos);b&amp;c'>GET \/a&(?:#39|#x27|apos);b&amp;c 503<\/h1>$/,
  }),
);
one(
  "page: a template is not for those who ask for JSON",
  "page",
  [],
  { headers: { accept: "application/json" } },
  json,
);
one(
  "page: a function sees the path",
  "page-function",
  [],
  { target: "/a/b?c" },
  answered({
    body: "<h1>Back soon</h1><p>/a/b 503</p>",
    headers: { "content-type": /^text\/html/ },
    notes: { page: 1 },
  }),
);
one("page: HEAD of it has no body", "page-function", [], { method: "HEAD" }, { status: 503, body: "" });
for (const [gate, what] of [["page-throws", "that throws"], ["page-number", "that returns no text"]]) {
  one(`page: after one ${what} the built-in page`, gate!, [], {}, { ...html, notes: { errors: /\w{5}/ } });
}
one("the built-in page shows nothing of the request unescaped", "on", ["raw-target"], {
  target: "/<script>alert(1)</script>?<img src=x>",
}, { refusedOrAppSees: /^$/, bodyLacks: /<script>alert|<img/ });
one("statusCode 200", "status-200", [], {}, { status: 200, app: false, headers: { "cache-control": "no-store" } });
for (
  const [gate, value] of [
    ["retry-seconds", "120"],
    ["retry-zero", "0"],
    ["retry-date", "Thu, 01 Jan 2099 00:00:00 GMT"],
    ["retry-past", null],
  ] as const
) one(`retryAfter: ${gate.slice(6)}`, gate, [], {}, answered({ headers: { "retry-after": value } }));
for (const method of ["GET", "HEAD", "POST"]) {
  one(`redirectUrl: ${method} is sent there`, "redirect", ["redirect"], { method, target: "//evil.test/a" }, {
    status: [302, 303],
    app: false,
    headers: { location: "/maintenance.html", "cache-control": "no-store" },
  });
}
add(
  "redirectUrl: its target passes",
  "redirect",
  [],
  { request: { target: "/maintenance.html" }, expect: through({}, { notes: { decisions: ["ignored-url"] } }) },
  { request: { target: "/maintenance.html?from=/a" }, expect: through() },
);
one("redirectUrl: what only looks like its target does not pass", "redirect", ["redirect", "raw-target"], {
  target: "/maintenance.html%2f..%2fadmin",
}, refusedOr(/^$/));
one("redirectUrl: to another site", "redirect-away", ["redirect"], {}, {
  status: [302, 303],
  app: false,
  headers: { location: "https://status.example.test/now" },
});
for (const [gate, expected] of [["html-only", html], ["json-only", json], ["text-only", plainText]] as const) {
  one(
    `responseType: ${gate.slice(0, 4)}, whatever is accepted`,
    gate,
    [],
    { headers: { accept: "image/png" } },
    expected,
  );
}
add(
  "responseType: a function",
  "type-function",
  [],
  { request: { headers: { "x-type": "json" } }, expect: { ...json, notes: { responseType: 1, errors: [] } } },
  { request: { headers: { "x-type": "text" } }, expect: plainText },
  {
    request: { headers: { "x-type": "xml", accept: "application/json" } },
    expect: answered({ notes: { errors: /\w{5}/ } }),
  },
);
one("headers: added, and in place of our own", "headers", [], {}, {
  status: 503,
  headers: { "x-added": "yes", "cache-control": "no-store, private", "content-type": /^text\/html/ },
});

// ---- Callbacks that fail

add(
  "onDecision: one that throws changes nothing, and onError hears",
  "decision-throws",
  [],
  { request: {}, expect: answered({ notes: { errors: /log is full/ } }) },
  { request: { target: "/health" }, expect: through({}, { notes: { errors: /log is full/ } }) },
);

// ---- The state in a store

one("state: off", "state-off", [], {}, through({}, { notes: { decisions: ["off"] } }));
one("state: on", "state-on", [], {}, {
  ...answered({ headers: { "retry-after": "600" }, body: /&lt;b&gt;Moving&lt;\/b&gt;/ }),
  notes: { decisions: ["maintenance"] },
});
one("state: on, in JSON", "state-on", [], { headers: { accept: "application/json" } }, {
  ...json,
  json: { status: 503, retryAfter: 600, detail: /<b>Moving<\/b>/ },
});
one("state: internalIps", "state-on", ["proxy"], { headers: { "x-forwarded-for": "192.0.2.9" } }, answered());
one("state: an empty text is on", "state-touched", [], {}, answered());
one(
  "state: a bad text changes nothing",
  "state-bad",
  [],
  {},
  through(),
);
one(
  "state: read-only lets GET pass",
  "state-read-only",
  [],
  {},
  through({}, { notes: { decisions: ["safe-method"] } }),
);
one("state: read-only lets HEAD pass", "state-read-only", [], { method: "HEAD" }, { status: 200 });
one("state: read-only answers POST", "state-read-only", [], { method: "POST", body: "a=1" }, {
  ...answered({ body: /What you sent was not saved/ }),
  notes: { decisions: ["read-only"] },
});
one("state: read-only answers DELETE", "state-read-only", [], { method: "DELETE" }, answered());
one("state: ignoreUrls", "state-read-only", [], { method: "POST", target: "/hooks/pay", body: "a" }, through());
one("state: urls are closed", "state-part", [], { target: "/shop/cart" }, answered());
one("state: urls are closed in another case", "state-part", [], { target: "/SHOP/cart" }, answered());
one("state: urls are closed when encoded without need", "state-part", [], { target: "/%73hop/cart" }, answered());
one("state: what is not meant passes", "state-part", [], { target: "/docs" }, through());
one("state: after its end", "state-past", [], {}, through());
one("state: before its start", "state-future", [], {}, through());
one(
  "state: within its window",
  "state-window",
  [],
  {},
  answered({
    headers: { "retry-after": "Wed, 01 Jan 9000 00:00:00 GMT" },
  }),
);
one("state: a window that comes back", "state-recurring", [], {}, answered());
one(
  "state: a bypass link",
  "state-bypass",
  ["redirect"],
  { target: "/a?b=c&maintenance-bypass=correct-horse-battery" },
  {
    status: 302,
    headers: {
      location: "/a?b=c",
      "cache-control": "no-store",
      "referrer-policy": "no-referrer",
    },
  },
);
one(
  "state: a program with the secret",
  "state-bypass",
  [],
  { method: "POST", headers: { "maintenance-bypass": "correct-horse-battery" }, body: "a" },
  through({}, { notes: { decisions: ["bypass"] } }),
);
one("state: a program with another secret", "state-bypass", [], {
  headers: { "maintenance-bypass": "correct-horse-battery-" },
}, answered());

// ---- In a browser

one("navigation: the visitor sees the page", "on", ["navigation"], { target: "/shop", navigate: true }, {
  status: 503,
  headers: { "content-type": /^text\/html/ },
  body: /<title>.+<\/title>/,
});
one("navigation: an ignored URL opens", "ignore", ["navigation"], { target: "/health", navigate: true }, {
  status: 200,
  app: { reached: "app" },
  body: /./,
});
one("navigation: off, without an app, the network answers", "off-no-app", ["navigation"], {
  target: "/x",
  navigate: true,
}, {
  status: 200,
  headers: { "x-reached": "network" },
});
one(
  "navigation: redirectUrl brings the visitor there",
  "redirect",
  ["navigation"],
  { target: "/shop", navigate: true },
  {
    status: 200,
    headers: { "x-reached": "network" },
    body: /\/maintenance\.html/,
  },
);

export { cases };
