import { invalidOption } from "../util/errors.ts";
import { isWholeNumber } from "../util/whole-number.ts";

/**
 * Checks the status of the answer.
 *
 * @param name The name of the option or field, for the message.
 * @param task The task that fails otherwise, for the message.
 * @throws {OptionError} If no answer can have it.
 */
export function checkStatus(status: unknown, name: string, task: string): void {
  const accepted = "an integer from 200 to 599 of a response that can have a body";
  if (!isWholeNumber(status) || status < 200 || status > 599) {
    throw invalidOption(task, name, accepted, status);
  }
  if (status >= 300 && status < 400) {
    throw invalidOption(task, name, accepted, status, 'use "redirectUrl" to redirect');
  }
  if (status === 204 || status === 205) throw invalidOption(task, name, accepted, status);
}
