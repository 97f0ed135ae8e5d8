import process from "node:process";
import { H3, type H3Event, readBody, redirect, serve, useSession } from "h3";
import { maintenanceMode } from "maintenancemode";
import { maintenanceMiddleware } from "maintenancemode/h3";
import { liveState } from "maintenancemode/state";
import { fileStore } from "maintenancemode/stores/file";

const { PORT = "3000", SESSION_SECRET: password, STAFF_PASSWORD } = process.env;
if (!password || !STAFF_PASSWORD) throw new Error("Set SESSION_SECRET and STAFF_PASSWORD");

const sessionOf = (event: H3Event) => useSession<{ isStaff: boolean }>(event, { password });

const state = liveState(fileStore("maintenance.json"));
const maintenance = maintenanceMode({ state, ignoreUrls: ["/health", "POST /login"] });

const app = new H3();
app.use(maintenanceMiddleware(maintenance, {
  isStaff: async (_request, event) => (await sessionOf(event)).data.isStaff === true,
}));
app.get("/", () => "Hello from h3\n");
app.get("/health", () => "ok\n");
app.post("/login", async (event) => {
  const form = await readBody<{ password?: string }>(event);
  const session = await sessionOf(event);
  await session.update({ isStaff: form?.password === STAFF_PASSWORD });
  return redirect("/", 303);
});

const server = serve(app, { port: PORT });

// A process that says goodbye is not waited for.
process.on("SIGTERM", () => void server.close().then(() => state.close()));
