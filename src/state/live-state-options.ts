import type { MaintenanceMode, MaintenanceState } from "../types/maintenance-state.ts";
import type { MaintenanceStore } from "../types/store.ts";
import { checkFunction, checkNames, invalidOption } from "../util/errors.ts";
import { ownOf } from "../util/own.ts";
import { isWorker } from "./this-process.ts";
import { parseState } from "./parse.ts";

/** Options of {@link liveState}, all optional. */
export interface LiveStateOptions {
  /**
   * The mode or the state until the first reading of the store.
   *
   * By default, a store that cannot be reached does not take a healthy site down. With `"on"` it does, for sites that must
   * not be open by mistake.
   *
   * @default {"off"}
   */
  initial?: MaintenanceMode | MaintenanceState;
  /**
   * The time between two readings of the store, in milliseconds: a number above 0. The store is also read when it reports a
   * change.
   *
   * @default The store's proposal, or 5000
   */
  pollIntervalMs?: number;
  /**
   * How long the start may take, in milliseconds: a number above 0. For so long at most, requests in `withMaintenance` and
   * `maintenanceMiddleware`, and callers that await `ready`, wait for the first reading.
   *
   * @default {2000}
   */
  startTimeoutMs?: number;
  /**
   * Whether `ready` rejects if the store could not be read within `startTimeoutMs`.
   *
   * @default {false}
   */
  requireStore?: boolean;
  /**
   * Whether the store is read only while `withMaintenance` handles a request: for platforms on which nothing runs between
   * requests, such as AWS Lambda. The fleet then has no records, and a gate without `withMaintenance` never reads the store.
   *
   * @default {true} in Cloudflare Workers, otherwise the store's proposal, or `false`
   */
  perRequest?: boolean;
  /**
   * What this process has at work beside the requests that its gate counts. `"work"`: jobs, all of which it gives to
   * `state.track()`. `"nothing"`: it only watches, and `--wait`, `run` and `during()` do not wait for it to finish anything.
   *
   * Without it, a process that has neither `withMaintenance`, `maintenanceMiddleware` nor tracked work is one of which nobody
   * knows what it has at work: they fail.
   *
   * @default unknown, until a helper counts requests or `state.track()` gets work
   */
  counts?: "work" | "nothing";
  /**
   * Called with errors: the store cannot be reached, or its state is not valid. Each error is reported once until it has
   * passed.
   *
   * @default `console.error`, unless there is a listener for `"error"`
   */
  onError?: (error: unknown) => void;
}

/** The first words of messages. */
export const TASK = "follow the maintenance state";

const NAMES = [
  "initial",
  "pollIntervalMs",
  "startTimeoutMs",
  "requireStore",
  "perRequest",
  "counts",
  "onError",
] as const satisfies readonly (
  keyof LiveStateOptions
)[];

/** Checked options with their defaults. */
export interface LiveStateSettings {
  readonly initial: MaintenanceState;
  readonly pollIntervalMs: number;
  readonly startTimeoutMs: number;
  readonly requireStore: boolean;
  readonly perRequest: boolean;
  readonly counts: "work" | "nothing" | undefined;
  readonly onError: ((error: unknown) => void) | undefined;
}

/**
 * Checks the store and the options and fills in defaults.
 *
 * @throws {OptionError} If the store or an option is not valid.
 */
export function resolveOptions(store: MaintenanceStore, options: LiveStateOptions): LiveStateSettings {
  if (typeof store?.read !== "function") {
    throw invalidOption(TASK, "store", 'a store such as fileStore("maintenance.json")', store);
  }
  const { pollInterval } = store as { pollInterval?: unknown };
  if (pollInterval !== undefined && store.pollIntervalMs === undefined) {
    // The member was renamed. A store that still has the old name would silently be polled at another interval.
    throw invalidOption(TASK, "store.pollInterval", "left out", pollInterval, 'rename it to "pollIntervalMs"');
  }
  checkNames(TASK, options, NAMES);
  const { initial = "off", pollIntervalMs, startTimeoutMs = 2_000, requireStore = false, perRequest, counts, onError } =
    ownOf(options);
  const state = parseState(typeof initial === "string" ? { mode: initial } : initial);
  if ([state, ...Object.values(state.windows ?? {})].some(({ recurring }) => recurring !== undefined)) {
    throw invalidOption(TASK, "initial", 'a mode or a state without "recurring"', initial);
  }
  for (const [name, value] of Object.entries({ pollIntervalMs, startTimeoutMs })) {
    if (value !== undefined && !(typeof value === "number" && value > 0 && value < 2 ** 31)) {
      throw invalidOption(TASK, name, "a number of milliseconds above 0", value);
    }
  }
  for (const [name, value] of Object.entries({ requireStore, perRequest })) {
    if (value !== undefined && typeof value !== "boolean") throw invalidOption(TASK, name, "true or false", value);
  }
  if (counts !== undefined && counts !== "work" && counts !== "nothing") {
    throw invalidOption(TASK, "counts", '"work" or "nothing"', counts);
  }
  if (onError !== undefined) checkFunction(TASK, "onError", onError);
  return {
    initial: state,
    pollIntervalMs: pollIntervalMs ?? store.pollIntervalMs ?? 5_000,
    startTimeoutMs,
    requireStore,
    perRequest: perRequest ?? store.perRequest ?? isWorker(),
    counts,
    onError,
  };
}
