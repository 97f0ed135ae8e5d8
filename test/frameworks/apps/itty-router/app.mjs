import { readFile } from "node:fs/promises";
import { error, Router, text, withCookies } from "itty-router";
import { withMaintenance } from "maintenancemode/itty-router";
import { health, hold, maintenance, makeStream, options, userOf } from "./kit.mjs";

/**
 * Makes the app.
 *
 * @param ipOf Finds the address of the client in a runtime, from the request and what the server passes on.
 * @param upgrade Makes a WebSocket of a request in a runtime, from the same.
 */
export function makeApp(ipOf, upgrade) {
  // Not AutoRouter(): it hands its routes a Proxy of the request, which Bun does not know.
  const router = Router({
    before: [withCookies],
    catch: (failure) => error(failure),
    finally: [(response) => response ?? error(404), text],
  });
  router.get("/", () => {
    const headers = { "content-type": "text/html", "cache-control": "public, max-age=60" };
    return new Response("<h1>Hello from the app</h1>", { headers });
  });
  router.get("/health", ({ url }) => health(new URL(url).search));
  router.get("/slow", async () => {
    await hold();
    return "slow\n";
  });
  router.get("/stream", () => new Response(makeStream()));
  router.post("/echo", (request) => request.text());
  router.get("/facts", (request, ...args) => {
    const { cookies } = request;
    const facts = { ip: ipOf(request, ...args), cookie: cookies.probe, user: userOf(`session=${cookies.session}`) };
    return Response.json(facts, { headers: { "set-cookie": "app=1" } });
  });
  router.get("/fail", () => {
    throw new Error("the app fails");
  });
  router.get("/asset.txt", () => readFile("public/asset.txt", "utf8"));
  router.get("/prerendered", async () => await readFile("public/prerendered.html", "utf8"));
  if (upgrade !== undefined) router.get("/socket", upgrade);
  const isStaff = (request) => {
    withCookies(request);
    return request.cookies.session === "staff";
  };
  return withMaintenance(maintenance, router, { ...options, isStaff });
}
