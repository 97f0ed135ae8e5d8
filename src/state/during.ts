import type { WaitOptions } from "../types/fleet.ts";
import type { LiveState } from "../types/live-state.ts";
import type { MaintenanceState, MaintenanceWindow } from "../types/maintenance-state.ts";
import type { MaintenanceStore } from "../types/store.ts";
import { checkNames, invalidOption } from "../util/errors.ts";
import { FleetError, StoreError } from "./errors.ts";
import { readFleet, waitForFleet } from "./fleet.ts";
import { describeStraggler, type FleetTarget, targetOf } from "./fleet-target.ts";
import { TASK } from "./live-state-options.ts";
import { findFormer, type Former, markOf, withoutOwner } from "./former.ts";
import { createOwner, isProcessThere, tryParseState } from "./owner.ts";
import { checkNewState, checkWindowName, parseState } from "./parse.ts";
import { putWindow, windowOf } from "./parts.ts";
import { nameOf, readStore } from "./store-calls.ts";
import { withHashedSecret } from "./stored-secret.ts";
import type { Writer, Written } from "./state-writer.ts";

/** An unfinished call of `during` in this process. */
interface ActiveRun {
  /** The maintenance meanwhile. */
  readonly window: MaintenanceWindow;
  /** The name of its window; `undefined` for the one at the top level. */
  readonly name: string | undefined;
  readonly store: MaintenanceStore;
  /** What to go back to when no other call is at work. */
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

/** The calls that are at work in this process on one maintenance of a store, the latest last. */
function findOthers(outer: string | undefined, store: MaintenanceStore, name: string | undefined): ActiveRun[] {
  const isOther = (owner: string, run: ActiveRun) => run.name === name && (owner === outer || run.store === store);
  return [...activeRuns].filter(([owner, run]) => isOther(owner, run)).map(([, run]) => run);
}

/** Puts the maintenance of a call in place of those of others in this process. */
async function cover(own: ActiveRun, others: readonly ActiveRun[], write: () => Promise<Written>): Promise<Written> {
  const { mode } = own.window;
  if (mode === "off" && others.some(({ window }) => window.mode !== "off")) {
    const reason = "another during() of this process is at work under maintenance: wait for its end first";
    throw new StoreError("run with maintenance off", reason);
  }
  const written = await write();
  for (const other of others) other.isCovered = true;
  own.isCovered = false;
  return written;
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
  async function leave(owner: string, outer: string | undefined, { name, former }: ActiveRun): Promise<boolean> {
    // The latest that is at work.
    const other = findOthers(outer, store, name).at(-1);
    const make = other === undefined ? former.restore : stateWith(name, () => other.window);
    if (await writer.replaceOwn(owner, name, make) === undefined) return false;
    // The other one may have ended meanwhile, and have found a state that was not its own.
    if (other !== undefined && !activeRuns.has(other.window.owner!)) {
      await leave(other.window.owner!, outer, other);
    }
    return true;
  }

  return async (given, run, options) => {
    // Checked before the state changes: a call that cannot run must not take the site down.
    const { name, window } = checkArguments(given, run, options);
    const [known, stored] = await Promise.all([readFleet(store), readStore(store)]);
    if (known === undefined) {
      throw new StoreError(
        "run under maintenance",
        `${nameOf(store)} keeps no records of processes, so nobody can tell when all have followed: use set()`,
      );
    }
    // Processes keep the last valid state where the stored one is not, and nobody could go back to that one.
    if (stored !== undefined) parseState(stored.text);
    const there = stored && tryParseState(stored.text);
    const outer = there && windowOf(there, name)?.owner;
    const owner = createOwner("during()");
    // A call that has begun inside another one may end after it.
    const former = activeRuns.get(outer ?? "")?.former ?? findFormer(stored, name, mayBeAtWork);
    const own = { ...window, ...markOf(owner, former) };
    const isOn = window.mode !== "off";
    const active: ActiveRun = { window: own, name, store, former, isCovered: false };
    activeRuns.set(owner, active);
    let result;
    try {
      await startInTurn(store, async () => {
        options?.signal?.throwIfAborted();
        const others = findOthers(outer, store, name).filter((run) => run !== active);
        const { revision, snapshot } = await cover(
          active,
          others,
          () => writer.write((stored) => putWindow(stored, name, own)),
        );
        await waitOrThrow(targetOf(revision, snapshot, name, isOn), { ...options, known, self });
      });
      result = await run();
    } catch (error) {
      activeRuns.delete(owner);
      // An error leaves maintenance on. A call that needed it off must not leave the site open.
      const left = isOn
        ? writer.replaceOwn(owner, name, stateWith(name, () => withoutOwner(own)))
        : leave(owner, outer, active);
      await left.catch(onProblem);
      throw error;
    }
    activeRuns.delete(owner);
    if (!await leave(owner, outer, active) && !active.isCovered) {
      const reason = "someone else changed the state meanwhile, and their change stays";
      onProblem(new StoreError("go back to the state from before", reason));
    }
    return result;
  };
}

function checkArguments(
  given: unknown,
  run: unknown,
  options: WaitOptions | undefined,
): { name: string | undefined; window: MaintenanceWindow } {
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
  const { name, ...fields } = (given ?? {}) as Partial<MaintenanceWindow> & { name?: unknown };
  // Somebody may give the current state with a change. Its windows stay, and it may be the state of another run.
  const { owner: _, former: __, windows: ___, ...own } = parseState(withHashedSecret({ mode: "on", ...fields }));
  return { name: name === undefined ? undefined : checkWindowName(name), window: checkNewState(own, Date.now()) };
}

/** Makes a state in which one maintenance is another one. */
function stateWith(
  name: string | undefined,
  make: () => MaintenanceWindow,
): (stored: MaintenanceState) => MaintenanceState {
  return (stored) => putWindow(stored, name, make());
}

function checkTerms({ allowUncounted, allowLost, expect }: WaitOptions = {}): void {
  for (const [name, value] of Object.entries({ allowUncounted, allowLost })) {
    if (value !== undefined && typeof value !== "boolean") throw invalidOption(TASK, name, "true or false", value);
  }
  if (expect !== undefined && !(Number.isSafeInteger(expect) && expect > 0)) {
    throw invalidOption(TASK, "expect", "a number of processes, an integer above 0", expect);
  }
}
