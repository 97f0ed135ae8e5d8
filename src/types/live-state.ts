import type { Instance, WaitOptions } from "./fleet.ts";
import type { HistoryEntry } from "./history.ts";
import type { MaintenanceState, MaintenanceWindow } from "./maintenance-state.ts";

/** The state in a store, followed while the process runs. `liveState` returns it. */
export interface LiveState {
  /**
   * The last known state, frozen. The gate reads it. Whether it is in force right now depends on its `start` and `end` as
   * well: see `maintenance.active`.
   */
  readonly current: MaintenanceState;
  /**
   * The maintenance that is in force right now, of several the strictest; `undefined` while none is: all are off, begin later or
   * have ended.
   */
  readonly inForce: MaintenanceWindow | undefined;
  /** The maintenances of the state: the one at the top level, and its windows. */
  readonly windows: LiveWindows;
  /**
   * Resolves with this object after the first reading of the store, or after `startTimeoutMs` without one. It rejects only
   * with `requireStore`.
   */
  readonly ready: Promise<LiveState>;
  /**
   * Stores a state in place of the current one. When the promise resolves, it is in force in this process; other processes
   * follow as fast as the store notifies them. The last state wins.
   *
   * Without `windows`, the windows stay as they are. With them, those that differ from `current` change, and all others stay:
   * of two who change different windows at the same time, both win.
   *
   * @returns The state that holds now, as `current`.
   * @throws {StateError} If it is not valid, if its end has passed, or if it is `"off"` with a `start`, an `end` or `recurring`.
   * @throws {StoreError} If the store cannot be written. If it did not answer in time, it may still store the state later.
   */
  set(state: MaintenanceState): Promise<MaintenanceState>;
  /**
   * Runs a function under maintenance: turns it on, waits until each process of the fleet has followed and finished the
   * requests that it let in before, runs the function, and goes back to the stored text from before, or to `off`.
   *
   * If the waiting or the function fails, maintenance stays on. If somebody changed the state meanwhile, theirs stays. A call
   * within another one in the same process goes back to the state of the outer one.
   *
   * With the mode `"off"` it runs the function with maintenance off, once each process has followed, and goes back to the
   * state from before, whether or not the function fails.
   *
   * @param state The maintenance meanwhile; `mode` defaults to `"on"`. With a `name`, it is that of a window, and everything else
   * stays as it is.
   * @param run The function.
   * @param options How long to wait for the fleet.
   * @returns The result of `run`.
   * @throws {FleetError} If the fleet was not ready in time.
   * @throws {OptionError} If an argument is not valid. The state has not changed then.
   */
  during<Result>(
    state: Partial<MaintenanceWindow> & { readonly name?: string },
    run: () => Result | Promise<Result>,
    options?: WaitOptions,
  ): Promise<Result>;
  /**
   * Counts work that no request started, such as the job of a queue: `--wait`, `run` and `during()` wait for it, and `status`
   * names it. Work that begins while maintenance is in force counts as work from before, since nobody has let it in.
   *
   * @param work A function, which is called at once, or the promise of work that has begun.
   * @param options The name of the work, for operators; the name of the function or `"work"` by default.
   * @returns The result of the work.
   * @throws {OptionError} If an argument is not valid.
   */
  track<Result>(
    work: (() => Result | PromiseLike<Result>) | PromiseLike<Result>,
    options?: { name?: string },
  ): Promise<Result>;
  /**
   * Waits until no maintenance is in force: for workers, before they take the next job. Begin the job right afterwards, with
   * {@link LiveState.track}, before you await anything else: maintenance may begin meanwhile.
   *
   * @param options A signal that stops the wait. The promise rejects with its reason then.
   */
  whenOpen(options?: { signal?: AbortSignal }): Promise<void>;
  /** The processes that follow the same store, as they last reported; `undefined` if the store does not keep records. */
  fleet(): Promise<Instance[] | undefined>;
  /**
   * The latest changes of the state, the latest last, with who made them and when; `undefined` if the store keeps no history.
   *
   * @param options How many, from 1 to 1 000; all that the store has kept by default.
   * @throws {StoreError} If the store cannot be reached.
   */
  history(options?: { limit?: number }): Promise<HistoryEntry[] | undefined>;
  /**
   * Calls a function with the new and the former state whenever the state has changed. It does not change when a window
   * begins or ends.
   *
   * @returns A function that removes the listener.
   */
  on(event: "change", listener: (current: MaintenanceState, former: MaintenanceState) => void): () => void;
  /**
   * Calls a function with each maintenance that takes force (`"begin"`), and with each one that loses it (`"end"`), by a change or
   * by the clock: once each. The second argument is the name of its window. One that replaces another one of that name in force
   * begins nothing. If the process was stopped, the function is called afterwards. With `perRequest`, the next request after
   * that instant calls it.
   *
   * @returns A function that removes the listener.
   */
  on(
    event: "begin" | "end",
    listener: (window: MaintenanceWindow, name: string | undefined) => void,
  ): () => void;
  /**
   * Calls a function with each maintenance that is in force past its `expectedEnd`, and with the name of its window, `undefined`
   * for the top level of the state: once, and once more if it is past a later `expectedEnd` as well. With `perRequest`, the next
   * request after that instant calls it.
   *
   * @returns A function that removes the listener.
   */
  on(event: "overdue", listener: (window: MaintenanceWindow, name: string | undefined) => void): () => void;
  /**
   * Calls a function with each error: the store cannot be reached, or its state is not valid. The last known state stays.
   *
   * @returns A function that removes the listener.
   */
  on(event: "error", listener: (error: unknown) => void): () => void;
  /** Stops following the store and closes it. The last known state stays. */
  close(): Promise<void>;
}

