import type { H3Event } from "h3";
import { maintenanceMode } from "maintenancemode";
import { maintenancePlugin } from "maintenancemode/nitro";
import { liveState } from "maintenancemode/state";
import { fileStore } from "maintenancemode/stores/file";
import { sessionOf } from "./utils/session";

const state = liveState(fileStore("maintenance.json"));
const maintenance = maintenanceMode({ state, ignoreUrls: ["/health", "POST /login"] });

export default maintenancePlugin(maintenance, {
  isStaff: async (_request, event: H3Event) => (await sessionOf(event)).data.isStaff === true,
});
