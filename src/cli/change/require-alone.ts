import process from "node:process";
import { describeProcess } from "../../state/this-process.ts";
import { CliError } from "../exit-codes.ts";
import { commandFor } from "../process/program.ts";
import type { Planned } from "./plan.ts";

/**
 * Checks that no other `run` is at work, as far as this machine can tell. This one would open the site at its end, and the
 * other one's command may take longer.
 *
 * @throws {CliError} If one is.
 */
export function requireAlone({ opened, former }: Planned): void {
  const owner = former.snapshot?.state.owner;
  if (owner === undefined || !isAtWork(owner)) return;
  throw new CliError("conflict", `${owner} is still at work, and opens the site when it is done. Nothing was changed`, {
    lines: [`to take maintenance over from it: ${commandFor(opened, "on")}`],
  });
}

/** Whether the `run` with a name is a process of this machine that has not ended. */
function isAtWork(owner: string): boolean {
  const [, pid, host] = /^run (\d+)@(\S+) /.exec(owner) ?? [];
  const own = describeProcess();
  // In a container that starts anew, the process that was killed there had the same number.
  if (pid === undefined || host !== own.host || Number(pid) === own.pid) return false;
  try {
    // Signal 0 is none: it only asks.
    process.kill(Number(pid), 0);
    return true;
  } catch (error) {
    // The process of another user.
    return (error as { code?: unknown }).code === "EPERM";
  }
}