/** One maintenance of a state, as it stands. */
export interface ListedWindow {
  /** The name of its window; `undefined` for the maintenance at the top level of the state. */
  readonly name: string | undefined;
  /** What it says, frozen. */
  readonly window: MaintenanceWindow;
  /** Whether it is in force right now. */
  readonly inForce: boolean;
  /** When it begins next; left out while it is in force, and if it will not begin again. */
  readonly beginsAt?: Date;
  /** When it ends: now, or after it has begun next; left out if nobody knows. */
  readonly endsAt?: Date;
}

/** The maintenances of a state: the one at the top level, and its windows. */
export interface LiveWindows {
  /**
   * Stores one window, and leaves everything else as it is. When the promise resolves, it is in force in this process.
   *
   * @param name Its name; `undefined` for the maintenance at the top level.
   * @param window What it says. With the mode `"off"`, the window is removed.
   * @param options `expected`: what the store has to hold there, `undefined` for no window of that name.
   * @throws {StateError} If it is not valid, or its end has passed.
   * @throws {ConflictError} If somebody else has changed the same window at the same time, or if it is not as expected. Their
   * change stays.
   * @throws {StoreError} If the store cannot be written, or if its text is not valid and this process has never read a valid
   * one: nobody knows what else is on then.
   */
  set(
    name: string | undefined,
    window: MaintenanceWindow,
    options?: { expected?: MaintenanceWindow | undefined },
  ): Promise<void>;
  /**
   * Removes one window: what it closes opens, unless another one closes it. One that is not there is no error.
   *
   * @param name Its name; `undefined` for the maintenance at the top level, which is `"off"` then.
   * @param options `expected` as for {@link LiveWindows.set}; `by` for the history: who removes it, this process by default.
   */
  delete(
    name: string | undefined,
    options?: { expected?: MaintenanceWindow | undefined; by?: string | undefined },
  ): Promise<void>;
  /** The maintenances that are not `"off"`: the one at the top level first, and then those of `windows` in their order. */
  list(): ListedWindow[];
}
