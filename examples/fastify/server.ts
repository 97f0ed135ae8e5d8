import process from "node:process";
import cookie from "@fastify/cookie";
import session from "@fastify/session";
import Fastify from "fastify";
import { maintenanceMode } from "maintenancemode";
import { maintenancePlugin } from "maintenancemode/fastify";
import { liveState } from "maintenancemode/state";
import { fileStore } from "maintenancemode/stores/file";

declare module "fastify" {
  interface Session {
    isStaff?: boolean;
  }
}

const { PORT = "3000", SESSION_SECRET, STAFF_PASSWORD } = process.env;
if (!SESSION_SECRET || !STAFF_PASSWORD) throw new Error("Set SESSION_SECRET and STAFF_PASSWORD");

const state = liveState(fileStore("maintenance.json"));
const maintenance = maintenanceMode({ state, ignoreUrls: ["/health", "POST /login"] });

const app = Fastify();
await app.register(cookie);
await app.register(session, { secret: SESSION_SECRET, cookie: { secure: "auto" }, saveUninitialized: false });
await app.register(maintenancePlugin(maintenance, {
  isStaff: (_request, { request }) => request.session.isStaff === true,
}));

app.addContentTypeParser("application/x-www-form-urlencoded", { parseAs: "string" }, (_request, body, done) => {
  done(null, new URLSearchParams(String(body)));
});
app.get("/", () => "Hello from Fastify\n");
app.get("/health", () => "ok\n");
app.post<{ Body: URLSearchParams }>("/login", (request, reply) => {
  request.session.isStaff = request.body.get("password") === STAFF_PASSWORD;
  return reply.redirect("/", 303);
});

// A process that says goodbye is not waited for.
app.addHook("onClose", () => state.close());
process.on("SIGTERM", () => void app.close());

await app.listen({ port: Number(PORT) });
