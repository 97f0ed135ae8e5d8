import { expect } from "vitest";

/** Matches an error about an option by its message: to be given to `toThrow`. */
export function optionError(message: string): unknown {
  return expect.objectContaining({ name: "OptionError", code: "ERR_OPTION_INVALID", message });
}
