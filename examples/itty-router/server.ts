import { createHmac, timingSafeEqual } from "node:crypto";
import process from "node:process";
import { AutoRouter, text } from "itty-router";
import { maintenanceMode } from "maintenancemode";
import { withMaintenance } from "maintenancemode/itty-router";
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

const router = AutoRouter({ format: text })
  .get("/", () => "Hello from itty-router\n")
  .get("/health", () => "ok\n")
  .post("/login", async (request) => {
    const isRight = (await request.formData()).get("password") === STAFF_PASSWORD;
    const session = isRight ? STAFF : "session=";
    const headers = { location: "/", "set-cookie": `${session}; Path=/; HttpOnly; SameSite=Lax` };
    return new Response(null, { status: 303, headers });
  });

// In Deno, Bun and Workers, export what withMaintenance() returns.
const { fetch } = withMaintenance(maintenance, router, { isStaff });
const server = serve({ port: PORT, fetch });

// A process that says goodbye is not waited for.
process.on("SIGTERM", () => server.close().then(() => state.close()));
