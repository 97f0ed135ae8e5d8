import { maintenanceMode } from "maintenancemode";
import { liveState } from "maintenancemode/state";
import { fileStore } from "maintenancemode/stores/file";

const state = liveState(fileStore("maintenance.json"));

export const maintenance = maintenanceMode({ state, ignoreUrls: ["/health", "POST /login"] });
