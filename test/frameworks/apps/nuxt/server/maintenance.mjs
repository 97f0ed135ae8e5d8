import { getCookie } from "h3";
import { maintenancePlugin } from "maintenancemode/h3";
import { maintenance, options, userOf } from "../kit.mjs";

export default maintenancePlugin(maintenance, {
  ...options,
  isStaff: (_request, event) => userOf(`session=${getCookie(event, "session")}`) === "staff",
});
