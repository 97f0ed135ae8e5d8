import { maintenanceProxy } from "maintenancemode/next";
import { maintenance, options, userOf } from "./kit.mjs";

export const config = { runtime: "nodejs" };

export const middleware = maintenanceProxy(maintenance, {
  ...options,
  // The site listens on the loopback address alone, behind a proxy.
  peerIp: () => "127.0.0.1",
  isStaff: (request) => userOf(request.headers.get("cookie")) === "staff",
});
