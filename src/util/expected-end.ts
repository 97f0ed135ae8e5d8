import type { MaintenanceWindow } from "../types/maintenance-state.ts";

/** The fields that say when a maintenance is expected to end. Recurring windows end by themselves, each at its own time. */
type Expectation = Pick<MaintenanceWindow, "expectedEnd" | "recurring">;

/**
 * The end to announce, in milliseconds since 1970. An expected end comes before the one at which maintenance turns itself off,
 * and once it has passed nobody knows when maintenance will be over.
 *
 * @param endsAt When maintenance ends by itself, if it does.
 */
export function announcedEnd(
  { expectedEnd, recurring }: Expectation,
  endsAt: number | undefined,
  now: number,
): number | undefined {
  if (expectedEnd === undefined || recurring !== undefined) return endsAt;
  const expected = Date.parse(expectedEnd);
  return expected > now ? Math.min(expected, endsAt ?? Infinity) : undefined;
}

/** For how many milliseconds a maintenance in force has been expected to be over; `undefined` if it is not overdue. */
export function overdueBy({ expectedEnd, recurring }: Expectation, now: number): number | undefined {
  if (expectedEnd === undefined || recurring !== undefined) return undefined;
  const late = now - Date.parse(expectedEnd);
  return late >= 0 ? late : undefined;
}
