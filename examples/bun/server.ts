import { maintenanceMode } from "maintenancemode";
import { withMaintenance } from "maintenancemode/bun";
import { liveState } from "maintenancemode/state";
import { fileStore } from "maintenancemode/stores/file";

const state = liveState(fileStore("maintenance.json"));
const maintenance = maintenanceMode({ state, ignoreUrls: ["/health"], site: { name: "Example" } });

function app(request: Request): Response {
  const { pathname } = new URL(request.url);
  return new Response(pathname === "/health" ? "ok\n" : "Hello from Bun\n");
}

const server = Bun.serve({ port: 3000, fetch: withMaintenance(maintenance, app) });

// A process that says goodbye is not waited for.
process.on("SIGTERM", () => void server.stop().then(() => state.close()));
