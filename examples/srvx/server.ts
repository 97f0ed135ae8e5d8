import { createHmac, timingSafeEqual } from "node:crypto";
import process from "node:process";
import { maintenanceMode } from "maintenancemode";
import { maintenancePlugin } from "maintenancemode/srvx";
import { liveState } from "maintenancemode/state";
import { fileStore } from "maintenancemode/stores/file";
import { serve } from "srvx";

const { PORT = "3000", SESSION_SECRET = "", STAFF_PASSWORD } = process.env;
if (!SESSION_SECRET || !STAFF_PASSWORD) throw new Error("Set SESSION_SECRET and STAFF_PASSWORD");

/** The cookie of staff: who has it has logged in. */
const STAFF = Buffer.from(`session=${createHmac("sha256", SESSION_SECRET).update("staff").digest("hex")}`);

function isStaff({ headers }: Request): boolean {
  return (headers.get("cookie") ?? "").split("; ").some((cookie) =>
    cookie.length === STAFF.length && timingSafeEqual(Buffer.from(cookie, "latin1"), STAFF)
  );
}

const state = liveState(fileStore("maintenance.json"));
const maintenance = maintenanceMode({ state, ignoreUrls: ["/health", "POST /login"] });

const server = serve({
  port: PORT,
  plugins: [maintenancePlugin(maintenance, { isStaff })],
  async fetch(request) {
    const { pathname } = new URL(request.url);
    if (pathname === "/") return new Response("Hello from srvx\n");
    if (pathname === "/health") return new Response("ok\n");
    if (request.method !== "POST" || pathname !== "/login") return new Response("Not found\n", { status: 404 });
    const isRight = (await request.formData()).get("password") === STAFF_PASSWORD;
    const session = isRight ? STAFF : "session=";
    const headers = { location: "/", "set-cookie": `${session}; Path=/; HttpOnly; SameSite=Lax` };
    return new Response(null, { status: 303, headers });
  },
});

// A process that says goodbye is not waited for.
process.on("SIGTERM", () => server.close().then(() => state.close()));
