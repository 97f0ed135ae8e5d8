import process from "node:process";
import { text } from "node:stream/consumers";
import Koa from "koa";
import session from "koa-session";
import { maintenanceMode } from "maintenancemode";
import { maintenanceMiddleware } from "maintenancemode/koa";
import { liveState } from "maintenancemode/state";
import { fileStore } from "maintenancemode/stores/file";

const { PORT = "3000", SESSION_SECRET, STAFF_PASSWORD } = process.env;
if (!SESSION_SECRET || !STAFF_PASSWORD) throw new Error("Set SESSION_SECRET and STAFF_PASSWORD");

const state = liveState(fileStore("maintenance.json"));
const maintenance = maintenanceMode({ state, ignoreUrls: ["/health", "POST /login"] });

const app = new Koa();
app.keys = [SESSION_SECRET];
app.use(session(app));
app.use(maintenanceMiddleware(maintenance, {
  isStaff: (_request, ctx: Koa.Context) => ctx.session?.isStaff === true,
}));
app.use(async (ctx, next) => {
  if (ctx.path === "/") {
    ctx.body = "Hello from Koa\n";
  } else if (ctx.path === "/health") {
    ctx.body = "ok\n";
  } else if (ctx.path === "/login" && ctx.method === "POST") {
    const form = new URLSearchParams(await text(ctx.req));
    ctx.session!.isStaff = form.get("password") === STAFF_PASSWORD;
    ctx.status = 303;
    ctx.redirect("/");
  } else {
    await next();
  }
});

const server = app.listen(Number(PORT));

// A process that says goodbye is not waited for.
process.on("SIGTERM", () => server.close(() => void state.close()));
