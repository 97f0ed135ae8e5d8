export { guardUpgrade, maintenanceMiddleware } from "../hosts/connect.ts";
