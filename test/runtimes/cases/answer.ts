/** The gate is on: what it answers, and what reaches nobody. */
import { answered, html, json, listCases, megabyte, plainJson, plainText, refusedOr, through } from "./_words.ts";

const { cases, add, one } = listCases();
export { cases };

const chromeAccept =
  "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,image/apng,*/*;q=0.8," +
  "application/signed-exchange;v=b3;q=0.7";
const firefoxAccept = "text/html,application/xhtml+xml,application/xml;q=0.9,image/png,image/svg+xml,*/*;q=0.8";

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
    ["application/json", plainJson, "application/json gets a problem by that name"],
    ["application/problem+json", json, "application/problem+json gets a problem"],
    ["application/json, application/problem+json", json, "a problem by its own name where the client knows it"],
    ["application/vnd.api+json", json, "a type in +json gets a problem"],
    ["APPLICATION/JSON; Charset=utf-8", plainJson, "types are compared without case"],
    ["application/json, text/plain, */*", plainJson, "axios' gets a problem by the name that it has given"],
    ["application/*", json, "application/* gets a problem"],
    ["text/plain", plainText, "text/plain gets text"],
    ["text/*", html, "text/* gets HTML"],
    ["text/html;q=0.5, application/json", plainJson, "the higher q wins"],
    ["application/json;q=0.1, text/html;q=0.2", html, "the higher q wins, whatever the order"],
    ["text/plain;q=0.9, text/html;q=0.1, application/json;q=0.5", plainText, "the highest of three q wins"],
    ["text/html;q=0, */*", answered({ headers: { "content-type": /^(?!text\/html)/ } }), "q=0 is a no"],
    ["image/png", answered(), "a type we have not is answered all the same"],
    ["text/event-stream", answered(), "an EventSource is answered"],
    [`text/x, ;;q==,,/,q=9;${"a/b;q=0.1,".repeat(700)}`, answered(), "8 kB of nonsense are answered"],
  ] as const
) one(`Accept: ${what}`, "on", [], { headers: { accept } }, expected);
for (const name of ["HX-Request", "X-PJAX"]) {
  const headers = { accept: "*/*", "x-requested-with": "XMLHttpRequest", [name]: "true" };
  one(`${name}: gets HTML`, "on", [], { headers }, {
    ...html,
    headers: { ...html.headers, vary: new RegExp(`(^|[ ,])${name}($|[ ,])`, "i") },
  });
}
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
one("on: the page may run nothing but its own script", "on", ["page-script"], {}, {
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
  ["raw-headers", "cors"],
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
one("CORS: a preflight is answered, and not kept", "on", ["raw-headers", "cors"], {
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
one("gRPC: unavailable, in the way of gRPC", "on", ["raw-headers", "grpc"], {
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
  ["grpc"],
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
