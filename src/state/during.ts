import type { WaitOptions } from "../types/fleet.ts";
import type { LiveState } from "../types/live-state.ts";
import type { MaintenanceState } from "../types/maintenance-state.ts";
import type { MaintenanceStore } from "../types/store.ts";
import { checkNames, invalidOption } from "../util/errors.ts";
import { FleetError, StoreError } from "./errors.ts";
import { readFleet, waitForFleet } from "./fleet.ts";
import { describeStraggler, type FleetTarget } from "./fleet-target.ts";
import { TASK } from "./live-state-options.ts";
import { createOwner, ownerOf } from "./owner.ts";
import { checkNewState, OFF, parseState } from "./parse.ts";
import { nameOf, readStore } from "./store-calls.ts";
import { withHashedSecret } from "./stored-secret.ts";
import type { Writer } from "./state-writer.ts";

/** The unfinished calls of `during` in this process, by their owners, the latest last. */
const activeRuns = new Map<string, { readonly state: MaintenanceState; readonly store: MaintenanceStore }>();

/** The starts of calls of this process that have not got through, by their stores. */
const starts = new WeakMap<MaintenanceStore, Promise<void>>();

/**
 * Starts a call once those before it have started: a state that is written while another call waits for its own would leave
 * that one waiting in vain.
 */
function startInTurn(store: MaintenanceStore, start: () => Promise<void>): Promise<void> {
  const started = (starts.get(store) ?? Promise.resolve()).then(start);
  starts.set(store, started.catch(() => {}));
  return started;
}

/** The state to go back to at the end of a call: that of another one that is at work. */
function stateOfOthers(outer: string | undefined, store: MaintenanceStore): MaintenanceState {
  const others = [...activeRuns].filter(([owner, run]) => owner === outer || run.store === store);
  return others.at(-1)?.[1].state ?? OFF;
}

/**
 * Makes `LiveState.during`.
 *
 * @param self The id of this process in the fleet.
 * @param onTakenOver Called if somebody else changed the state meanwhile.
 */
export function createDuring(
  store: MaintenanceStore,
  writer: Writer,
  self: string | undefined,
  onTakenOver: (error: StoreError) => void,
): LiveState["during"] {
  async function waitOrThrow(target: FleetTarget, options: Parameters<typeof waitForFleet>[2]): Promise<void> {
    const { isReady, instances, stragglers, missing } = await waitForFleet(store, target, options);
    if (isReady) return;
    const lines = stragglers.map((straggler) => describeStraggler(straggler, target));
    if (missing > stragglers.length) {
      lines.push(`${instances.length} of ${options?.expect} expected processes can be seen`);
    }
    throw new FleetError(`The fleet was not ready in time, maintenance stays on: ${lines.join("; ")}`, stragglers);
  }

  /** Ends the maintenance of a call. Returns whether it was still in force. Calls may overlap and end in any order. */
  async function leave(owner: string, outer: string | undefined): Promise<boolean> {
    const next = stateOfOthers(outer, store);
    if (await writer.replaceOwn(owner, next) === undefined) return false;
    // The other one may have ended meanwhile, and have found a state that was not its own.
    if (next.owner !== undefined && !activeRuns.has(next.owner)) await leave(next.owner, outer);
    return true;
  }

  return async (given, run, options) => {
    // Checked before the state changes: a call that cannot run must not take the site down.
    const state = checkArguments(given, run, options);
    const [known, former] = await Promise.all([readFleet(store), readStore(store)]);
    if (known === undefined) {
      throw new StoreError(
        "run under maintenance",
        `${nameOf(store)} keeps no records of processes, so nobody can tell when all have followed: use set()`,
      );
    }
    const outer = former && ownerOf(former.text);
    const owner = createOwner("during()");
    const own = { ...state, owner };
    activeRuns.set(owner, { state: own, store });
    try {
      await startInTurn(store, async () => {
        options?.signal?.throwIfAborted();
        await waitOrThrow({ revision: await writer.write(own), drained: true }, { ...options, known, self });
      });
      const result = await run();
      activeRuns.delete(owner);
      if (!await leave(owner, outer)) {
        onTakenOver(new StoreError("switch maintenance off", "somebody changed the state meanwhile, theirs stays"));
      }
      return result;
    } finally {
      activeRuns.delete(owner);
    }
  };
}

function checkArguments(given: unknown, run: unknown, options: WaitOptions | undefined): MaintenanceState {
  if (typeof run !== "function") {
    const hint = typeof given === "function" ? "the first argument is what the state is to say, such as {}" : undefined;
    throw invalidOption(TASK, "run", "a function", run, hint);
  }
  checkNames(
    TASK,
    options ?? {},
    ["timeoutMs", "streams", "signal", "allowUncounted", "allowLost", "expect"],
    "the third argument of during()",
  );
  checkTerms(options);
  options?.signal?.throwIfAborted();
  const state = parseState(withHashedSecret({ mode: "on", ...(given as Partial<MaintenanceState>) }));
  if (state.mode === "off") throw invalidOption(TASK, "mode", '"on" or "read-only"', state.mode);
  return checkNewState(state, Date.now());
}

function checkTerms({ allowUncounted, allowLost, expect }: WaitOptions = {}): void {
  for (const [name, value] of Object.entries({ allowUncounted, allowLost })) {
    if (value !== undefined && typeof value !== "boolean") throw invalidOption(TASK, name, "true or false", value);
  }
  if (expect !== undefined && !(Number.isSafeInteger(expect) && expect > 0)) {
    throw invalidOption(TASK, "expect", "a number of processes, an integer above 0", expect);
  }
}
