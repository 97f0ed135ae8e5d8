import { type Gate, INTERNALS } from "../../gate/internals.ts";
import { checkInternals } from "../../util/internals-version.ts";
import { messageOf, received } from "../../util/received.ts";
import type { Maintenance } from "../../gate/maintenance.ts";
import type { MaintenanceOptions } from "../../gate/maintenance-options.ts";
import type { MaintenanceState } from "../../types/maintenance-state.ts";
import { formatState } from "../../state/parse.ts";
import { liveState, WATCHER } from "../../state/live-state.ts";
import { maintenanceMode } from "../../maintenance.ts";
import { memoryStore } from "../../stores/memory.ts";
import { usageError } from "../exit-codes.ts";
import { defaultOf, importOwn, type Module } from "./modules.ts";
import type { Output } from "../output/output.ts";
import { reasonOf, show } from "../output/secrets.ts";

/** The export of the module of `--config`: options of `maintenanceMode()`, or a gate. */
export type Config = { readonly options: MaintenanceOptions } | { readonly gate: Maintenance };

/**
 * Loads the module of `--config`.
 *
 * @throws {CliError} If the module cannot be loaded, or exports something else.
 */
export async function loadConfig(path: string): Promise<Config> {
  let module: Module;
  // The gate of the module serves no requests here, so it must not register as a process.
  Object.assign(globalThis, { [WATCHER]: true });
  try {
    // Here a bare name is a file, not a package.
    module = await importOwn(/^[./\\]|^[a-z]+:/i.test(path) ? path : `./${path}`);
  } catch (error) {
    throw usageError(`Cannot load ${show(path)} for "--config": ${reasonOf(error)}`);
  }
  const value = await defaultOf(module);
  if (typeof value === "function" && INTERNALS in value) {
    try {
      checkInternals((value as unknown as Gate)[INTERNALS], `use ${show(path)} for "--config"`, "its gate");
    } catch (error) {
      throw usageError(reasonOf(error), error);
    }
    return { gate: value as unknown as Maintenance };
  }
  if (typeof value === "object" && value !== null) return { options: value as MaintenanceOptions };
  throw usageError(
    `${show(path)} must default-export the options of maintenanceMode() or a gate, received ${received(value)}`,
  );
}

/**
 * Creates a gate from options and a fixed state. It does not register as a process.
 *
 * @throws {CliError} If an option is not valid.
 */
export async function makeGate(
  options: MaintenanceOptions,
  state: MaintenanceState,
  output: Output,
): Promise<Maintenance> {
  const live = liveState(memoryStore(formatState(state)), { onError: () => {} });
  await live.ready;
  try {
    return maintenanceMode({
      ...options,
      state: live,
      onDecision: () => {},
      onError: (error) => output.note(`the options of --config: ${messageOf(error)}`),
    });
  } catch (error) {
    throw usageError(reasonOf(error), error);
  } finally {
    // The state stays.
    await live.close();
  }
}
