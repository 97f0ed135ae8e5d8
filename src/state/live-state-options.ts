import type { MaintenanceMode, MaintenanceState } from "../types/maintenance-state.ts";
import type { MaintenanceStore } from "../types/store.ts";
import { checkFunction, checkNames, invalidOption } from "../util/errors.ts";
import { isWorker } from "./this-process.ts";
import { parseState } from "./parse.ts";

/** Options of {@link liveState}, all optional. */
export interface LiveStateOptions {
  /**
   * What holds until the store was read for the first time: a mode or a state.
   *
   * By default a store that cannot be reached does not take a healthy site down. With `"on"` it does, for sites that must
   * not be open by mistake.
   *
   * @default {"off"}
   */
  initial?: MaintenanceMode | MaintenanceState;
  /**
   * How many milliseconds lie between two readings of the store, beside those when it tells of a change.
   *
   * @default What the store proposes, or 5000
   */
  pollIntervalMs?: number;
  /**
   * How many milliseconds the start may take: for so long at most, requests in `withMaintenance` and `maintenanceMiddleware` and
   * whoever awaits `ready` wait for the first reading.
   *
   * @default {2000}
   */
  startTimeoutMs?: number;
  /**
   * Whether `ready` rejects if the store could not be read in time.
   *
   * @default {false}
   */
  requireStore?: boolean;
  /**
   * Whether the store is read only while `withMaintenance` handles a request: for platforms on which nothing goes on
   * between requests, such as AWS Lambda. There is no fleet then, and a gate without `withMaintenance` never reads the store.
   *
   * @default {true} in Cloudflare Workers, otherwise what the store proposes, or `false`
   */
  perRequest?: boolean;
  /**
   * Told of errors: the store cannot be reached, what it holds is not valid. Once for each, until it works again.
   *
   * @default `console.error`, unless somebody listens to `"error"`
   */
  onError?: (error: unknown) => void;
}

/** What cannot be done, in messages. */
export const TASK = "follow the maintenance state";

const NAMES = [
  "initial",
  "pollIntervalMs",
  "startTimeoutMs",
  "requireStore",
  "perRequest",
  "onError",
] as const satisfies readonly (
  keyof LiveStateOptions
)[];

/** Options that were checked, with their defaults. */
export interface LiveStateSettings {
  readonly initial: MaintenanceState;
  readonly pollIntervalMs: number;
  readonly startTimeoutMs: number;
  readonly requireStore: boolean;
  readonly perRequest: boolean;
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
  const { initial = "off", pollIntervalMs, startTimeoutMs = 2_000, requireStore = false, perRequest, onError } =
    options;
  const state = parseState(typeof initial === "string" ? { mode: initial } : initial);
  if (state.recurring !== undefined) {
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
  if (onError !== undefined) checkFunction(TASK, "onError", onError);
  return {
    initial: state,
    pollIntervalMs: pollIntervalMs ?? store.pollIntervalMs ?? 5_000,
    startTimeoutMs,
    requireStore,
    perRequest: perRequest ?? store.perRequest ?? isWorker(),
    onError,
  };
}
