import type { MiddlewareHandler } from "astro";
import { maintenanceMode } from "maintenancemode";
import { maintenanceMiddleware } from "maintenancemode/astro";
import { liveState } from "maintenancemode/state";
import { fileStore } from "maintenancemode/stores/file";
import { isStaffSession } from "./session.ts";

const state = liveState(fileStore("maintenance.json"));
const maintenance = maintenanceMode({ state, ignoreUrls: ["/health", "POST /login"] });

export const onRequest: MiddlewareHandler = maintenanceMiddleware(maintenance, {
  isStaff: (_request, { cookies }) => isStaffSession(cookies.get("session")?.value),
});
