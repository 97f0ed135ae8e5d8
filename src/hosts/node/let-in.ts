import type { Maintenance } from "../../gate/maintenance.ts";

/**
 * The gate that has let a request in; the same for every copy of this package in a process: a bundler may have put one into
 * middleware, and another one into what stands in front of the server. A property costs a request less than an entry in a
 * `WeakSet`.
 */
const LET_IN_BY: unique symbol = Symbol.for("maintenancemode.let-in-by") as never;

/** A request that a gate may have let in. */
interface LetInRequest {
  [LET_IN_BY]?: Maintenance;
}

/** Whether a gate has let a request in already. */
export function wasLetIn(req: object, maintenance: Maintenance): boolean {
  return (req as LetInRequest)[LET_IN_BY] === maintenance;
}

/** Notes that a gate lets a request in. */
export function noteLetIn(req: object, maintenance: Maintenance): void {
  (req as LetInRequest)[LET_IN_BY] = maintenance;
}
