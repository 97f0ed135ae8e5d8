/** Tells how long it takes until what was seen of a file counts. */
export interface Settling {
  /**
   * Notes what a look at the file has shown, and gives for how many milliseconds longer it has to be seen until it counts.
   *
   * @param version Tells one writing of the file from another; `undefined` if the file is missing.
   * @param periodMs For how long it has to be seen.
   * @param ageMs How old it is by the clock of the file system.
   * @param began When the look began, by `performance.now()`.
   */
  see(version: string | undefined, periodMs: number, ageMs: number, began: number): number;
  /** Notes that this process has written the file as a whole. */
  write(version: string): void;
  /** Notes that something is there that cannot be read, or may be. */
  fail(): void;
}

/** What was seen last, and for how long. */
interface Sight {
  readonly version: string | undefined;
  observedMs: number;
  at: number;
  readonly isFirst: boolean;
}

/**
 * Makes it for one file.
 *
 * By the clocks only what a process sees first is old at once: they may differ between the machines that share a file
 * system. What replaced something else is as old as it has been looked at.
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
      // A version proves that the file is the same in spite of a failure. Nothing proves that it was missing all the time.
      const isSame = last !== undefined && last.version === version && !(version === undefined && hasFailed);
      // The first of several looks counts from its end, and each later one up to its beginning: in between nothing is known.
      const sight = isSame ? last! : note(version, 0, performance.now());
      hasFailed = false;
      // However long a process stood still between two looks, it takes three of them.
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
