import type { WaitUntil } from "../gate/live.ts";
import type { Follower } from "./follower.ts";
import { STORE_TIMEOUT_MS } from "./store-calls.ts";
import { within } from "./timer.ts";

/** Reads a store while requests are handled, for platforms on which nothing runs between requests. */
export interface Refresher {
  /** Returns the reading that a request has to wait for, if any: its own, never that of another request. */
  refresh(findWaitUntil: (() => WaitUntil | undefined) | undefined): Promise<void> | undefined;
  /** Notes whether a reading succeeded. */
  note(succeeded: boolean): void;
}

/**
 * Makes a refresher.
 *
 * While the known state is at most two intervals old, one request at a time renews it in the background. An older one, after
 * a time without requests, is not trusted: requests wait for a reading.
 *
 * @param follower Reads the store.
 * @param pollIntervalMs The age from which on the known state is renewed, in milliseconds.
 * @param patienceMs How long a request waits at most, in milliseconds.
 */
export function createRefresher(follower: Follower, pollIntervalMs: number, patienceMs: number): Refresher {
  let heardAt = -Infinity;
  let failedAt = -Infinity;
  let askedAt = -Infinity;
  // If the clock is set back, the store must still be asked.
  const age = (at: number, now: number) => Math.abs(now - at);

  return {
    refresh(findWaitUntil) {
      const now = Date.now();
      if (age(heardAt, now) < pollIntervalMs || age(failedAt, now) < pollIntervalMs) return undefined;
      const waitUntil = age(heardAt, now) < 2 * pollIntervalMs ? findWaitUntil?.() : undefined;
      if (waitUntil !== undefined) {
        // The request that asks may end, and its reading with it. After some time, another request asks.
        if (age(askedAt, now) > STORE_TIMEOUT_MS) {
          askedAt = now;
          waitUntil(follower.readAlone());
        }
        return undefined;
      }
      return within(patienceMs, follower.readAlone());
    },
    note(succeeded) {
      if (succeeded) heardAt = Date.now();
      else failedAt = Date.now();
    },
  };
}
