import type { WaitUntil } from "../gate/live.ts";
import type { Follower } from "./follower.ts";
import { STORE_TIMEOUT_MS } from "./store-calls.ts";
import { within } from "./timer.ts";

/** Sees to it that a store is read while requests are handled, for platforms without anything in between. */
export interface Refresher {
  /** What a request has to wait for: a reading of its own, never one of another request's. */
  refresh(waitUntil: WaitUntil | undefined): Promise<void> | undefined;
  /** Notes that the store was read, or could not be. */
  note(succeeded: boolean): void;
}

/**
 * Makes a refresher.
 *
 * While what is known is at most two intervals old, one request at a time renews it in the background. Older than that,
 * after a time without requests, it is not believed, and requests wait.
 *
 * @param follower Reads the store.
 * @param pollIntervalMs How old what is known may become before it is renewed, in milliseconds.
 * @param patienceMs How long a request waits at most, in milliseconds.
 */
export function createRefresher(follower: Follower, pollIntervalMs: number, patienceMs: number): Refresher {
  let heardAt = -Infinity;
  let failedAt = -Infinity;
  let askedAt = -Infinity;
  // A clock that is set back must not keep the store from being asked.
  const age = (at: number, now: number) => Math.abs(now - at);

  return {
    refresh(waitUntil) {
      const now = Date.now();
      if (age(heardAt, now) < pollIntervalMs || age(failedAt, now) < pollIntervalMs) return undefined;
      if (waitUntil !== undefined && age(heardAt, now) < 2 * pollIntervalMs) {
        // The request that asks may end, and its reading with it: so after a time, another one asks.
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
