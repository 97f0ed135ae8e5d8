import { maintenanceMode } from "maintenancemode";
import { offlineFallback, withMaintenance } from "maintenancemode/service-worker";
import { liveState } from "maintenancemode/state";
import { httpStore } from "maintenancemode/stores/http";

// A static site has no process that could follow a store: the worker reads the state while it handles requests.
const url = new URL("/maintenance.json", location.href).href;
const state = liveState(httpStore(url), { perRequest: true });
const maintenance = maintenanceMode({ state, ignoreUrls: ["/health"], site: { name: "Example" } });

addEventListener("fetch", withMaintenance(maintenance));

// Answers when the server is gone, and takes over from the first visit.
offlineFallback({ answers: { retryAfter: 60 } });
