import type { StateSnapshot } from "../gate/live.ts";
import type { LiveWindows } from "../types/live-state.ts";
import type { MaintenanceState, MaintenanceWindow } from "../types/maintenance-state.ts";
import { checkNames } from "../util/errors.ts";
import { isSameJson } from "../util/same-json.ts";
import { ConflictError } from "./errors.ts";
import { TASK } from "./live-state-options.ts";
import { checkNewState, checkWindowName, parseWindow } from "./parse.ts";
import { joined, topLevelOf, windowOf, withWindow } from "./parts.ts";
import type { Writer } from "./state-writer.ts";
import { withHashedSecret } from "./stored-secret.ts";

/**
 * Makes `LiveState.windows`.
 *
 * @param writer Writes states.
 * @param snapshotOf Gives the last known state.
 */
export function createWindows(writer: Writer, snapshotOf: () => StateSnapshot): LiveWindows {
  /** Stores one window. Of two who change the same one at the same time, the first one wins. */
  async function put(
    name: string | undefined,
    window: MaintenanceWindow | undefined,
    options: { expected?: MaintenanceWindow | undefined; by?: string | undefined },
  ): Promise<void> {
    let isKnown = Object.hasOwn(options, "expected");
    let expected = options.expected;
    await writer.write((stored) => {
      const there = windowOf(stored, name);
      if (isKnown && !isExpected(there, expected)) {
        throw new ConflictError(name === undefined ? "change the state" : `change the window "${name}"`, there);
      }
      isKnown = true;
      expected = there;
      return withWindow(stored, name, window);
    }, options.by);
  }

  return {
    async set(name, window, options = {}) {
      checkNames(TASK, options, ["expected"], "the options of windows");
      if (name !== undefined) checkWindowName(name);
      await put(name, checkNewState(parseWindow(withHashedSecret(window)), Date.now()), options);
    },
    async delete(name, options = {}) {
      checkNames(TASK, options, ["expected", "by"], "the options of windows");
      await put(name === undefined ? name : checkWindowName(name), undefined, options);
    },
    list() {
      const now = Date.now();
      return snapshotOf().all.filter(({ isInForce }) => isInForce !== undefined).map((snapshot) => {
        const inForce = snapshot.isInForce!(now);
        const beginsAt = snapshot.startsAt(now);
        const endsAt = inForce ? snapshot.endsAt(now) : beginsAt === undefined ? undefined : snapshot.endsAt(beginsAt);
        return {
          name: snapshot.name,
          window: snapshot.state,
          inForce,
          ...(beginsAt !== undefined && { beginsAt: new Date(beginsAt) }),
          ...(endsAt !== undefined && { endsAt: new Date(endsAt) }),
        };
      });
    },
  };
}

/** Whether a window is the expected one. Author and date count only where they were expected: `set` has added them. */
function isExpected(there: MaintenanceWindow | undefined, expected: MaintenanceWindow | undefined): boolean {
  if (there === undefined || expected === undefined) return there === expected;
  const { by = there.by, since = there.since } = expected;
  return isSameJson(there, { ...expected, ...(by !== undefined && { by }), ...(since !== undefined && { since }) });
}

/**
 * Joins a given state with the stored one: the maintenance at the top level is the given one. Of the windows, those that differ
 * from the ones that the giver knew are changed, and all others stay.
 *
 * @param given The state that somebody sets.
 * @param known The state that they knew.
 * @param stored The stored state.
 */
export function mergeWindows(
  given: MaintenanceState,
  known: MaintenanceState,
  stored: MaintenanceState,
): MaintenanceState {
  const windows = { ...stored.windows };
  if (given.windows !== undefined) {
    for (const name of new Set([...Object.keys(given.windows), ...Object.keys(known.windows ?? {})])) {
      const window = windowOf(given, name);
      if (isSameJson(window, windowOf(known, name))) continue;
      if (window === undefined) delete windows[name];
      else windows[name] = window;
    }
  }
  return joined(topLevelOf(given), windows);
}

/** Checks a state that somebody sets now, with those of its windows that they change. */
export function checkNewWindows(given: MaintenanceState, known: MaintenanceState, now: number): MaintenanceState {
  checkNewState(given, now);
  for (const [name, window] of Object.entries(given.windows ?? {})) {
    if (!isSameJson(window, windowOf(known, name))) checkNewState(window, now);
  }
  return given;
}
