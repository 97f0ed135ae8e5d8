import { MaintenanceError } from "./errors.ts";

/**
 * The version of the members that gates, live states and language packs hold for other copies of this package in the
 * process. Raise it whenever these change.
 */
export const INTERNALS_VERSION = 7;

/**
 * Checks that something was made by a copy of this package that this copy understands.
 *
 * @param made The object, with its version.
 * @param task The task that fails otherwise, for the message.
 * @param what The object in words, for the message.
 * @throws {MaintenanceError} With the code `"ERR_VERSION"`, if another version made it.
 */
export function checkInternals(made: { readonly version?: unknown }, task: string, what: string): void {
  if (made.version === INTERNALS_VERSION) return;
  throw new MaintenanceError(
    "ERR_VERSION",
    `Cannot ${task}: another version of maintenancemode has made ${what}: "npm ls maintenancemode" lists the installed ` +
      "versions, keep one of them",
  );
}
