import { compileBypass, type EarlierEnd } from "../bypass/bypass.ts";
import type { Snapshot, StateSnapshot } from "../gate/live.ts";
import { ownOf } from "../util/own.ts";
import { joinSnapshots } from "./state-snapshot.ts";

/** How many endings are kept. Cookies live for twelve hours, and nobody turns maintenance off more often by hand. */
const MOST_ENDINGS = 1_000;

/**
 * Makes a function that gives the snapshot to put into force in place of the former one.
 *
 * Each `--with-bypass` and each `set()` makes a new hash. But people write states by hand as well, and a hash that comes back
 * after maintenance was off must not bring back the cookies from before.
 *
 * @param now The clock, in milliseconds since 1970.
 */
export function createBypassEndings(now: () => number): (former: StateSnapshot, next: StateSnapshot) => StateSnapshot {
  const endings = new Map<string, EarlierEnd>();

  function noteEndings(former: StateSnapshot, next: StateSnapshot): void {
    // A run goes back to the state from before.
    const staying = new Set(next.all.flatMap(({ state }) => [bypassOf(state), ownOf(state).former?.bypass]));
    for (const { state, endsAt } of former.all) {
      const bypass = bypassOf(state);
      if (bypass === undefined || staying.has(bypass)) continue;
      endings.delete(bypass);
      endings.set(bypass, { at: now(), planned: endsAt(now()) });
      if (endings.size > MOST_ENDINGS) endings.delete(endings.keys().next().value!);
    }
  }

  function withEarlierEnd(snapshot: Snapshot): Snapshot {
    const { bypass, end } = ownOf(snapshot.state);
    const earlier = bypass === undefined ? undefined : endings.get(bypass);
    if (earlier === undefined) return snapshot;
    const ends = end === undefined ? Infinity : Date.parse(end);
    return Object.freeze({ ...snapshot, bypass: compileBypass(bypass!, ends, earlier) });
  }

  return (former, next) => {
    noteEndings(former, next);
    const all = next.all.map(withEarlierEnd);
    return all.every((each, index) => each === next.all[index]) ? next : joinSnapshots(next.state, all);
  };
}

/** The stored secret of a maintenance that is on at some time. */
function bypassOf(state: Snapshot["state"]): string | undefined {
  const { mode, bypass } = ownOf(state);
  return mode === "off" ? undefined : bypass;
}
