import { MaintenanceError } from "../util/errors.ts";
import { messageOf } from "../util/received.ts";
import type { Instance } from "../types/fleet.ts";
import type { MaintenanceWindow } from "../types/maintenance-state.ts";

/** A store cannot be reached, did not answer in time, or cannot be written. */
export class StoreError extends MaintenanceError {
  /** The name of the class. */
  override readonly name: string = "StoreError";

  /**
   * Makes an error.
   *
   * @param task The task that failed: the first words of the message.
   * @param cause The reason.
   */
  constructor(task: string, cause: unknown) {
    super("ERR_STORE", `Cannot ${task}: ${messageOf(cause)}`, { cause });
  }
}

/** Somebody else has changed the same maintenance at the same time. Their change stays. */
export class ConflictError extends MaintenanceError {
  /** The name of the class. */
  override readonly name: string = "ConflictError";
  /** What the store holds now; `undefined` if the window is gone. */
  readonly current: MaintenanceWindow | undefined;

  /**
   * Makes an error.
   *
   * @param task The task that failed: the first words of the message.
   * @param current What the store holds now.
   */
  constructor(task: string, current: MaintenanceWindow | undefined) {
    super("ERR_CONFLICT", `Cannot ${task}: somebody else has changed it at the same time, and their change stays`);
    this.current = current;
  }
}

/** A fleet was not ready in time: processes had not followed, or had not finished the requests from before. */
export class FleetError extends MaintenanceError {
  /** The name of the class. */
  override readonly name: string = "FleetError";
  /** The processes that were not ready. */
  readonly stragglers: readonly Instance[];

  /**
   * Makes an error.
   *
   * @param message The whole message.
   * @param stragglers The processes that were not ready.
   */
  constructor(message: string, stragglers: readonly Instance[]) {
    super("ERR_FLEET", message);
    this.stragglers = stragglers;
  }
}
