/** Whether a value is a promise, of whatever kind: reading `then` may run code of the user's. */
export function isPromise(value: unknown): value is PromiseLike<unknown> {
  return typeof (value as PromiseLike<unknown> | null | undefined)?.then === "function";
}
