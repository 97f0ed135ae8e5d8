import { maintenanceMode } from "maintenancemode";
import { liveState } from "maintenancemode/state";
import { fileStore } from "maintenancemode/stores/file";

function create() {
  const state = liveState(fileStore("maintenance.json"));
  return { state, maintenance: maintenanceMode({ state, ignoreUrls: ["/health", "POST /login"] }) };
}

// Next puts this module into several bundles of one process.
const shared = globalThis as typeof globalThis & { maintenance?: ReturnType<typeof create> };

export const { state, maintenance } = shared.maintenance ??= create();
