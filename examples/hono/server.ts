import process from "node:process";
import { serve } from "@hono/node-server";
import { type Context, Hono } from "hono";
import { getSignedCookie, setSignedCookie } from "hono/cookie";
import { maintenanceMode } from "maintenancemode";
import { maintenanceMiddleware } from "maintenancemode/hono";
import { liveState } from "maintenancemode/state";
import { fileStore } from "maintenancemode/stores/file";

type Env = { Variables: { isStaff: boolean } };

const { PORT = "3000", SESSION_SECRET, STAFF_PASSWORD } = process.env;
if (!SESSION_SECRET || !STAFF_PASSWORD) throw new Error("Set SESSION_SECRET and STAFF_PASSWORD");

const state = liveState(fileStore("maintenance.json"));
const maintenance = maintenanceMode({ state, ignoreUrls: ["/health", "POST /login"] });

const app = new Hono<Env>();
app.use(async (c, next) => {
  c.set("isStaff", await getSignedCookie(c, SESSION_SECRET, "session") === "staff");
  await next();
});
app.use(maintenanceMiddleware(maintenance, { isStaff: (_request, c: Context<Env>) => c.get("isStaff") }));
app.get("/", (c) => c.text("Hello from Hono\n"));
app.get("/health", (c) => c.text("ok\n"));
app.post("/login", async (c) => {
  const { password } = await c.req.parseBody();
  const session = password === STAFF_PASSWORD ? "staff" : "visitor";
  await setSignedCookie(c, "session", session, SESSION_SECRET, { httpOnly: true, sameSite: "Lax" });
  return c.redirect("/", 303);
});

const server = serve({ fetch: app.fetch, port: Number(PORT) });

// A process that says goodbye is not waited for.
process.on("SIGTERM", () => server.close(() => void state.close()));
