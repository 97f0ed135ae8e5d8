import { readFile } from "node:fs/promises";
import { Elysia } from "elysia";
import { maintenancePlugin } from "maintenancemode/elysia";
import { health, hold, maintenance, makeStream, options, userOf } from "./kit.mjs";

/**
 * Makes the app.
 *
 * @param config The configuration of Elysia for a runtime.
 * @param ipOf How to find the address of the client in that runtime, from the context.
 */
export function makeApp(config, ipOf) {
  return new Elysia(config)
    .decorate("users", { of: userOf })
    .use(maintenancePlugin(maintenance, {
      ...options,
      isStaff: ({ headers }, { users }) => users.of(headers.get("cookie")) === "staff",
    }))
    .get("/", ({ set }) => {
      set.headers["content-type"] = "text/html; charset=utf-8";
      set.headers["cache-control"] = "public, max-age=60";
      return "<h1>Hello from the app</h1>";
    })
    .get("/health", ({ request }) => health(new URL(request.url).search))
    .get("/slow", async () => {
      await hold();
      return "slow\n";
    })
    .get("/stream", () => new Response(makeStream(), { headers: { "content-type": "text/plain" } }))
    .post("/echo", ({ body }) => body, { parse: "text" })
    .get("/facts", (context) => {
      const { cookie, users, request } = context;
      cookie.app.value = "1";
      return { ip: ipOf(context), cookie: cookie.probe.value, user: users.of(request.headers.get("cookie")) };
    })
    .get("/fail", () => {
      throw new Error("the app fails");
    })
    // Not file(): @elysiajs/node 1.4.5 sends it with two lengths, which clients refuse.
    .get("/asset.txt", () => readFile("public/asset.txt", "utf8"))
    .get("/prerendered", () => readFile("public/prerendered.html", "utf8"))
    .ws("/socket", { message: (socket, data) => void socket.send(String(data)) });
}
