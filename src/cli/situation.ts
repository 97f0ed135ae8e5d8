import type { Snapshot, StateSnapshot } from "../gate/live.ts";
import { OFF } from "../state/modes.ts";
import { parseState } from "../state/parse.ts";
import { StateError } from "../state/state-error.ts";
import type { MaintenanceState, MaintenanceWindow } from "../types/maintenance-state.ts";
import type { MaintenanceStore, StoredState } from "../types/store.ts";
import { overdueBy } from "../util/expected-end.ts";
import { compileSnapshot } from "../state/snapshot.ts";
import { prepareSnapshot } from "../state/state-snapshot.ts";
import { readStore, revisionOf } from "../state/store-calls.ts";
import { CliError } from "./exit-codes.ts";
import { toInstant } from "./input/times.ts";
import { reasonOf } from "./output/secrets.ts";

/** The content of a store. */
export interface Stored {
  /** The stored text; `undefined` if the store is empty. */
  readonly stored: StoredState | undefined;
  /** The revision of that text. */
  readonly revision: string;
  /** The state, prepared; `undefined` if the text is not valid. */
  readonly snapshot: StateSnapshot | undefined;
  /** Why the text is not valid. */
  readonly problem: StateError | undefined;
}

/** A maintenance at an instant. */
export interface Situation {
  /** Its name; `undefined` at the top level of the state. */
  readonly name: string | undefined;
  readonly state: MaintenanceWindow;
  /** Whether it is in force at the instant. */
  readonly inForce: boolean;
  /** `"scheduled"` begins later, or is between two recurring windows; `"ended"` had an end that has passed. */
  readonly phase: "off" | "scheduled" | "on" | "read-only" | "ended";
  /** When it begins next, in milliseconds since 1970, if it is scheduled. */
  readonly beginsAt: number | undefined;
  /** When it ends, in milliseconds since 1970, if that is known. Of a recurring one, this is the end of one window. */
  readonly endsAt: number | undefined;
  /** When it begins again after that end, in milliseconds since 1970, if it recurs. */
  readonly beginsAgainAt: number | undefined;
  /** How many milliseconds ago it was expected to end, while it is still in force. */
  readonly overdueMs: number | undefined;
}

/**
 * Reads the content of a store.
 *
 * @throws {StoreError} If the store cannot be reached.
 */
export async function readCurrent(store: MaintenanceStore): Promise<Stored> {
  const stored = await readStore(store);
  const revision = revisionOf(stored);
  try {
    const snapshot = await prepareSnapshot(stored === undefined ? OFF : parseState(stored.text));
    return { stored, revision, snapshot, problem: undefined };
  } catch (error) {
    if (!(error instanceof StateError)) throw error;
    return { stored, revision, snapshot: undefined, problem: error };
  }
}

/**
 * Checks that the stored text is valid.
 *
 * @throws {CliError} If it is not.
 */
export function requireValid({ snapshot, problem }: Stored, label: string): StateSnapshot {
  if (snapshot !== undefined) return snapshot;
  throw new CliError("state", `The state in ${label} is not valid: ${reasonOf(problem)}`, {
    lines: ["All processes keep the last valid state. Correct the stored one, or replace it with on or off"],
    cause: problem,
  });
}

/**
 * A maintenance of a state at an instant. A window that is not there is off.
 *
 * @param now The instant, in milliseconds since 1970.
 * @param name The name of the window; `undefined` for the maintenance at the top level.
 */
export function situationOf(state: StateSnapshot, now: number, name?: string): Situation {
  return situationOfWindow(state.find(name) ?? compileSnapshot(OFF, name, []), now);
}

/** A maintenance at an instant, in milliseconds since 1970. */
export function situationOfWindow(snapshot: Snapshot, now: number): Situation {
  const { name, state } = snapshot;
  const inForce = snapshot.isInForce?.(now) ?? false;
  const end = state.end === undefined ? undefined : Date.parse(state.end);
  const phase = state.mode === "off"
    ? "off"
    : inForce
    ? state.mode
    : end !== undefined && end <= now
    ? "ended"
    : "scheduled";
  const beginsAt = phase === "scheduled" ? snapshot.startsAt(now) : undefined;
  const from = inForce ? now : beginsAt;
  const endsAt = from === undefined ? end : snapshot.endsAt(from);
  const isOver = phase === "off" || phase === "ended" || endsAt === undefined;
  return {
    name,
    state,
    inForce,
    phase,
    beginsAt,
    endsAt,
    beginsAgainAt: isOver ? undefined : snapshot.startsAt(endsAt),
    overdueMs: inForce ? overdueBy(state, now) : undefined,
  };
}

/** A situation as `--json` prints it. */
export function jsonOf({ inForce, phase, beginsAt, endsAt, overdueMs }: Situation): Record<string, unknown> {
  const instant = (ms: number | undefined) => ms === undefined ? null : toInstant(ms);
  return {
    inForce,
    phase,
    beginsAt: instant(beginsAt),
    endsAt: instant(endsAt),
    overdueMs: overdueMs ?? null,
  };
}

/** A state without the hashes of bypasses, from which a short secret could be guessed. */
export function showable(state: MaintenanceState): MaintenanceState {
  return {
    ...state,
    ...(state.bypass !== undefined && { bypass: "***" }),
    ...(state.former !== undefined && { former: showable(state.former) }),
    ...(state.windows !== undefined && {
      windows: Object.fromEntries(Object.entries(state.windows).map(([name, window]) => [name, showable(window)])),
    }),
  };
}
