import { LIVE, type LiveInternals, type StateSnapshot } from "../gate/live.ts";
import type { LiveState } from "../types/live-state.ts";
import type { MaintenanceStore, StoredState } from "../types/store.ts";
import { describeProblem } from "../util/errors.ts";
import { INTERNALS_VERSION } from "../util/internals-version.ts";
import { isSameJson } from "../util/same-json.ts";
import { createBypassEndings } from "./bypass-endings.ts";
import { createClock } from "./clock.ts";
import { createDuring } from "./during.ts";
import { StoreError } from "./errors.ts";
import { readFleet } from "./fleet.ts";
import { createFollower } from "./follower.ts";
import { createHistoryReader } from "./history.ts";
import { createChanges, createOn } from "./listeners.ts";
import { type LiveStateOptions, resolveOptions } from "./live-state-options.ts";
import { createMembership, type Membership } from "./membership.ts";
import { OFF } from "./modes.ts";
import { parseState, parseText } from "./parse.ts";
import { createProblems, type ProblemSource } from "./problems.ts";
import { createRefresher } from "./refresher.ts";
import { prepareAtOnce, prepareSnapshot } from "./state-snapshot.ts";
import { StateError } from "./state-error.ts";
import { nameOf, revisionOf } from "./store-calls.ts";
import { withHashedSecrets } from "./stored-secret.ts";
import { within } from "./timer.ts";
import { createWriter } from "./state-writer.ts";
import { checkNewWindows, createWindows, mergeWindows } from "./windows.ts";
import { createTrack, createWhenOpen } from "./work.ts";

/** Set by the CLI: its process does not serve visitors, although it may load the code of a process that does. */
export const WATCHER: unique symbol = Symbol.for("maintenancemode.watcher") as never;

