/** The milliseconds Redis may take for one call. `liveState` waits longer, so that the error comes from here. */
export const LIMIT_MS = 4_000;

/** Waits for a promise until a time limit is over or a signal is aborted. */
export async function within<Result>(
  limitMs: number,
  promise: Promise<Result>,
  signal?: AbortSignal,
): Promise<Result> {
  let abort: (() => void) | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const givenUp = new Promise<never>((_, reject) => {
    const late = (): void => reject(new Error(`Redis did not answer within ${LIMIT_MS} ms`));
    timer = setTimeout(late, Math.max(0, limitMs));
    abort = () => reject(signal?.reason);
    signal?.addEventListener("abort", abort);
  });
  try {
    return await Promise.race([promise, givenUp]);
  } finally {
    clearTimeout(timer);
    if (abort !== undefined) signal?.removeEventListener("abort", abort);
  }
}
