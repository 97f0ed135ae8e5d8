import { isPromise } from "./promise.ts";

/** Calls a user's function, and prints its errors. */
export function call<Args extends unknown[]>(listener: (...args: Args) => unknown, ...args: Args): void {
  const failed = (error: unknown) => console.error("maintenancemode: a listener failed", error);
  try {
    const result = listener(...args);
    if (isPromise(result)) result.then(undefined, failed);
  } catch (error) {
    failed(error);
  }
}
