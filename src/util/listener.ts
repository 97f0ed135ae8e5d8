import { isPromise } from "./promise.ts";

/** Calls a user's function, and prints its errors with its name. */
export function call<Args extends unknown[]>(name: string, listener: (...args: Args) => unknown, ...args: Args): void {
  const failed = (error: unknown) => console.error(`maintenancemode: ${name} failed`, error);
  try {
    const result = listener(...args);
    if (isPromise(result)) result.then(undefined, failed);
  } catch (error) {
    failed(error);
  }
}
