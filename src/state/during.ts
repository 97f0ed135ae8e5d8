import type { WaitOptions } from "../types/fleet.ts";
import type { LiveState } from "../types/live-state.ts";
import type { MaintenanceState } from "../types/maintenance-state.ts";
import type { MaintenanceStore } from "../types/store.ts";
import { checkNames, invalidOption } from "../util/errors.ts";
import { FleetError, StoreError } from "./errors.ts";
import { readFleet, waitForFleet } from "./fleet.ts";
import { describeStraggler, type FleetTarget } from "./fleet-target.ts";
import { TASK } from "./live-state-options.ts";
import { findFormer, type Former, markOf, withoutOwner } from "./former.ts";
import { createOwner, isProcessThere, ownerOf } from "./owner.ts";
import { checkNewState, parseState } from "./parse.ts";
import { nameOf, readStore } from "./store-calls.ts";
import { withHashedSecret } from "./stored-secret.ts";
import type { Writer } from "./state-writer.ts";

/** An unfinished call of `during` in this process. */
interface ActiveRun {
  readonly state: MaintenanceState;
  readonly store: MaintenanceStore;
  /** The state to go back to when no other call is at work. */
  readonly former: Former;
  /** Whether another call of this process has put its own state in place of this one. */
  isCovered: boolean;
}

/** The unfinished calls of `during` in this process, by their owners, the latest last. */
const activeRuns = new Map<string, ActiveRun>();

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

/** The calls that are at work in this process on a store, the latest last. */
function findOthers(outer: string | undefined, store: MaintenanceStore): ActiveRun[] {
  return [...activeRuns].filter(([owner, run]) => owner === outer || run.store === store).map(([, run]) => run);
}

/** Puts the state of a call in place of those of others in this process. */
async function cover(own: ActiveRun, others: readonly ActiveRun[], write: () => Promise<string>): Promise<string> {
  const { mode } = own.state;
  if (mode === "off" && others.some(({ state }) => state.mode !== "off")) {
    const reason = "another during() of this process is at work under maintenance: wait for its end first";
    throw new StoreError("run with maintenance off", reason);
  }
  const revision = await write();
  for (const other of others) other.isCovered = true;
  own.isCovered = false;
  return revision;
}

/** Whether a run may still be at work: one of another machine, or of a process that is there. */
function mayBeAtWork(owner: string): boolean {
  return activeRuns.has(owner) || isProcessThere(owner) !== false;
}

/**
 * Makes `LiveState.during`.
 *
 * @param self The id of this process in the fleet.
 * @param onProblem Called if somebody else changed the state meanwhile, or if the state after an error cannot be stored.
 */
export function createDuring(
  store: MaintenanceStore,
  writer: Writer,
  self: string | undefined,
  onProblem: (error: unknown) => void,
): LiveState["during"] {
  async function waitOrThrow(target: FleetTarget, options: Parameters<typeof waitForFleet>[2]): Promise<void> {
    const { isReady, instances, stragglers, missing } = await waitForFleet(store, target, options);
    if (isReady) return;
    const lines = stragglers.map((straggler) => describeStraggler(straggler, target));
    if (missing > stragglers.length) {
      lines.push(`${instances.length} of ${options?.expect} expected processes can be seen`);
    }
    const consequence = target.drained ? "maintenance stays on" : "the state from before is back";
    throw new FleetError(`The fleet was not ready in time, ${consequence}: ${lines.join("; ")}`, stragglers);
  }

  /** Goes back to the state from before a call. Returns whether its own was still in force. Calls may end in any order. */
  async function leave(owner: string, outer: string | undefined, former: Former): Promise<boolean> {
    // The latest that is at work.
    const other = findOthers(outer, store).at(-1);
    const written = other === undefined
      ? writer.replaceOwn(owner, former.state, former.text)
      : writer.replaceOwn(owner, other.state);
    if (await written === undefined) return false;
    // The other one may have ended meanwhile, and have found a state that was not its own.
    if (other !== undefined && !activeRuns.has(other.state.owner!)) {
      await leave(other.state.owner!, outer, other.former);
    }
    return true;
  }

  return async (given, run, options) => {
    // Checked before the state changes: a call that cannot run must not take the site down.
    const state = checkArguments(given, run, options);
    const [known, stored] = await Promise.all([readFleet(store), readStore(store)]);
    if (known === undefined) {
      throw new StoreError(
        "run under maintenance",
        `${nameOf(store)} keeps no records of processes, so nobody can tell when all have followed: use set()`,
      );
    }
    // Processes keep the last valid state where the stored one is not, and nobody could go back to that one.
    if (stored !== undefined) parseState(stored.text);
    const outer = stored && ownerOf(stored.text);
    const owner = createOwner("during()");
    // A call that has begun inside another one may end after it.
    const former = activeRuns.get(outer ?? "")?.former ?? findFormer(stored, mayBeAtWork);
    const own = { ...state, ...markOf(owner, former) };
    const isOn = state.mode !== "off";
    const active: ActiveRun = { state: own, store, former, isCovered: false };
    activeRuns.set(owner, active);
    let result;
    try {
      await startInTurn(store, async () => {
        options?.signal?.throwIfAborted();
        const others = findOthers(outer, store).filter((run) => run !== active);
        const revision = await cover(active, others, () => writer.write(own));
        await waitOrThrow({ revision, drained: isOn }, { ...options, known, self });
      });
      result = await run();
    } catch (error) {
      activeRuns.delete(owner);
      // An error leaves maintenance on. A call that needed it off must not leave the site open.
      const left = isOn ? writer.replaceOwn(owner, withoutOwner(own)) : leave(owner, outer, former);
      await left.catch(onProblem);
      throw error;
    }
    activeRuns.delete(owner);
    if (!await leave(owner, outer, former) && !active.isCovered) {
      const reason = "someone else changed the state meanwhile, and their change stays";
      onProblem(new StoreError("go back to the state from before", reason));
    }
    return result;
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
  // Somebody may give the current state with a change, and that may be the state of another run.
  const { owner: _, former: __, ...own } = state;
  return checkNewState(own, Date.now());
}

function checkTerms({ allowUncounted, allowLost, expect }: WaitOptions = {}): void {
  for (const [name, value] of Object.entries({ allowUncounted, allowLost })) {
    if (value !== undefined && typeof value !== "boolean") throw invalidOption(TASK, name, "true or false", value);
  }
  if (expect !== undefined && !(Number.isSafeInteger(expect) && expect > 0)) {
    throw invalidOption(TASK, "expect", "a number of processes, an integer above 0", expect);
  }
}
