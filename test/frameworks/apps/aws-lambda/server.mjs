import { readFileSync } from "node:fs";
import process from "node:process";
import { withMaintenance } from "maintenancemode/aws-lambda";
import { health, hold, maintenance, options, userOf } from "./kit.mjs";
import { serve } from "./runtime.mjs";

const TEXT = { "content-type": "text/plain" };

const routes = {
  "GET /": () => ({
    headers: { "Content-Type": "text/html", "Cache-Control": "public, max-age=60" },
    body: "<h1>Hello from the app</h1>",
  }),
  "GET /health": ({ rawQueryString }) => ({ headers: TEXT, body: health(rawQueryString) }),
  "GET /slow": () => hold().then(() => ({ headers: TEXT, body: "slow\n" })),
  "POST /echo": ({ body }) => ({ headers: TEXT, body, isBase64Encoded: true }),
  "GET /facts": ({ cookies, requestContext }) => ({
    headers: { "content-type": "application/json" },
    cookies: ["app=1"],
    body: JSON.stringify({
      ip: requestContext.http.sourceIp,
      cookie: cookies.find((cookie) => cookie.startsWith("probe="))?.slice("probe=".length),
      user: userOf(cookies.join("; ")),
    }),
  }),
  "GET /fail": () => Promise.reject(new Error("the app fails")),
  "GET /asset.txt": () => ({ headers: TEXT, body: readFileSync("public/asset.txt", "utf8") }),
  "GET /prerendered": () => ({ headers: TEXT, body: readFileSync("public/prerendered.html", "utf8") }),
};

const handler = withMaintenance(maintenance, async (event) => {
  const { method, path } = event.requestContext.http;
  const route = routes[`${method} ${path}`];
  return route === undefined ? { statusCode: 404, body: "Not found" } : { statusCode: 200, ...await route(event) };
}, { ...options, isStaff: (_request, { event }) => userOf(event.cookies?.join("; ")) === "staff" });

serve(handler, process.env.PORT, process.env.HOST);
