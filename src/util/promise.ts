/** Whether a value is a promise of any kind. Reading `then` may run a user's code. */
export function isPromise(value: unknown): value is PromiseLike<unknown> {
  return typeof (value as PromiseLike<unknown> | null | undefined)?.then === "function";
}
