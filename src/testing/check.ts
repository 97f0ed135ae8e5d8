import { received } from "../util/received.ts";

/** How long a condition may take to come true before it counts as never. Nothing takes that long unless it fails. */
const DEADLINE_MS = 20_000;

/** Throws an error that says what is wrong if a condition does not hold. */
export function check(condition: unknown, complaint: string): asserts condition {
  if (!condition) throw new Error(complaint);
}

/** Throws if two values differ. Arrays are compared item by item. */
export function same(actual: unknown, expected: unknown, what: string): void {
  const [left, right] = [actual, expected].map((value) => Array.isArray(value) ? JSON.stringify(value) : value);
  check(Object.is(left, right), `${what}: expected ${received(right)}, received ${received(left)}`);
}

/** Waits until a condition holds. What it throws counts as not yet. */
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

/** Waits for a promise, but not for ever. */
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

/** What came of a promise, in the same form either way. */
export function outcomeOf<T>(promise: Promise<T>): Promise<{ value: T } | { error: unknown }> {
  return promise.then((value) => ({ value }), (error: unknown) => ({ error }));
}
