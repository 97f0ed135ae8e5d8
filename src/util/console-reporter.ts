import { MaintenanceError } from "./errors.ts";
import { messageOf } from "./received.ts";

/** How many distinct messages are remembered. Messages that quote a request must not fill the memory. */
const REMEMBERED = 1_000;

/** Creates a function that prints errors on the console, each message once. */
export function createConsoleReporter(): (error: unknown, option?: string) => void {
  const seen = new Set<string>();
  return (error, option) => {
    // Long messages must not fill the memory either.
    const message = `${option} ${messageOf(error).slice(0, 1_000)}`;
    if (seen.has(message)) return;
    if (seen.size >= REMEMBERED) seen.clear();
    seen.add(message);
    // The stack of our own errors adds nothing to their message.
    console.error(
      option === undefined ? "maintenancemode:" : `maintenancemode: "${option}" threw:`,
      error instanceof MaintenanceError ? messageOf(error) : error,
    );
  };
}
