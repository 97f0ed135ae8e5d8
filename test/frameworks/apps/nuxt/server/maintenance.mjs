import { getCookie } from "h3";
import { maintenancePlugin } from "maintenancemode/nitro";
import { maintenance, options, userOf } from "../kit.mjs";

export default maintenancePlugin(maintenance, {
  ...options,
  isStaff: (_request, event) => userOf(`session=${getCookie(event, "session")}`) === "staff",
});
