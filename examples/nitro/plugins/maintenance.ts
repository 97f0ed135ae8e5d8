import { maintenanceMode } from "maintenancemode";
import { maintenancePlugin } from "maintenancemode/nitro";
import { liveState } from "maintenancemode/state";
import { fileStore } from "maintenancemode/stores/file";
import type { HTTPEvent } from "nitro/h3";
import { sessionOf } from "../session";

const state = liveState(fileStore("maintenance.json"));
const maintenance = maintenanceMode({ state, ignoreUrls: ["/health", "POST /login"] });

export default maintenancePlugin(maintenance, {
  isStaff: async (_request, event: HTTPEvent) => (await sessionOf(event)).data.isStaff === true,
});
