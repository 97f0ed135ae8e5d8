import { type ErrorCode, OptionError } from "../util/errors.ts";

/**
 * A state is not valid: text that is not JSON, an unknown field, a wrong type, a date that does not exist. `path` is a JSON
 * path such as `"$.urls[0]"`; `"$"` is the whole state.
 */
export class StateError extends OptionError {
  /** The name of the class. */
  override readonly name: string = "StateError";
  /** The kind of error, also across copies of this package. */
  override readonly code: ErrorCode = "ERR_STATE_INVALID";
}
