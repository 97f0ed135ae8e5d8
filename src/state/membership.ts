import { type InForce, RequestTracker } from "../counting/in-flight.ts";
import type { StateSnapshot } from "../gate/live.ts";
import type { Instance } from "../types/fleet.ts";
import type { InstanceRegistry } from "../types/store.ts";
import { type Counts, createCounts } from "./counts.ts";
import { describeHeld, describeInstance } from "./this-process.ts";
import { RECORD_TTL_MS } from "./instance-record.ts";
import { createReporter } from "./reporter.ts";
import { createTimer, within } from "./timer.ts";

/** How often to look whether requests have finished where they do not report it, in milliseconds. */
const SWEEP_EVERY_MS = 25;

/** The state as this process sees it, for its record. */
export interface Standing {
  readonly revision: string | undefined;
  readonly snapshot: StateSnapshot;
  /** The reason why the process cannot follow, if there is one. */
  readonly problem: string | undefined;
  /** What its store has met and mended, until somebody changes the state. */
  readonly notice: string | undefined;
}

/** This process as a member of the fleet: its record in the store, and the requests that it counts. */
export interface Membership {
  /** The id in the record. */
  readonly id: string;
  readonly tracker: RequestTracker;
  readonly counts: Counts;
  /** Writes the record. Resolves when it is written or the writing has failed. */
  report(): Promise<void>;
  /** Notes that something else is in force. */
  turn(inForce: InForce): void;
  /** Notes that the store could not be reached. */
  lostStore(): void;
  /**
   * Returns the promise that a request has to wait for, if any. The fleet takes a process that was stopped for longer than
   * its record lasts for dead, and may have gone on without it. So requests wait until the process has written its record
   * and read the store again.
   */
  noteAlive(): Promise<void> | undefined;
  /** Leaves the fleet. The record of a process that has something at work stays until that has finished. */
  close(): Promise<void>;
}

/** The surroundings of a membership. */
export interface MembershipOptions {
  readonly registry: InstanceRegistry;
  /** The option `counts` of the live state. */
  readonly declared: "work" | "nothing" | undefined;
  /** The reasons for which the gates let requests in by their options. */
  readonly admits: ReadonlySet<string>;
  /** The state of this process, asked for each record. */
  standing(): Standing;
  /** Reads the store again. */
  read(): Promise<void>;
  /** How long requests wait at most, in milliseconds. */
  readonly patienceMs: number;
  /** Called with each failure to write the record, and with `undefined` after each success. */
  onResult(error: unknown): void;
}

/** Makes the membership. Its first `report()` joins the fleet. */
export function createMembership(options: MembershipOptions): Membership {
  const { registry, declared, admits, standing, read, patienceMs, onResult } = options;
  const about = describeInstance();
  const counts = createCounts(declared, () => void reporter.report());
  const tracker = new RequestTracker(() => void reporter.report());
  /** Since when the store has been reached without a failure, on a clock that nobody can set. */
  let connectedSince: number | undefined;
  let aliveAt = performance.now();
  let aliveOn = Date.now();
  let lookedOn = aliveOn;
  let returning: Promise<void> | undefined;
  let isClosed = false;

  // Some hosts do not report finished requests, so the process has to look itself.
  const sweep = createTimer(() => {
    if (tracker.count().before > 0) sweep.set(SWEEP_EVERY_MS);
  });

  function noteAlive(isRecord: boolean): Promise<void> | undefined {
    const clock = Date.now();
    // Many requests come within one millisecond, and nothing stops for long in that.
    if (!isRecord && clock === lookedOn) return returning;
    lookedOn = clock;
    const now = performance.now();
    // This clock stands still while the machine sleeps, and somebody may set the other one.
    const wasStopped = now - aliveAt >= RECORD_TTL_MS || clock - aliveOn >= RECORD_TTL_MS;
    // Requests renew no record.
    if (isRecord || wasStopped) {
      aliveAt = now;
      aliveOn = clock;
    }
    if (wasStopped && returning === undefined && !isClosed) {
      const back = Promise.resolve().then(() => reporter.report()).then(read);
      returning = within(patienceMs, back).finally(() => returning = undefined);
    }
    return returning;
  }

  function describe(): Instance {
    // After a stop, the first request notices it, or the first renewal of the record.
    void noteAlive(true);
    const { revision, snapshot, problem, notice } = standing();
    // Read once: the clock could pass the start or the end in between.
    const clock = Date.now();
    const inForce = snapshot.inForce(clock);
    connectedSince ??= performance.now();
    tracker.sync(inForce);
    const count = tracker.count();
    if (tracker.needsSweep && count.before > 0) sweep.set(SWEEP_EVERY_MS);
    return {
      ...about,
      connectedMs: Math.round(performance.now() - connectedSince),
      clock,
      revision,
      mode: (inForce?.list[0] ?? snapshot).state.mode,
      inForce: inForce !== undefined,
      ...counts.describe(),
      ...count,
      held: describeHeld(tracker),
      admits: [...admits],
      ...(problem !== undefined && { problem }),
      ...(notice !== undefined && { notice }),
    };
  }

  const reporter = createReporter(registry, describe, onResult);

  return {
    id: about.id,
    tracker,
    counts,
    report: reporter.report,
    turn: (inForce) => tracker.turn(inForce),
    lostStore: () => void (connectedSince = undefined),
    noteAlive: () => noteAlive(false),
    close() {
      isClosed = true;
      sweep.clear();
      return reporter.close(declared === "nothing" ? "delete" : "farewell");
    },
  };
}
