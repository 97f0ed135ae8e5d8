import { getCookie } from "nitro/h3";
import { maintenancePlugin } from "maintenancemode/nitro";
import { maintenance, options, userOf } from "../kit.mjs";

export default import.meta.prerender ? () => {} : maintenancePlugin(maintenance, {
  ...options,
  isStaff: (_request, event) => userOf(`session=${getCookie(event, "session")}`) === "staff",
});
