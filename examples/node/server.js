import { createServer } from "node:http";
import process from "node:process";
import { maintenanceMode } from "maintenancemode";
import { withMaintenance } from "maintenancemode/node";
import { liveState } from "maintenancemode/state";
import { fileStore } from "maintenancemode/stores/file";

const state = liveState(fileStore("maintenance.json"));
const maintenance = maintenanceMode({ state, ignoreUrls: ["/health"], site: { name: "Example" } });

/** @param {Request} request */
function app(request) {
  const { pathname } = new URL(request.url);
  return new Response(pathname === "/health" ? "ok\n" : "Hello from Node\n");
}

const server = createServer(withMaintenance(maintenance, app)).listen(3000);

// A process that says goodbye is not waited for.
process.on("SIGTERM", () => server.close(() => void state.close()));
