/** A visitor in a browser. */
import { listCases } from "./_words.ts";

const { cases, one } = listCases();
export { cases };

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
