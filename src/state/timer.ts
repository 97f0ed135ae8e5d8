/** A timer that does not keep the process running. */
export interface Timer {
  /** Starts it anew, in milliseconds from now. */
  set(ms: number): void;
  /** Stops it. */
  clear(): void;
}

/** Makes a timer that calls a function once after each start. */
export function createTimer(run: () => void): Timer {
  let handle: ReturnType<typeof setTimeout> | undefined;
  return {
    set(ms) {
      clearTimeout(handle);
      handle = setTimeout(run, ms);
      unref(handle);
    },
    clear: () => clearTimeout(handle),
  };
}

/** The most milliseconds between two looks at the clock: somebody may set it, and timers stand still while a machine sleeps. */
const LOOK_EVERY_MS = 1_000;

/** Starts a timer for the next look at the clock, or stops it if there is nothing to look for: `next` is `Infinity`. */
export function lookAgain(timer: Timer, next: number, now: number): void {
  if (next === Infinity) timer.clear();
  else timer.set(Math.min(LOOK_EVERY_MS, Math.max(1, next - now)));
}

function unref(handle: unknown): void {
  // Node and Bun return an object, Deno a number, and Workers a number that keeps nothing running.
  const { Deno } = globalThis as { Deno?: { unrefTimer?(id: number): void } };
  if (typeof handle === "number") Deno?.unrefTimer?.(handle);
  else (handle as { unref?(): void }).unref?.();
}

/** A wait in milliseconds that grows with each failure, at random within its upper half, so that many do not come back at once. */
export function backoff(failures: number, firstMs: number, mostMs: number): number {
  const ms = Math.min(mostMs, firstMs * 2 ** Math.min(failures - 1, 20));
  return ms / 2 + Math.random() * ms / 2;
}

/** Waits for a promise, at most for some time. The promise must not reject. */
export async function within(ms: number, promise: Promise<unknown>): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const timeout = new Promise<void>((resolve) => timer = setTimeout(resolve, ms));
  await Promise.race([promise, timeout]);
  clearTimeout(timer);
}
