import type { MaintenanceStore, StoredState, Unwatch } from "../types/store.ts";
import { StoreError } from "./errors.ts";
import { callStore, nameOf, readStore, STORE_TIMEOUT_MS } from "./store-calls.ts";
import { backoff, createTimer } from "./timer.ts";

/** How long the follower leaves a store alone after a failure, at first and at most, in milliseconds. */
const RETRY = [100, 10_000] as const;

/** The receivers of readings and errors. */
export interface FollowerOptions {
  /** The time between two readings, in milliseconds. */
  pollIntervalMs: number;
  /**
   * Takes what the store holds.
   *
   * @param isStale Tells whether something newer is known by now. Ask after each `await`.
   */
  take(stored: StoredState | undefined, isStale: () => boolean): Promise<void>;
  /** Called when the store reports a change, or that it is back: its data may be gone. */
  onChange(): void;
  /** Called with what the store has met and mended. */
  notify(message: string): void;
  /** Called with each failure, and with `undefined` after each success. */
  report(error: unknown, doing: "read" | "watch"): void;
}

/** Reads a store again and again. */
export interface Follower {
  /** Reads now, or once more if a reading is going on. Resolves when the result has been taken or the reading has failed. */
  read(): Promise<void>;
  /** Reads once, whatever else is going on. The promise can then belong to one request. */
  readAlone(): Promise<void>;
  /** Writes. Readings that overlap may be older and are not taken; the store is read again afterwards. */
  write<Result>(write: () => Promise<Result>): Promise<Result>;
  /** Starts to read on its own: when the store reports a change, and at each interval. */
  start(): void;
  /** Stops, and waits until the store has stopped watching. */
  close(): Promise<void>;
}

/** Makes a follower of a store. */
export function createFollower(
  store: MaintenanceStore,
  { pollIntervalMs, take, onChange, notify, report }: FollowerOptions,
): Follower {
  const poll = createTimer(() => void read());
  const rewatch = createTimer(() => void watch());
  let isClosed = false;
  let isStarted = false;
  let reading: Promise<void> | undefined;
  let readAgain = false;
  let failures = 0;
  // Readings are numbered as they begin: a later one brings newer data. The end of a writing gets a number as well.
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
      const stored = await readStore(store, STORE_TIMEOUT_MS, notify);
      if (isStale()) return !isClosed && writing === 0;
      await take(stored, isStale);
      if (!isStale()) lastTaken = number;
      failures = 0;
      report(undefined, "read");
      // A store that can be read again can be watched again.
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
      // Also read again if a writing overtook the reading.
      readAgain = await readOnce() || readAgain;
    } while (readAgain && failures === 0 && !isClosed);
    reading = undefined;
    if (!isStarted || isClosed) return;
    // At random, so that a fleet that starts at once does not ask at once forever.
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
      // The store did not report changes from before the watch.
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
      // The watch was broken already.
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
