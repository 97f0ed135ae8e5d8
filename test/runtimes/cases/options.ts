/** `handler503`, `page`, `statusCode`, `retryAfter`, `redirectUrl`, `responseType`, `headers`, and callbacks that fail. */
import { answered, badge, html, json, listCases, plainJson, plainText, refusedOr, through } from "./_words.ts";

const { cases, add, one } = listCases();
export { cases };

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
  plainJson,
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
    headers: { location: "/maintenance.html", "cache-control": "no-store", "retry-after": null },
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
