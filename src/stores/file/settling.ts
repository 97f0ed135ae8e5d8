/** Decides when a look at a file counts. */
export interface Settling {
  /**
   * Notes what a look at the file has shown.
   *
   * @param version Tells one writing of the file from another. `undefined` if the file is missing.
   * @param periodMs How long the file must stay as it is to count.
   * @param ageMs How long it has been like this by the clock of the file system.
   * @param began When the look began, by `performance.now()`.
   * @returns For how many milliseconds longer it must stay as it is. At 0 or less, the look counts.
   */
  see(version: string | undefined, periodMs: number, ageMs: number, began: number): number;
  /** Notes that this process has written the file as a whole. */
  write(version: string): void;
  /** Notes a failed look. */
  fail(): void;
}

/** The result of the last looks, and for how long they have shown it. */
interface Sight {
  readonly version: string | undefined;
  observedMs: number;
  at: number;
  readonly isFirst: boolean;
}

/**
 * Makes the settling of one file.
 *
 * Only the first sight may be old by the clock of the file system, because the clocks of the machines that share a file
 * system may differ. Every later sight is as old as this process has been looking at it.
 */
export function createSettling(): Settling {
  let last: Sight | undefined;
  let hasFailed = false;
  const note = (version: string | undefined, observedMs: number, at: number) => {
    last = { version, observedMs, at, isFirst: last === undefined && !hasFailed };
    return last;
  };
  return {
    see(version, periodMs, ageMs, began) {
      // After a failed look, the same version proves that the file is the same. Nothing proves that it was missing all along.
      const isSame = last !== undefined && last.version === version && !(version === undefined && hasFailed);
      // The first of several looks counts from its end, each later one up to its beginning. What lies between is unknown.
      const sight = isSame ? last! : note(version, 0, performance.now());
      hasFailed = false;
      // It takes at least three looks, however long the process stood still between two of them.
      sight.observedMs += Math.min(Math.max(0, began - sight.at), periodMs / 2);
      sight.at = Math.max(sight.at, began);
      return periodMs - (sight.isFirst ? Math.max(sight.observedMs, ageMs) : sight.observedMs);
    },
    write(version) {
      note(version, Infinity, performance.now());
    },
    fail() {
      hasFailed = true;
    },
  };
}
