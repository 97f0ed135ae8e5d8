/**
 * The gate in Next.js: in front of its whole server from `instrumentation.ts`, or in `proxy.ts` on hosts that run Next in
 * their own way.
 *
 * ```ts no-eval
 * // instrumentation.ts
 * export async function register(): Promise<void> {
 *   if (process.env.NEXT_RUNTIME !== "nodejs") return;
 *   const { registerMaintenance } = await import("maintenancemode/next");
 *   const { maintenance } = await import("./maintenance");
 *   await registerMaintenance(maintenance);
 * }
 * ```
 *
 * @module maintenancemode/next
 */
export { registerMaintenance, type RegisterOptions } from "./next/register.ts";
export {
  maintenanceProxy,
  type NextProxyFunction,
  type ProxyEvent,
  type ProxyHandler,
  type ProxyOptions,
  type ProxyRequest,
} from "./next/proxy.ts";
