import { maintenanceMiddleware } from "maintenancemode/astro";
import { maintenance, options, userOf } from "../kit.mjs";

export const onRequest = maintenanceMiddleware(maintenance, {
  ...options,
  isStaff: (_request, { cookies }) => userOf(`session=${cookies.get("session")?.value}`) === "staff",
});
