import { isProcessThere } from "../../state/owner.ts";
import { CliError } from "../exit-codes.ts";
import { commandFor } from "../process/program.ts";
import { nameFlag } from "../windows.ts";
import type { Planned } from "./planned.ts";

/**
 * Checks that no other `run` is at work, as far as this machine can tell. This one would open the site at its end, and the
 * other one's command may take longer.
 *
 * @throws {CliError} If one is.
 */
export function requireAlone({ opened, former, subject }: Planned): void {
  const owner = former.snapshot?.find(subject.name)?.state.owner;
  if (owner === undefined || !owner.startsWith("run ") || isProcessThere(owner) !== true) return;
  throw new CliError(
    "conflict",
    `${owner} is still at work, and changes the state when it is done. Nothing was changed`,
    {
      lines: [`to take maintenance over from it: ${commandFor(opened, `on${nameFlag(subject.name)}`)}`],
    },
  );
}
