import process from "node:process";
import { Elysia, t } from "elysia";
import { parseCookie } from "elysia/cookies";
import { maintenanceMode } from "maintenancemode";
import { maintenancePlugin } from "maintenancemode/elysia";
import { liveState } from "maintenancemode/state";
import { fileStore } from "maintenancemode/stores/file";

const { PORT = "3000", SESSION_SECRET, STAFF_PASSWORD } = process.env;
if (!SESSION_SECRET || !STAFF_PASSWORD) throw new Error("Set SESSION_SECRET and STAFF_PASSWORD");

const state = liveState(fileStore("maintenance.json"));
const maintenance = maintenanceMode({ state, ignoreUrls: ["/health", "POST /login"] });

const signed = { secrets: SESSION_SECRET, sign: ["session"] };

const app = new Elysia({ cookie: { ...signed, httpOnly: true, sameSite: "lax" } })
  .use(maintenancePlugin(maintenance, {
    // It is asked before Elysia has read the cookies.
    async isStaff({ headers }) {
      const cookies = await parseCookie({ headers: {} }, headers.get("cookie"), signed).catch(() => undefined);
      return cookies?.["session"]?.value === "staff";
    },
  }))
  .get("/", () => "Hello from Elysia\n")
  .get("/health", () => "ok\n")
  .post("/login", ({ body, cookie: { session }, redirect }) => {
    session.value = body.password === STAFF_PASSWORD ? "staff" : "visitor";
    return redirect("/", 303);
  }, { body: t.Object({ password: t.String() }), cookie: t.Cookie({ session: t.Optional(t.String()) }) })
  .listen(Number(PORT));

// A process that says goodbye is not waited for.
process.on("SIGTERM", () => app.stop().then(() => state.close()));
