import { messageOf } from "../util/errors.ts";
import type { Instance } from "../types/fleet.ts";

/** A store that cannot be reached, did not answer in time, or cannot be written. */
export class StoreError extends Error {
  /** The name of the class. */
  override readonly name: "StoreError" = "StoreError";
  /** Tells this error from others, also across copies of this package. */
  readonly code: "ERR_STORE" = "ERR_STORE";

  /**
   * Makes an error.
   *
   * @param task What could not be done: the first words of the message.
   * @param cause Why not.
   */
  constructor(task: string, cause: unknown) {
    super(`Cannot ${task}: ${messageOf(cause)}`, { cause });
  }
}

/** A fleet that was not ready in time: processes had not followed, or had not finished what they had let in before. */
export class FleetError extends Error {
  /** The name of the class. */
  override readonly name: "FleetError" = "FleetError";
  /** Tells this error from others, also across copies of this package. */
  readonly code: "ERR_FLEET" = "ERR_FLEET";
  /** The processes that were not ready. */
  readonly stragglers: readonly Instance[];

  /**
   * Makes an error.
   *
   * @param message What was waited for.
   * @param stragglers The processes that were not ready.
   */
  constructor(message: string, stragglers: readonly Instance[]) {
    super(message);
    this.stragglers = stragglers;
  }
}
