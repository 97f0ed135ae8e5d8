import type { MaintenanceStore } from "../../types/store.ts";
import { usageError } from "../exit-codes.ts";
import type { OptionValues } from "../input/options.ts";
import { parseDurationOption } from "../input/times.ts";

/** How to wait for the fleet. */
export interface WaitPlan {
  /** The longest wait, in milliseconds. */
  readonly timeoutMs: number;
  /** Whether to wait for event streams and upgraded connections as well. */
  readonly streams: boolean;
  /** Whether to proceed if no process is registered. */
  readonly allowNone: boolean;
  /** Whether to proceed although processes do not count what they have at work. */
  readonly allowUncounted: boolean;
  /** Whether to proceed without processes that went silent. */
  readonly allowLost: boolean;
  /** How many processes have to be ready at least. */
  readonly expect: number | undefined;
}

const SWITCHES = ["streams", "allow-no-instances", "allow-uncounted", "allow-lost"] as const;

/**
 * Reads the options of waiting.
 *
 * @param byDefault The wait if `--wait` was not given.
 * @returns How to wait, or `undefined` not to wait.
 * @throws {CliError} If an option is not valid, or needs `--wait`.
 */
export function readWaitPlan(options: OptionValues, byDefault?: string): WaitPlan | undefined {
  const wait = options.wait ?? byDefault;
  if (wait === undefined) {
    for (const name of [...SWITCHES, "expect"] as const) {
      if (options[name] !== undefined) throw usageError(`"--${name}" works only with "--wait": add --wait 60s`);
    }
    return undefined;
  }
  if (options.expect !== undefined && options["allow-no-instances"]) {
    throw usageError('"--expect" and "--allow-no-instances" contradict each other: give one of them');
  }
  return {
    timeoutMs: parseDurationOption("--wait", wait),
    streams: options.streams === true,
    allowNone: options["allow-no-instances"] === true,
    allowUncounted: options["allow-uncounted"] === true,
    allowLost: options["allow-lost"] === true,
    expect: options.expect === undefined ? undefined : parseExpect(options.expect),
  };
}

function parseExpect(text: string): number {
  if (/^[1-9][0-9]{0,5}$/.test(text)) return Number(text);
  throw usageError(`"--expect" must be a number of processes such as 12, received ${JSON.stringify(text)}`);
}

/**
 * Checks that a store records its processes.
 *
 * @param what The command or option that waits.
 * @throws {CliError} If it does not.
 */
export function requireInstances(store: MaintenanceStore, label: string, what: string): void {
  if (store.instances !== undefined) return;
  throw usageError(
    `${what} cannot wait with ${label}: this store does not record its processes; file:, redis: and denokv: stores do`,
  );
}
