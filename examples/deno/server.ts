import { maintenanceMode } from "@maintenancemode/maintenancemode";
import { withMaintenance } from "@maintenancemode/maintenancemode/deno";
import { liveState } from "@maintenancemode/maintenancemode/state";
import { denoKvStore } from "@maintenancemode/maintenancemode/stores/deno-kv";

const kv = await Deno.openKv("./site.db");
const state = liveState(denoKvStore(kv));
const maintenance = maintenanceMode({ state, ignoreUrls: ["/health"], site: { name: "Example" } });

function app(request: Request): Response {
  const { pathname } = new URL(request.url);
  return new Response(pathname === "/health" ? "ok\n" : "Hello from Deno\n");
}

const server = Deno.serve({ port: 3000 }, withMaintenance(maintenance, app));

// A process that says goodbye is not waited for.
Deno.addSignalListener("SIGTERM", async () => {
  await server.shutdown();
  await state.close();
  kv.close();
});
