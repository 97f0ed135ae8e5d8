import { ACCEPTED_PATTERNS, ACCEPTED_TEXTS } from "../match/url/read-pattern.ts";
import { OptionError } from "../util/errors.ts";
import { received } from "../util/received.ts";
import { StateError } from "./state-error.ts";

/** The first words of errors about a state. */
export const TASK = "read the maintenance state";

/** An error about a value of a state that is shown in it. */
export function invalid(path: string, expected: string, value: unknown, hint?: string): StateError {
  return new StateError(TASK, { path, expected, received: received(value), hint });
}

/** Calls a check that options use as well, and turns its error into one about the state. */
export function checkAsOption(check: () => void): void {
  try {
    check();
  } catch (cause) {
    if (!(cause instanceof OptionError)) throw cause;
    const { path, expected, received, hint, text } = cause;
    // JSON holds nothing but text.
    const problem = { path, expected: expected === ACCEPTED_PATTERNS ? ACCEPTED_TEXTS : expected, received, hint };
    throw new StateError(TASK, problem, text, { cause });
  }
}

/**
 * Checks that a value is a list of texts.
 *
 * @param what The texts in words, for the message.
 * @throws {StateError} If it is not.
 */
export function checkTexts(path: string, value: unknown, what: string): string[] | undefined {
  if (value === undefined) return undefined;
  if (!Array.isArray(value)) throw invalid(path, `an array of ${what}`, value);
  value.forEach((text: unknown, index) => {
    if (typeof text !== "string") throw invalid(`${path}[${index}]`, "text", text);
  });
  return value;
}

/**
 * Calls a check of a part of a state, whose paths begin at that part, and makes its errors name the whole path.
 *
 * @param member The name of the part, such as `"former"`.
 */
export function checkWithin<Result>(member: string, check: () => Result): Result {
  try {
    return check();
  } catch (error) {
    if (!(error instanceof StateError)) throw error;
    throw within(member, error);
  }
}

/** Makes an error about a part of a state one about the state. */
export function within(member: string, error: StateError): StateError {
  const { path, expected, received, hint, text } = error;
  const place = /^[A-Za-z]\w*$/.test(member) ? `$.${member}` : `$['${member}']`;
  const problem = { path: path.replace(/^\$/, () => place), expected, received, hint };
  return new StateError(TASK, problem, text?.replace(/"\$(?=[".[])/g, () => `"${place}`), { cause: error });
}
