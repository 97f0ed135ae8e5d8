import { MaintenanceError } from "./errors.ts";
import { messageOf } from "./received.ts";

/** How many distinct messages are remembered, so that messages which quote a request cannot fill the memory. */
const REMEMBERED = 1_000;

/** A function that prints each error on the console, once for each message. */
export function createConsoleReporter(): (error: unknown, option?: string) => void {
  const seen = new Set<string>();
  return (error, option) => {
    // Cut, so that long messages cannot fill the memory either.
    const message = `${option} ${messageOf(error).slice(0, 1_000)}`;
    if (seen.has(message)) return;
    if (seen.size >= REMEMBERED) seen.clear();
    seen.add(message);
    // Where one of ours comes from says nothing that its message does not.
    console.error(
      option === undefined ? "maintenancemode:" : `maintenancemode: "${option}" threw:`,
      error instanceof MaintenanceError ? messageOf(error) : error,
    );
  };
}