/**
 * Follows the state in a store, so that the gate can read it from memory.
 *
 * The store is read at once, whenever it reports a change, and every `pollIntervalMs` milliseconds. If it cannot be reached,
 * or its state is not valid, the last known state stays.
 *
 * @param store The store of the state.
 * @param options The state until the first reading, and how often to read.
 * @returns The live state: give it to `maintenanceMode` as `state`.
 * @throws {OptionError} If the store or an option is not valid.
 * @throws {StateError} If `initial` is not a valid state.
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
  const settings = resolveOptions(store, options);
  const { initial, pollIntervalMs, startTimeoutMs, requireStore, perRequest, onError } = settings;
  const changes = createChanges();
  const problems = createProblems(onError, (source) => {
    if (source !== "read" || !hasRead) return undefined;
    return `until it can be read again, maintenance stays ${JSON.stringify(inside.snapshot.state.mode)} here`;
  });

  /** The revision of the last known state, after the first reading. */
  let revision: string | undefined;
  let hasRead = false;
  let resolveRead: (() => void) | undefined;
  let closing: Promise<void> | undefined;

  function report(error: unknown, source: ProblemSource): void {
    const isOver = error === undefined;
    if (source === "read") {
      refresher?.note(isOver);
      if (isOver) {
        inside.lastRead = performance.now();
        hasRead = true;
        resolveRead?.();
      }
    }
    // A store that cannot be watched may well be reachable.
    const wasKnown = source === "watch" && problems.messageOf(source) !== undefined;
    if (!isOver && !wasKnown && ["read", "report", "watch"].includes(source)) membership?.lostStore();
    problems.note(error, source);
  }

  const withoutEarlierCookies = createBypassEndings(() => Date.now());

  /** Replaces the last known state as a whole. */
  function apply(next: StateSnapshot, nextRevision: string): void {
    const former = inside.snapshot.state;
    const isChange = !isSameJson(next.state, former);
    // An equal state keeps the answers that were prepared for it.
    if (isChange) inside.snapshot = withoutEarlierCookies(inside.snapshot, next);
    // Somebody has decided anew.
    if (nextRevision !== revision) report(undefined, "notice");
    revision = nextRevision;
    report(undefined, "state");
    membership?.turn(inside.snapshot.inForce(Date.now()));
    void membership?.report();
    if (isChange) changes.tell(inside.snapshot.state, former);
    clock.look();
  }

  /** Takes a reading, unless something newer is known by the time it is prepared. */
  async function take(stored: StoredState | undefined, isStale: () => boolean): Promise<void> {
    const next = revisionOf(stored);
    if (next === revision) return report(undefined, "state");
    let prepared: StateSnapshot;
    try {
      prepared = await prepareSnapshot(stored === undefined ? OFF : parseText(stored.text, inside.snapshot.state));
    } catch (error) {
      if (!isStale()) {
        report(withStore(error, store), "state");
        void membership?.report();
      }
      return;
    }
    if (!isStale()) apply(prepared, next);
  }

  const follower = createFollower(store, {
    pollIntervalMs,
    take,
    onChange: () => void membership?.report(),
    notify: (message) => report(new StoreError(`follow ${nameOf(store)}`, message), "notice"),
    report,
  });
  const refresher = perRequest ? createRefresher(follower, pollIntervalMs, startTimeoutMs) : undefined;
  const writer = createWriter(store, follower, {
    known: () => inside.snapshot.state,
    hasRead: () => revision !== undefined,
    apply,
    onRecord: (error) => report(error, "history"),
  });

  const admits = new Set<string>();
  // Nothing runs between two requests that could keep a record up to date.
  const registry = perRequest || WATCHER in globalThis ? undefined : store.instances;
  const membership: Membership | undefined = registry && createMembership({
    registry,
    declared: settings.counts,
    admits,
    standing: () => ({
      revision,
      snapshot: inside.snapshot,
      problem: problems.messageOf("state"),
      notice: problems.messageOf("notice"),
    }),
    read: follower.read,
    patienceMs: startTimeoutMs,
    onResult: (error) => report(error, "report"),
  });

  const inside: Inside = {
    version: INTERNALS_VERSION,
    store,
    snapshot: prepareAtOnce(initial),
    lastRead: performance.now(),
    // Set below: with a getter here, each request would take twice as long to read the snapshot.
    state: undefined as never,
    // Requests wait during the start. With `perRequest`, they may have to wait at any time.
    refresh: refresher && ((findWaitUntil) => {
      // No timer runs between two requests, so only a request can tell that a window has begun or ended.
      clock.look();
      return refresher.refresh(findWaitUntil);
    }),
    tracker: membership?.tracker,
    noteAdmission(reason) {
      if (admits.has(reason)) return;
      admits.add(reason);
      void membership?.report();
    },
    noteCounting: (what) => membership?.counts.note(what),
  };
  const clock = createClock(() => inside.snapshot, !perRequest, () => {
    membership?.turn(clock.inForce);
    void membership?.report();
  });
  clock.look();

  /** Joins the fleet and reads the store. */
  async function join(): Promise<void> {
    const nextRead = () => new Promise<void>((resolve) => resolveRead = resolve);
    // Read at once: the records may not be writable now.
    void follower.read();
    if (membership === undefined) {
      follower.start();
      return await nextRead();
    }
    // Only a reading after the record was written counts: if somebody writes a state after this process has read an older
    // one, they have to find this process in the fleet.
    await membership.report();
    if (closing !== undefined) return;
    follower.start();
    await follower.read();
    if (problems.messageOf("read") !== undefined) await nextRead();
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
      throw new StoreError(task, problems.messageOf("read") ?? "it did not answer");
    }
    return live;
  }

  async function close(): Promise<void> {
    await writer.close();
    resolveRead?.();
    clock.close();
    await Promise.all([follower.close(), membership?.close()]);
    await store.close?.();
    inside.refresh = () => void reportStale();
  }

  /** Says once that requests or jobs still begin after the state was closed: nobody waits for them, and they pass by an old state. */
  function reportStale(): void {
    const error =
      "it was closed, but requests or jobs still begin, and no command waits for them: close it after the server";
    report(new StoreError(`follow ${nameOf(store)}`, error), "closed");
  }

  const live: LiveState & AsyncDisposable & { readonly [LIVE]: LiveInternals } = {
    get current() {
      return inside.snapshot.state;
    },
    get ready() {
      return ready;
    },
    async set(state) {
      const known = inside.snapshot.state;
      const given = checkNewWindows(parseState(withHashedSecrets(state)), known, Date.now());
      await writer.write((stored) => mergeWindows(given, known, stored));
      return inside.snapshot.state;
    },
    get inForce() {
      return clock.inForce?.list[0]?.state;
    },
    windows: createWindows(writer, () => inside.snapshot),
    during: createDuring(store, writer, membership?.id, (error) => report(error, "end")),
    track: createTrack(
      membership && {
        tracker: membership.tracker,
        inForce: () => clock.inForce,
        onBegin() {
          membership.counts.note("work");
          if (closing !== undefined) reportStale();
          // Nobody has let in what begins during maintenance, so the fleet has to know at once.
          if (clock.inForce !== undefined) void membership.report();
        },
      },
    ),
    whenOpen: createWhenOpen(
      () => inside.refresh?.(undefined),
      () => clock.inForce !== undefined,
      (listener) => clock.listen("end", listener),
    ),
    fleet: () => readFleet(store),
    history: createHistoryReader(store),
    on: createOn({ change: changes.listen, clock: clock.listen, error: problems.listen }),
    close: () => closing ??= close(),
    [Symbol.asyncDispose]: () => live.close(),
    [LIVE]: inside,
  };

  inside.state = live;
  const ready = refresher === undefined ? start() : Promise.resolve(live);
  // Without this, a rejection would go unhandled if nobody awaits `ready`. Errors are reported anyway.
  const over = ready.then(() => {}, () => {});
  if (refresher === undefined) {
    inside.refresh = () => over;
    void over.then(() => {
      if (closing === undefined) inside.refresh = membership && (() => membership.noteAlive());
    });
  }
  return live;
}

/** The members that the gate reads, writable here. */
type Inside = { -readonly [Name in keyof LiveInternals]: LiveInternals[Name] };

/** Adds the name of the store to an error about a state. */
function withStore(error: unknown, store: MaintenanceStore): unknown {
  if (!(error instanceof StateError)) return error;
  const text = `${error.text ?? describeProblem(error)} (${nameOf(store)})`;
  return new StateError("read the maintenance state", error, text, { cause: error });
}
