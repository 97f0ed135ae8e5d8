import type { Context } from "../context.ts";
import { usageError } from "../exit-codes.ts";
import { formatTime } from "../input/times.ts";
import { commandFor } from "../process/program.ts";
import { nameFlag } from "../windows.ts";
import { formatPercentage } from "../../util/percentage.ts";
import type { Planned } from "./planned.ts";

/**
 * Checks that maintenance is on from now on and that no percentage of visitors gets in, before someone relies on it.
 *
 * @param what The action that would come too early, as subject and verb.
 * @throws {CliError} If it is not.
 */
export function requireClosed({ args }: Context, { opened, situation, subject }: Planned, what: string): void {
  const { inForce, beginsAt, state } = situation;
  const refuse = (why: string) => usageError(`${what} ${why}. Nothing was changed`);
  if (state.admit) {
    const first = `first run ${commandFor(opened, `admit none${nameFlag(subject.name)}`)}`;
    throw refuse(`while ${formatPercentage(state.admit)} of visitors get in: ${first}`);
  }
  const { start, every = ["none"] } = args.options;
  // An operator who gives a start or times knows that maintenance begins later. One who does not may go on to migrate.
  if (inForce || (args.command !== "run" && (start !== undefined || !every.includes("none")))) return;
  throw refuse(
    beginsAt === undefined
      ? "before maintenance begins: give --every none"
      : `before maintenance begins (${formatTime(beginsAt, Date.now())}): give ${
        state.recurring === undefined ? "--start now" : "--every none"
      }`,
  );
}
