import { received } from "../util/received.ts";

/** How long to wait for a condition. Only a store that breaks its promise takes that long. */
const DEADLINE_MS = 20_000;

/** Throws an error with the complaint if a condition does not hold. */
export function check(condition: unknown, complaint: string): asserts condition {
  if (!condition) throw new Error(complaint);
}

/** Throws if two values differ. Compares arrays item by item. */
export function same(actual: unknown, expected: unknown, what: string): void {
  const [left, right] = [actual, expected].map((value) => Array.isArray(value) ? JSON.stringify(value) : value);
  check(Object.is(left, right), `${what}: expected ${received(right)}, received ${received(left)}`);
}

/** Waits until a condition holds. An error that it throws means that it does not hold yet. */
export async function until(
  condition: () => unknown,
  what: string,
  deadlineMs: number = DEADLINE_MS,
): Promise<void> {
  const deadline = Date.now() + deadlineMs;
  let last: unknown;
  for (;;) {
    try {
      if (await condition()) return;
      last = undefined;
    } catch (error) {
      last = error;
    }
    if (Date.now() >= deadline) {
      throw new Error(`${what}: not within ${deadlineMs / 1000} s`, last === undefined ? {} : { cause: last });
    }
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** Waits for a promise, and rejects if it does not settle in time. */
export async function inTime<T>(promise: Promise<T>, what: string): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${what}: not settled within ${DEADLINE_MS / 1000} s`)), DEADLINE_MS);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Whether a promise settles within a time. */
export async function settlesWithin(promise: Promise<unknown>, ms: number): Promise<boolean> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), ms);
  });
  try {
    return await Promise.race([promise.then(() => true, () => true), late]);
  } finally {
    clearTimeout(timer);
  }
}

/** The value or the error of a promise. */
export function outcomeOf<T>(promise: Promise<T>): Promise<{ value: T } | { error: unknown }> {
  return promise.then((value) => ({ value }), (error: unknown) => ({ error }));
}
