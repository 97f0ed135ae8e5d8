import { toInstant } from "./instant.ts";
import { type Part, type Reading, tagOf } from "./reading.ts";
import type { MaintenanceWindow } from "../types/maintenance-state.ts";
import { overdueBy } from "../util/expected-end.ts";

/** A window as the API shows it: `bypass` only says whether there is one. */
export type ShownWindow = Omit<MaintenanceWindow, "bypass" | "former"> & { readonly bypass?: true };

/** A maintenance as the API shows it. */
export interface ShownPart {
  /** The name of its window; `null` for the one at the top level. */
  readonly name: string | null;
  readonly window: ShownWindow;
  /** Whether it is in force now. */
  readonly inForce: boolean;
  /** When it begins next, unless it is in force. */
  readonly beginsAt: string | null;
  /** When it ends, if that is known. */
  readonly endsAt: string | null;
  /** Whether it is in force although its announced end has passed. */
  readonly overdue: boolean;
  /** The tag for `If-Match`. */
  readonly etag: string;
}

/** The body of `GET api/state`. */
export interface ShownState {
  /** The server's clock. */
  readonly now: string;
  /** The name by which the state and the history will call the operator. */
  readonly you: string | null;
  /** The name of the store. */
  readonly store: string;
  /** Why the stored state is not valid; all processes keep the last valid one, which is shown. */
  readonly problem: string | null;
  /** The maintenances: the one at the top level first, which is always there. */
  readonly windows: readonly ShownPart[];
}

/** Shows what an operator may see of a maintenance. The hash of a bypass is not for people: a short secret could be guessed from it. */
export function showPart({ name, window, snapshot }: Part, now: number): ShownPart {
  const { bypass, former: _, ...shown } = window;
  const inForce = snapshot.isInForce?.(now) ?? false;
  const beginsAt = snapshot.startsAt(now);
  const endsAt = inForce ? snapshot.endsAt(now) : window.end === undefined ? undefined : Date.parse(window.end);
  return {
    name: name ?? null,
    window: { ...shown, ...(bypass !== undefined && { bypass: true as const }) },
    inForce,
    beginsAt: beginsAt === undefined ? null : toInstant(beginsAt),
    endsAt: endsAt === undefined ? null : toInstant(endsAt),
    overdue: inForce && overdueBy(window, now) !== undefined,
    etag: tagOf(window),
  };
}

/** Shows a whole state. */
export function showState(
  { parts, problem }: Reading,
  { you, store, now }: { readonly you: string | undefined; readonly store: string; readonly now: number },
): ShownState {
  return {
    now: toInstant(now),
    you: you ?? null,
    store,
    problem: problem ?? null,
    windows: parts.map((part) => showPart(part, now)),
  };
}

/** A text that differs between two instants if the shown state does, except for the time. */
export function signOf({ revision, problem, parts }: Reading, now: number): string {
  const standings = parts.map(({ window, snapshot }) =>
    snapshot.isInForce?.(now) !== true ? "-" : overdueBy(window, now) === undefined ? "+" : "o"
  );
  return `${revision} ${problem ?? ""} ${standings.join("")}`;
}
