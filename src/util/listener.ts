import { isPromise } from "./promise.ts";

/** Calls a function of the user's, whose errors are not ours: they are printed. */
export function call<Args extends unknown[]>(listener: (...args: Args) => unknown, ...args: Args): void {
  const failed = (error: unknown) => console.error("maintenancemode: a listener failed", error);
  try {
    const result = listener(...args);
    if (isPromise(result)) result.then(undefined, failed);
  } catch (error) {
    failed(error);
  }
}
