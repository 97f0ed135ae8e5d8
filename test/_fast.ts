import { expect } from "vitest";

/** How often something is tried before it counts as slow. */
const TRIES = 20;

/**
 * Expects that some work can be done in a time. A machine that is busy slows some of the tries down, a bad algorithm all.
 *
 * @param ms What it may take, in milliseconds.
 * @param work What is timed.
 */
export function expectWithin(ms: number, work: () => void): void {
  let least = Infinity;
  for (let tries = 0; tries < TRIES && least >= ms; tries++) {
    const start = performance.now();
    work();
    least = Math.min(least, performance.now() - start);
  }
  expect(least).toBeLessThan(ms);
}
