import type { Snapshot } from "../gate/live.ts";
import { OFF, parseState } from "../state/parse.ts";
import { StateError } from "../state/state-error.ts";
import type { MaintenanceState } from "../types/maintenance-state.ts";
import type { MaintenanceStore, StoredState } from "../types/store.ts";
import { prepareSnapshot } from "../state/snapshot.ts";
import { readStore, revisionOf } from "../state/store-calls.ts";
import { CliError } from "./exit-codes.ts";
import { reasonOf } from "./secrets.ts";

/** What a store holds, understood as far as possible. */
export interface Stored {
  /** What is stored, if anything is. */
  readonly stored: StoredState | undefined;
  /** Which writing of it it is. */
  readonly revision: string;
  /** What it means; `undefined` if it is not valid. */
  readonly snapshot: Snapshot | undefined;
  /** Why it is not valid. */
  readonly problem: StateError | undefined;
}

/** Where a state stands at an instant. */
export interface Situation {
  readonly state: MaintenanceState;
  /** Whether it holds now. */
  readonly inForce: boolean;
  /** `"scheduled"` begins later, or is between two recurring windows; `"ended"` had an end that has passed. */
  readonly phase: "off" | "scheduled" | "on" | "read-only" | "ended";
  /** When it begins, if that is later. */
  readonly beginsAt: number | undefined;
  /** When it ends, if that is known. */
  readonly endsAt: number | undefined;
}

/**
 * Reads what a store holds.
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

/** What is stored has to be valid. */
export function requireValid({ snapshot, problem }: Stored, label: string): Snapshot {
  if (snapshot !== undefined) return snapshot;
  throw new CliError("state", `What ${label} holds is no valid state: ${reasonOf(problem)}`, {
    lines: ["The processes go on with the last state that they took. Correct it, or replace it: with on, or with off"],
  });
}

/** Where a state stands at an instant. */
export function situationOf(snapshot: Snapshot, now: number): Situation {
  const { state } = snapshot;
  const inForce = snapshot.isInForce?.(now) ?? false;
  const start = state.start === undefined ? undefined : Date.parse(state.start);
  const end = state.end === undefined ? undefined : Date.parse(state.end);
  const beginsAt = start !== undefined && start > now ? start : undefined;
  const phase = state.mode === "off"
    ? "off"
    : inForce
    ? state.mode
    : end !== undefined && end <= now
    ? "ended"
    : "scheduled";
  return { state, inForce, phase, beginsAt, endsAt: inForce ? snapshot.endsAt(now) : end };
}

/** A state to be shown: from the hash of the bypass, a secret that somebody made up could be guessed. */
export function showable(state: MaintenanceState): MaintenanceState {
  return state.bypass === undefined ? state : { ...state, bypass: "***" };
}
