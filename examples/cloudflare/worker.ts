import { maintenanceMode } from "maintenancemode";
import { withMaintenance } from "maintenancemode/cloudflare";
import { liveState } from "maintenancemode/state";
import { type CloudflareKvNamespace, cloudflareKvStore } from "maintenancemode/stores/cloudflare-kv";

interface Env {
  MAINTENANCE: CloudflareKvNamespace;
}

// The namespace is known only while a request is handled.
let namespace: CloudflareKvNamespace;
const state = liveState(cloudflareKvStore(() => namespace));
const maintenance = maintenanceMode({ state, ignoreUrls: ["/health"], site: { name: "Example" } });

function app(request: Request): Response {
  const { pathname } = new URL(request.url);
  return new Response(pathname === "/health" ? "ok\n" : "Hello from a Worker\n");
}

const handler = withMaintenance(maintenance, app);

export default {
  fetch(request: Request, env: Env, ctx: object) {
    namespace = env.MAINTENANCE;
    return handler(request, env, ctx);
  },
};
