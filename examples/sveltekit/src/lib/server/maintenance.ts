import { building } from "$app/env";
import { maintenanceMode } from "maintenancemode";
import { liveState } from "maintenancemode/state";
import { fileStore } from "maintenancemode/stores/file";
import { memoryStore } from "maintenancemode/stores/memory";

// The build runs the app as well, and must not count among the processes of the site.
export const state = liveState(building ? memoryStore() : fileStore("maintenance.json"));
export const maintenance = maintenanceMode({ state, ignoreUrls: ["/health", "POST /login"] });
