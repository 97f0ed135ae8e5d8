import { Hono } from "hono";
import { getCookie, setCookie } from "hono/cookie";
import { stream } from "hono/streaming";
import { maintenanceMiddleware } from "maintenancemode/hono";
import { health, hold, maintenance, makeStream, options, userOf } from "./kit.mjs";

/** Makes the app of what Hono has for a runtime: `getConnInfo`, `serveStatic` and `upgradeWebSocket`. */
export function makeApp({ getConnInfo, serveStatic, upgradeWebSocket }) {
  const app = new Hono();
  app.use(async (c, next) => {
    c.set("user", userOf(c.req.header("cookie")));
    await next();
  });
  app.use(maintenanceMiddleware(maintenance, { ...options, isStaff: (_request, c) => c.get("user") === "staff" }));
  app.get("/", (c) => c.html("<h1>Hello from the app</h1>", 200, { "Cache-Control": "public, max-age=60" }));
  app.get("/health", (c) => c.text(health(new URL(c.req.url).search)));
  app.get("/slow", async (c) => {
    await hold();
    return c.text("slow\n");
  });
  app.get("/stream", (c) => stream(c, (to) => to.pipe(makeStream())));
  app.post("/echo", async (c) => c.text(await c.req.text()));
  app.get("/facts", (c) => {
    setCookie(c, "app", "1");
    return c.json({ ip: getConnInfo(c).remote.address, cookie: getCookie(c, "probe"), user: c.get("user") });
  });
  app.get("/fail", () => {
    throw new Error("the app fails");
  });
  app.get("/socket", upgradeWebSocket(() => ({ onMessage: ({ data }, socket) => socket.send(String(data)) })));
  app.get("/prerendered", serveStatic({ path: "./public/prerendered.html" }));
  app.get("*", serveStatic({ root: "./public" }));
  return app;
}
