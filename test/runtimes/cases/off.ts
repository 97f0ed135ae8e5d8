/** The gate is off: the app answers. */
import { listCases, megabyte, through } from "./_words.ts";

const { cases, one } = listCases();
export { cases };

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
