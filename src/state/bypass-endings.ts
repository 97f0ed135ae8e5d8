import { compileBypass, type EarlierEnd } from "../bypass/bypass.ts";
import type { Snapshot } from "../gate/live.ts";
import { ownOf } from "../util/own.ts";

/** How many endings are kept. Cookies live for twelve hours, and nobody turns maintenance off more often by hand. */
const MOST_ENDINGS = 64;

/**
 * Makes a function that gives the snapshot to put into force in place of the former one.
 *
 * Each `--with-bypass` and each `set()` makes a new hash. But people write states by hand as well, and a hash that comes back
 * after maintenance was off must not bring back the cookies from before.
 *
 * @param now The clock, in milliseconds since 1970.
 */
export function createBypassEndings(now: () => number): (former: Snapshot, next: Snapshot) => Snapshot {
  const endings = new Map<string, EarlierEnd>();

  function noteEnding(former: Snapshot, next: Snapshot): void {
    const [{ mode, bypass }, coming] = [ownOf(former.state), ownOf(next.state)];
    if (mode === "off" || bypass === undefined) return;
    // A run goes back to the state from before.
    const staying = [coming.mode === "off" ? undefined : coming.bypass, coming.former?.bypass];
    if (staying.includes(bypass)) return;
    endings.delete(bypass);
    endings.set(bypass, { at: now(), planned: former.endsAt(now()) });
    if (endings.size > MOST_ENDINGS) endings.delete(endings.keys().next().value!);
  }

  return (former, next) => {
    noteEnding(former, next);
    const { bypass, end } = ownOf(next.state);
    const earlier = bypass === undefined ? undefined : endings.get(bypass);
    if (earlier === undefined) return next;
    const ends = end === undefined ? Infinity : Date.parse(end);
    return Object.freeze({ ...next, bypass: compileBypass(bypass!, ends, earlier) });
  };
}
