/** `ignoreUrls`: what passes, and what only looks like it. */
import { answered, listCases, refusedOr, through } from "./_words.ts";

const { cases, add, one } = listCases();
export { cases };

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
