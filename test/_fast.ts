import process from "node:process";
import { expect } from "vitest";

/** How often something is tried before it counts as slow. */
const TRIES = 20;

/** For how long some work is repeated to be timed, in milliseconds: the system counts in steps of one or more. */
const SPAN_MS = 5;

/**
 * Expects that some work can be done in a time. A machine that is slow at times slows some of the tries down, a bad algorithm
 * all.
 *
 * @param ms What it may take, in milliseconds.
 * @param work What is timed.
 */
export function expectWithin(ms: number, work: () => void): void {
  let least = Infinity;
  for (let tries = 0; tries < TRIES && least >= ms; tries++) least = Math.min(least, measure(work));
  expect(least).toBeLessThan(ms);
}

/** The least that some work takes, in milliseconds, to be compared with that of other work. */
export function timeOf(work: () => void): number {
  return Math.min(...Array.from({ length: TRIES }, () => measure(work)));
}

/**
 * Times some work by what this thread has had of the processor: the clock on the wall goes on while other programs have it.
 */
function measure(work: () => void): number {
  const start = process.threadCpuUsage();
  for (let runs = 1;; runs++) {
    work();
    const { user, system } = process.threadCpuUsage(start);
    const ms = (user + system) / 1_000;
    if (ms >= SPAN_MS) return ms / runs;
  }
}
