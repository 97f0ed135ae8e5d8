import { hashSecret } from "../bypass/secret.ts";
import { checkNames, createConsoleReporter, invalidOption, messageOf, type Task } from "../util/errors.ts";
import { Flights } from "../counting/in-flight.ts";
import { LIVE, type LiveInternals, type Snapshot } from "../gate/live.ts";
import { LONGEST_SECRET, SHORTEST_SECRET } from "../bypass/request-secret.ts";
import { isPromise } from "../util/promise.ts";
import { BYPASS, formatState, OFF, parseState, StateError } from "./parse.ts";
import type { Instance } from "../types/fleet.ts";
import type { LiveState } from "../types/live-state.ts";
import type { MaintenanceMode, MaintenanceState } from "../types/maintenance-state.ts";
import type { MaintenanceStore, StoredState } from "../types/store.ts";
import { describeHeld, describeInstance, isWorker } from "./describe.ts";
import { FleetError, StoreError } from "./errors.ts";
import { describeStraggler, readFleet, RECORD_TTL_MS, type Target, waitForFleet } from "./fleet.ts";
import { createFollower } from "./follow.ts";
import { createRefresher } from "./refresh.ts";
import { createReporter } from "./report.ts";
import { compileSnapshot, prepareSnapshot } from "./snapshot.ts";
import { formatOwn, nameOf, readStore, replaceStored, revisionOf, writeStored } from "./store.ts";
import { createTimer, within } from "./timer.ts";

/** Options of {@link liveState}, all optional. */
export interface LiveStateOptions {
  /**
   * What holds until the store was read for the first time: a mode or a state.
   *
   * By default a store that cannot be reached does not take a healthy site down. With `"on"` it does, for sites that must
   * not be open by mistake.
   *
   * @default {"off"}
   */
  initial?: MaintenanceMode | MaintenanceState;
  /**
   * How many milliseconds lie between two readings of the store, beside those when it tells of a change.
   *
   * @default What the store proposes, or 5000
   */
  pollInterval?: number;
  /**
   * How many milliseconds the start may take: for so long at most, requests in `withMaintenance` and `middleware` and
   * whoever awaits `ready` wait for the first reading.
   *
   * @default {2000}
   */
  startTimeoutMs?: number;
  /**
   * Whether `ready` rejects if the store could not be read in time.
   *
   * @default {false}
   */
  requireStore?: boolean;
  /**
   * Whether the store is read only while `withMaintenance` handles a request: for platforms on which nothing goes on
   * between requests, such as AWS Lambda. There is no fleet then, and a gate without `withMaintenance` never reads the store.
   *
   * @default {true} in Cloudflare Workers, otherwise what the store proposes, or `false`
   */
  perRequest?: boolean;
  /**
   * Told of errors: the store cannot be reached, what it holds is not valid. Once for each, until it works again.
   *
   * @default `console.error`, unless somebody listens to `"error"`
   */
  onError?: (error: unknown) => void;
}

const TASK: Task = "follow the maintenance state";

const NAMES = [
  "initial",
  "pollInterval",
  "startTimeoutMs",
  "requireStore",
  "perRequest",
  "onError",
] as const satisfies readonly (
  keyof LiveStateOptions
)[];

/** Where the command line notes that this process serves nobody, though it may load the code of one that does. */
export const SPECTATOR: unique symbol = Symbol.for("maintenancemode.spectator") as never;

/** What can go wrong again and again. */
type Trouble = "read" | "watch" | "report" | "state" | "end" | "start";

/** How often it is looked whether requests have finished where they do not tell, in milliseconds. */
const SWEEP_EVERY_MS = 25;

