import type { MaintenanceStore, StoredState, Unwatch } from "../types/store.ts";
import { StoreError } from "./errors.ts";
import { callStore, nameOf, readStore, STORE_TIMEOUT_MS } from "./store-calls.ts";
import { backoff, createTimer } from "./timer.ts";

/** How many milliseconds a store is left alone after a failure, at first and at most. */
const RETRY = [100, 10_000] as const;

/** Where what was read goes, and the errors. */
export interface FollowerOptions {
  /** How many milliseconds lie between two readings. */
  pollIntervalMs: number;
  /**
   * Takes what was read.
   *
   * @param isStale Whether it has become older than what is known; to be asked after waiting for anything.
   */
  take(stored: StoredState | undefined, isStale: () => boolean): Promise<void>;
  /** Called when the store tells of a change, or that it is back: what was kept there may be gone. */
  onChange(): void;
  /** Told of each failure, and with `undefined` of each success. */
  report(error: unknown, doing: "read" | "watch"): void;
}

/** Reads a store again and again. */
export interface Follower {
  /** Reads now, or again if a reading is going on. Resolves when what was read has been taken or could not be read. */
  read(): Promise<void>;
  /** The same once and for itself, whatever else is going on: for where a promise belongs to one request. */
  readAlone(): Promise<void>;
  /** Writes. What is read meanwhile may be older and is not taken; afterwards the store is read again. */
  write<Result>(write: () => Promise<Result>): Promise<Result>;
  /** Reads on its own from now on: when the store tells of a change, and from time to time. */
  start(): void;
  /** Stops, and waits until the store has stopped telling. */
  close(): Promise<void>;
}

/** Makes a follower of a store. */
export function createFollower(
  store: MaintenanceStore,
  { pollIntervalMs, take, onChange, report }: FollowerOptions,
): Follower {
  const poll = createTimer(() => void read());
  const rewatch = createTimer(() => void watch());
  let isClosed = false;
  let isStarted = false;
  let reading: Promise<void> | undefined;
  let readAgain = false;
  let failures = 0;
  // Readings are numbered as they begin: what a later one brought is newer. The same goes for the end of a writing.
  let lastBegun = 0;
  let lastTaken = 0;
  let writing = 0;
  let unwatch: Unwatch | undefined;
  let isWatching = false;
  let watchFailures = 0;

  async function readOnce(): Promise<boolean> {
    const number = ++lastBegun;
    const isStale = () => isClosed || writing > 0 || number < lastTaken;
    try {
      const stored = await readStore(store, STORE_TIMEOUT_MS);
      if (isStale()) return !isClosed && writing === 0;
      await take(stored, isStale);
      if (!isStale()) lastTaken = number;
      failures = 0;
      report(undefined, "read");
      // What can be read again can be watched again: no need to wait any longer.
      if (isStarted && !isWatching && store.watch !== undefined) rewatch.set(0);
    } catch (error) {
      failures++;
      if (!isClosed) report(error, "read");
    }
    return false;
  }

  async function readOn(): Promise<void> {
    do {
      readAgain = false;
      // Again, too, if it was overtaken by a writing.
      readAgain = await readOnce() || readAgain;
    } while (readAgain && failures === 0 && !isClosed);
    reading = undefined;
    if (!isStarted || isClosed) return;
    // Spread, so that a fleet that was started at once does not ask at once for ever.
    poll.set(failures > 0 ? backoff(failures, ...RETRY) : pollIntervalMs * (0.9 + Math.random() * 0.2));
  }

  function read(): Promise<void> {
    if (reading !== undefined) readAgain = true;
    return reading ??= readOn();
  }

  async function write<Result>(act: () => Promise<Result>): Promise<Result> {
    writing++;
    try {
      return await act();
    } finally {
      writing--;
      lastTaken = ++lastBegun;
      if (!isClosed) void read();
    }
  }

  async function watch(): Promise<void> {
    if (store.watch === undefined || isClosed || isWatching) return;
    isWatching = true;
    let isOver = false;
    const fail = (error: unknown) => {
      if (isOver || isClosed) return;
      isOver = true;
      isWatching = false;
      report(new StoreError(`watch ${nameOf(store)}`, error), "watch");
      void stopWatching();
      rewatch.set(backoff(++watchFailures, ...RETRY));
    };
    try {
      const stop = await store.watch(() => {
        if (isOver || isClosed) return;
        watchFailures = 0;
        onChange();
        void read();
      }, fail);
      if (isOver || isClosed) return await stop();
      unwatch = stop;
      report(undefined, "watch");
      // What changed before the watch was in force was not told.
      void read();
    } catch (error) {
      fail(error);
    }
  }

  async function stopWatching(): Promise<void> {
    const stop = unwatch;
    unwatch = undefined;
    try {
      await callStore("stop watching", STORE_TIMEOUT_MS, () => stop?.());
    } catch {
      // It was broken already.
    }
  }

  return {
    read,
    readAlone: async () => void await readOnce(),
    write,
    start() {
      isStarted = true;
      poll.set(pollIntervalMs);
      void watch();
    },
    async close() {
      isClosed = true;
      poll.clear();
      rewatch.clear();
      await stopWatching();
    },
  };
}
