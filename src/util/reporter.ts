import { call } from "./listener.ts";
import { isPromise } from "./promise.ts";
import { received } from "./received.ts";

/** Calls functions of the options and reports their errors. None of its methods throws. */
export interface Reporter {
  /** Reports an error to `onError`, with the name of the option if its function has failed. */
  report(error: unknown, option?: string): void;
  /** Reports that the function of an option returned something else than it has to. */
  reportResult(option: string, accepted: string, value: unknown): void;
  /** Handles the result of a function that should have returned nothing: a rejected promise must not go unhandled. */
  adopt(value: unknown, option: string): void;
  /**
   * Calls the function of an option.
   *
   * @param option The name of the option.
   * @param accepted The results that it may return, for messages.
   * @param isResult Whether a value is such a result.
   * @param call The function.
   * @param args Its arguments.
   * @returns The result; `undefined` if the function threw or returned something else, which is reported.
   */
  call<Args extends readonly unknown[], Result>(
    option: string,
    accepted: string,
    isResult: (value: unknown) => value is Result,
    call: (...args: Args) => unknown,
    ...args: Args
  ): Result | undefined;
}

/**
 * Makes a {@link Reporter}.
 *
 * @param onError Called with each error. Its own errors go to the console.
 */
export function createReporter(onError: (error: unknown, option?: string) => unknown): Reporter {
  const report: Reporter["report"] = (error, option) => call("onError", onError, error, option);

  function adopt(value: unknown, option: string): void {
    if (isPromise(value)) value.then(undefined, (error) => report(error, option));
  }

  function reportResult(option: string, accepted: string, value: unknown): void {
    adopt(value, option);
    report(new TypeError(`"${option}" must return ${accepted}, received ${received(value)}`));
  }

  return {
    report,
    reportResult,
    adopt,
    call(option, accepted, isResult, call, ...args) {
      try {
        const value = call(...args);
        if (isResult(value)) return value;
        reportResult(option, accepted, value);
      } catch (error) {
        report(error, option);
      }
      return undefined;
    },
  };
}

/** Whether a value is a boolean, for {@link Reporter.call}. */
export function isBoolean(value: unknown): value is boolean {
  return typeof value === "boolean";
}
