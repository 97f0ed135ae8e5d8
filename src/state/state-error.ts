import { type ErrorCode, OptionError } from "../util/errors.ts";

/**
 * A state that is not valid: text that is no JSON, an unknown field, a wrong type, a date that does not exist. `path` is a
 * JSON path such as `"$.urls[0]"`; `"$"` is the state as a whole.
 */
export class StateError extends OptionError {
  /** The name of the class. */
  override readonly name: string = "StateError";
  /** Tells this error from others, also across copies of this package. */
  override readonly code: ErrorCode = "ERR_STATE_INVALID";
}