/**
 * Follows the state in a store, so that the gate can read it from memory.
 *
 * The store is read at once, whenever it tells of a change, and every `pollInterval` milliseconds. When it cannot be
 * reached, or holds what is not valid, the last known state stays in force.
 *
 * @param store Where the state is.
 * @param options What holds before it is known, and how often to look.
 * @returns The state, to be given to `maintenanceMode` as `state`.
 * @throws {TypeError} If the store or an option is not valid.
 * @example Usage
 * ```ts
 * import { maintenanceMode } from "maintenancemode";
 * import { liveState } from "maintenancemode/state";
 * import { memoryStore } from "maintenancemode/stores/memory";
 *
 * const state = liveState(memoryStore());
 * const maintenance = maintenanceMode({ state });
 *
 * await state.set({ mode: "on", reason: "Moving to a bigger database" });
 * maintenance(new Request("https://example.com/"))?.status; // 503
 *
 * await state.close();
 * ```
 */
export function liveState(store: MaintenanceStore, options: LiveStateOptions = {}): LiveState & AsyncDisposable {
  const { initial, pollInterval, startTimeoutMs, requireStore, perRequest, onError } = resolveOptions(store, options);
  // Between two requests nobody could keep a record up to date.
  const instances = perRequest || SPECTATOR in globalThis ? undefined : store.instances;

  /** Which writing of the state is in force, once the store was read. */
  let revision: string | undefined;
  let closing: Promise<void> | undefined;

  const changeListeners = new Set<ChangeListener>();
  const errorListeners = new Set<ErrorListener>();
  const tellConsole = createConsoleReporter();
  const troubles = new Map<Trouble, string>();
  let tellRead: (() => void) | undefined;
  let hasRead = false;
  /** Since when the store has been reached without a failure, whatever becomes of the clock. */
  let connectedSince: number | undefined;

  /** Tells of an error once, until it has passed; `undefined` says that it has. */
  function report(error: unknown, trouble: Trouble): void {
    if (trouble === "read") refresher?.note(error === undefined);
    if (error === undefined) {
      troubles.delete(trouble);
      if (trouble === "read") {
        hasRead = true;
        tellRead?.();
      }
      return;
    }
    // A store that can never be watched can be reached all the same.
    if (trouble === "read" || trouble === "report" || (trouble === "watch" && !troubles.has(trouble))) {
      connectedSince = undefined;
    }
    const message = messageOf(error);
    if (troubles.get(trouble) === message) return;
    troubles.set(trouble, message);
    if (onError !== undefined) call(onError, error);
    else if (errorListeners.size === 0) tellConsole(trouble === "read" && hasRead ? withConsequence(message) : error);
    for (const listener of errorListeners) call(listener, error);
  }

  /** What nobody knows who finds a message in a log at night. */
  function withConsequence(message: string): Error {
    const { mode } = inside.snapshot.state;
    const error = new Error(`${message}; until it can be read again, maintenance stays ${JSON.stringify(mode)} here`);
    return Object.assign(error, { code: "ERR_STORE" });
  }

  const isInForce = (now = Date.now()) => inside.snapshot.isInForce?.(now) ?? false;

  /** Puts a state into force, as a whole and at once. */
  function apply(next: Snapshot, nextRevision: string): void {
    const former = inside.snapshot.state;
    const isChange = JSON.stringify(next.state) !== JSON.stringify(former);
    // A state that says the same keeps the answers that were prepared for it.
    if (isChange) inside.snapshot = next;
    revision = nextRevision;
    report(undefined, "state");
    flights?.turn(isInForce());
    void reporter?.report();
    if (!isChange) return;
    for (const listener of changeListeners) call(listener, inside.snapshot.state, former);
  }

  async function take(stored: StoredState | undefined, isStale: () => boolean): Promise<void> {
    const next = revisionOf(stored);
    if (next === revision) return report(undefined, "state");
    let prepared: Snapshot;
    try {
      prepared = await prepareSnapshot(stored === undefined ? OFF : parseState(stored.text));
    } catch (error) {
      if (!isStale()) {
        report(inStore(error), "state");
        void reporter?.report();
      }
      return;
    }
    if (!isStale()) apply(prepared, next);
  }

  /** An error of a state, with the store that it is in. */
  function inStore(error: unknown): unknown {
    if (!(error instanceof StateError)) return error;
    return new StateError(`${error.message} (${nameOf(store)})`, error.path, { cause: error });
  }

  const follower = createFollower(store, {
    pollInterval,
    take,
    stirred: () => void reporter?.report(),
    report,
  });
  const refresher = perRequest ? createRefresher(follower, pollInterval, startTimeoutMs) : undefined;

  // One writing after the other: the last one that was asked for is the last one written.
  let writings: Promise<unknown> = Promise.resolve();

  /** Does something to the store after all that was asked for before. */
  function enqueue<Result>(act: () => Promise<Result>): Promise<Result> {
    if (closing !== undefined) throw new StoreError(`write the state to ${nameOf(store)}`, "it was closed");
    const done = writings.then(act);
    writings = done.catch(() => {});
    return done;
  }

  /** Stores a state and puts it into force here. */
  async function write(state: MaintenanceState, text = formatState(state)): Promise<string> {
    // Begun at once, and waited for in its turn: another state that is prepared faster must not overtake it.
    const preparing = prepareSnapshot(state);
    preparing.catch(() => {});
    return await enqueue(async () => {
      const prepared = await preparing;
      const next = await follower.write(() => writeStored(store, text));
      apply(prepared, next);
      return next;
    });
  }

  const admits = new Set<string>();
  const about = instances && describeInstance();
  const flights = instances && new Flights(() => void reporter?.report());

  const inside: Inside = {
    snapshot: compileSnapshot(initial),
    // Requests wait while it starts; where the store is read while they are handled, they may have to at any time.
    refresh: refresher?.refresh,
    flights,
    noteAdmission(reason) {
      if (admits.has(reason)) return;
      admits.add(reason);
      void reporter?.report();
    },
  };
  // Where requests do not tell when they are finished, somebody has to look.
  const sweep = createTimer(() => {
    if (flights!.count().before > 0) sweep.set(SWEEP_EVERY_MS);
  });

  function describe(): Instance {
    void noteAlive(true);
    // Asked once: the clock could pass the start or the end in between.
    const clock = Date.now();
    const inForce = isInForce(clock);
    connectedSince ??= performance.now();
    flights!.sync(inForce);
    const count = flights!.count();
    if (flights!.needsSweep && count.before > 0) sweep.set(SWEEP_EVERY_MS);
    const problem = troubles.get("state");
    return {
      ...about!,
      connectedMs: Math.round(performance.now() - connectedSince),
      clock,
      revision,
      mode: inside.snapshot.state.mode,
      inForce,
      ...count,
      held: describeHeld(flights!),
      admits: [...admits],
      ...(problem !== undefined && { problem }),
    };
  }

  const reporter = instances && createReporter(instances, describe, (error) => report(error, "report"));

  async function waitOrThrow(target: Target, options: Parameters<typeof waitForFleet>[2]): Promise<void> {
    const { isReady, stragglers } = await waitForFleet(store, target, options);
    if (isReady) return;
    const lines = stragglers.map((straggler) => describeStraggler(straggler, target));
    throw new FleetError(`The fleet was not ready in time, maintenance stays on: ${lines.join("; ")}`, stragglers);
  }

  /** Switches maintenance off, unless the store holds something else than it should by now. */
  async function end(text: string, outer: string | undefined): Promise<void> {
    // What was called within another one goes back to that one, which is not over.
    const next = outer !== undefined && underWay.has(outer) ? outer : formatState(OFF);
    const isOver = await enqueue(async () => {
      const prepared = await prepareSnapshot(parseState(next));
      const replaced = await follower.write(() => replaceStored(store, next, text));
      if (replaced !== undefined) apply(prepared, replaced);
      return replaced !== undefined;
    });
    if (!isOver) {
      report(new StoreError("switch maintenance off", "somebody changed the state meanwhile, theirs stays"), "end");
    }
  }

  /** Joins the fleet, and reads what holds. */
  async function join(): Promise<void> {
    const nextRead = () => new Promise<void>((resolve) => tellRead = resolve);
    // At once, for a store whose records cannot be written now.
    void follower.read();
    if (reporter === undefined) {
      follower.start();
      return await nextRead();
    }
    // What counts is what is read after the record was there: who writes a state after this process has read an older one
    // has to find it in the fleet.
    await reporter.report();
    if (closing !== undefined) return;
    follower.start();
    await follower.read();
    if (troubles.has("read")) await nextRead();
  }

  async function start(): Promise<LiveState> {
    await within(startTimeoutMs, join());
    if (!hasRead && closing === undefined) {
      const held = inside.snapshot.state.mode;
      const error = `it could not be read within ${startTimeoutMs} ms, until then it is ${held}, as "initial" says`;
      report(new StoreError(`start with the state in ${nameOf(store)}`, error), "start");
    }
    if (requireStore && !hasRead) {
      const task = `read the state from ${nameOf(store)} within ${startTimeoutMs} ms`;
      throw new StoreError(task, troubles.get("read") ?? "it did not answer");
    }
    return live;
  }

  // A process that was stopped for longer than its record lasts is dead to the fleet, which may have gone on without it.
  // Whichever comes first afterwards, a request or the time to renew the record, notices: all requests wait until the
  // record is there and the store was read again.
  let aliveAt = performance.now();
  let returning: Promise<void> | undefined;
  function noteAlive(isRecord = false): Promise<void> | undefined {
    const now = performance.now();
    const wasStopped = now - aliveAt >= RECORD_TTL_MS;
    // Requests renew no record.
    if (isRecord || wasStopped) aliveAt = now;
    if (wasStopped && returning === undefined && closing === undefined) {
      const back = Promise.resolve().then(() => reporter!.report()).then(() => follower.read());
      returning = within(startTimeoutMs, back).finally(() => returning = undefined);
    }
    return returning;
  }

  async function close(): Promise<void> {
    sweep.clear();
    await writings;
    tellRead?.();
    // A process that still has requests is not gone yet: its record is left until it expires.
    await Promise.all([follower.close(), reporter?.close(flights!.count().inFlight > 0)]);
    await store.close?.();
  }

  const live: LiveState & AsyncDisposable & { readonly [LIVE]: LiveInternals } = {
    get current() {
      return inside.snapshot.state;
    },
    get ready() {
      return ready;
    },
    async set(state) {
      await write(parseState(withHashedSecret(state)));
      return inside.snapshot.state;
    },
    async during(given, run, options) {
      // Before anything is switched: what cannot be run must not take the site down.
      if (typeof run !== "function") {
        const hint = typeof given === "function"
          ? "the first argument is what the state is to say, such as {}"
          : undefined;
        throw invalidOption(TASK, "run", "a function", run, hint);
      }
      checkNames(TASK, options ?? {}, ["timeoutMs", "streams", "signal"], "the third argument of during()");
      options?.signal?.throwIfAborted();
      const state = parseState(withHashedSecret({ mode: "on", ...given }));
      if (state.mode === "off") throw invalidOption(TASK, "mode", '"on" or "read-only"', state.mode);
      const [known, former] = await Promise.all([readFleet(store), readStore(store)]);
      if (known === undefined) {
        throw new StoreError(
          "run under maintenance",
          `${nameOf(store)} keeps no records of processes, so nobody can tell when all have followed: use set()`,
        );
      }
      const text = formatOwn(state);
      underWay.add(text);
      try {
        await waitOrThrow({ revision: await write(state, text), drained: true }, { ...options, known });
        const result = await run();
        await end(text, former?.text);
        return result;
      } finally {
        underWay.delete(text);
      }
    },
    fleet: () => readFleet(store),
    on(event: "change" | "error", listener: ChangeListener & ErrorListener) {
      const listeners: Set<unknown> | undefined = { change: changeListeners, error: errorListeners }[event];
      if (listeners === undefined) throw invalidOption(TASK, "event", '"change" or "error"', event);
      if (typeof listener !== "function") throw invalidOption(TASK, "listener", "a function", listener);
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    close: () => closing ??= close(),
    [Symbol.asyncDispose]: () => live.close(),
    [LIVE]: inside,
  };

  const ready = refresher === undefined ? start() : Promise.resolve(live);
  // Who does not wait for it hears of errors in the other ways.
  const over = ready.then(() => {}, () => {});
  if (refresher === undefined) {
    inside.refresh = () => over;
    void over.then(() => inside.refresh = reporter && (() => noteAlive()));
  }
  return live;
}

/** The texts of the states of all calls of `during` in this process that are not over. */
const underWay = new Set<string>();

/** What the gate reads, as it is written here. */
type Inside = { -readonly [Name in keyof LiveInternals]: LiveInternals[Name] };

type ChangeListener = (current: MaintenanceState, former: MaintenanceState) => void;
type ErrorListener = (error: unknown) => void;

/** The state with the hash of the secret in place of the secret itself, if that was given. */
function withHashedSecret(state: MaintenanceState): MaintenanceState {
  const bypass: unknown = state?.bypass;
  if (typeof bypass !== "string" || BYPASS.test(bypass)) return state;
  const bound = bypass.length < SHORTEST_SECRET
    ? `at least ${SHORTEST_SECRET}`
    : bypass.length > LONGEST_SECRET
    ? `at most ${LONGEST_SECRET}`
    : undefined;
  // Nothing of the secret in the message, not even its length.
  if (bound !== undefined) {
    throw new StateError(`Cannot ${TASK}: "$.bypass" must be a secret of ${bound} characters`, "$.bypass");
  }
  return { ...state, bypass: hashSecret(bypass) };
}

/** Calls a function of the user's, whose errors are not ours. */
function call<Args extends unknown[]>(listener: (...args: Args) => unknown, ...args: Args): void {
  const failed = (error: unknown) => console.error("maintenancemode: a listener failed", error);
  try {
    const result = listener(...args);
    if (isPromise(result)) result.then(undefined, failed);
  } catch (error) {
    failed(error);
  }
}

function resolveOptions(store: MaintenanceStore, options: LiveStateOptions): {
  initial: MaintenanceState;
  pollInterval: number;
  startTimeoutMs: number;
  requireStore: boolean;
  perRequest: boolean;
  onError: ErrorListener | undefined;
} {
  if (typeof store?.read !== "function") {
    throw invalidOption(TASK, "store", 'a store such as fileStore("maintenance.json")', store);
  }
  checkNames(TASK, options, NAMES);
  const { initial = "off", pollInterval, startTimeoutMs = 2_000, requireStore = false, perRequest, onError } = options;
  const state = parseState(typeof initial === "string" ? { mode: initial } : initial);
  if (state.recurring !== undefined) {
    throw invalidOption(TASK, "initial", 'a mode or a state without "recurring"', initial);
  }
  for (const [name, value] of Object.entries({ pollInterval, startTimeoutMs })) {
    if (value !== undefined && !(typeof value === "number" && value > 0 && value < 2 ** 31)) {
      throw invalidOption(TASK, name, "a number of milliseconds above 0", value);
    }
  }
  for (const [name, value] of Object.entries({ requireStore, perRequest })) {
    if (value !== undefined && typeof value !== "boolean") throw invalidOption(TASK, name, "true or false", value);
  }
  if (onError !== undefined && typeof onError !== "function") {
    throw invalidOption(TASK, "onError", "a function", onError);
  }
  return {
    initial: state,
    pollInterval: pollInterval ?? store.pollInterval ?? 5_000,
    startTimeoutMs,
    requireStore,
    perRequest: perRequest ?? store.perRequest ?? isWorker(),
    onError,
  };
}
