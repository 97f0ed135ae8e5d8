/** The state in a store. */
import { answered, listCases, plainJson, through } from "./_words.ts";

const { add, cases, one } = listCases();
export { cases };

one("state: off", "state-off", [], {}, through({}, { notes: { decisions: ["off"] } }));
one("state: on", "state-on", [], {}, {
  ...answered({ headers: { "retry-after": "600" }, body: /&lt;b&gt;Moving&lt;\/b&gt;/ }),
  notes: { decisions: ["maintenance"] },
});
one("state: on, in JSON", "state-on", [], { headers: { accept: "application/json" } }, {
  ...plainJson,
  json: { status: 503, retryAfter: 600, detail: /^<b>Moving<\/b>$/ },
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
one(
  "state: read-only, and the app's own responses say so",
  "state-read-only",
  ["client-ip"],
  { clientIp: "192.0.2.7" },
  through({}, { headers: { "maintenance-mode": "read-only", "cache-control": null } }),
);
one("state: read-only answers POST", "state-read-only", [], { method: "POST", body: "a=1" }, {
  ...answered({ body: /What you sent was not saved/ }),
  notes: { decisions: ["read-only"] },
});
one("state: read-only answers DELETE", "state-read-only", [], { method: "DELETE" }, answered());
one("state: ignoreUrls", "state-read-only", [], { method: "POST", target: "/hooks/pay", body: "a" }, through());
one("state: read-only lets PROPFIND pass", "state-read-only", [], { method: "PROPFIND" }, { status: 200 });
one("state: read-only answers PROPPATCH", "state-read-only", [], { method: "PROPPATCH" }, answered());
one(
  "state: a method in reads",
  "state-read-only",
  [],
  { method: "POST", target: "/graphql", body: "{}" },
  through({}, { notes: { decisions: ["safe-method"] } }),
);
one("state: another method than in reads", "state-read-only", [], {
  method: "PUT",
  target: "/graphql",
  body: "{}",
}, answered());
one("state: a method in writes", "state-read-only", [], { target: "/logout" }, answered());
one("state: urls are closed", "state-part", [], { target: "/shop/cart" }, answered());
one("state: urls are closed in another case", "state-part", [], { target: "/SHOP/cart" }, answered());
one("state: urls are closed when encoded without need", "state-part", [], { target: "/%73hop/cart" }, answered());
one("state: what is not meant passes", "state-part", [], { target: "/docs" }, through());
const HOST_CASES = [
  ...["a.example.test", "A.Example.TEST", "a.example.test:8080", "a.example.test."].map((host) =>
    [host, answered()] as const
  ),
  ...["b.example.test", "x.a.example.test", "a.example.test.evil.test"].map((host) => [host, through()] as const),
].map(([host, expect]) => ({ request: { target: "/shop", headers: { host } }, expect }));
add(
  "state: a whole URL is closed by its host, whatever the scheme and the port",
  "state-url",
  ["host-header"],
  ...HOST_CASES,
);
add("state: a host is closed", "state-host", ["host-header"], ...HOST_CASES);
one("state: after its end", "state-past", [], {}, through());
one("state: before its start", "state-future", [], {}, through());
one(
  "state: within its window",
  "state-window",
  [],
  {},
  answered({
    headers: { "retry-after": /^\d{9,}$/ },
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
