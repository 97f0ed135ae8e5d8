import type { Instance, WaitOptions } from "./fleet.ts";
import type { MaintenanceState } from "./maintenance-state.ts";

/** The state of maintenance in a store, followed while the process runs: what `liveState` returns. */
export interface LiveState {
  /**
   * The state in force, frozen; what the gate reads. Whether it holds right now also depends on its `start` and `end`:
   * see `maintenance.active`.
   */
  readonly current: MaintenanceState;
  /**
   * Resolves with this object when the store was read for the first time, or could not be in `startTimeoutMs`. It rejects
   * only with `requireStore`.
   */
  readonly ready: Promise<LiveState>;
  /**
   * Stores a state in place of the current one. Here it is in force when the promise resolves, in other processes as fast
   * as the store tells them. The last one set wins.
   *
   * @returns The state in force.
   * @throws {StateError} If it is not valid.
   * @throws {StoreError} If it cannot be stored. If the store did not answer in time, it may still be stored later.
   */
  set(state: MaintenanceState): Promise<MaintenanceState>;
  /**
   * Runs something under maintenance: switches it on, waits until each process of the fleet has followed and has finished
   * the requests it had let in before, runs it, and switches maintenance off.
   *
   * If waiting or running fails, or if somebody else changed the state meanwhile, maintenance stays on. Within another call
   * in the same process it goes back to the state of that one.
   *
   * @param state The state meanwhile; `mode` is `"on"` if left out.
   * @param run What to run.
   * @param options How long to wait for the fleet.
   * @returns What `run` returned.
   * @throws {FleetError} If the fleet was not ready in time.
   * @throws {TypeError} If an argument is not valid. Nothing is switched then.
   */
  during<Result>(
    state: Partial<MaintenanceState>,
    run: () => Result | Promise<Result>,
    options?: WaitOptions,
  ): Promise<Result>;
  /** The processes that follow the same store, as they last reported; `undefined` if the store keeps no records of them. */
  fleet(): Promise<Instance[] | undefined>;
  /**
   * Calls a function whenever the state has changed, with the new and the former one. A state that begins or ends by the
   * clock does not change then.
   *
   * @returns Stops it.
   */
  on(event: "change", listener: (current: MaintenanceState, former: MaintenanceState) => void): () => void;
  /**
   * Calls a function with each error: the store cannot be reached, what it holds is not valid. The state in force stays.
   *
   * @returns Stops it.
   */
  on(event: "error", listener: (error: unknown) => void): () => void;
  /** Stops following the store and lets go of what it opened. The state in force stays. */
  close(): Promise<void>;
}
