import type { StateSnapshot } from "../../gate/live.ts";
import { windowOf } from "../../state/parts.ts";
import type { MaintenanceState } from "../../types/maintenance-state.ts";
import { likeliest } from "../../util/likeliest.ts";
import { CliError, usageError } from "../exit-codes.ts";
import type { OptionValues } from "../input/options.ts";
import type { OpenStore } from "../open/stores.ts";
import { listInForce } from "../output/windows.ts";
import { commandFor } from "../process/program.ts";
import { nameFlag, readName, viewWindows } from "../windows.ts";
import type { Subject, Target } from "./planned.ts";

/** How many windows an error lists. */
const MOST_LISTED = 20;

/**
 * Reads which window a change is about.
 *
 * @throws {CliError} If the options are not valid or contradict each other.
 */
export function readSubject(options: OptionValues): Subject {
  const given = (["name", "unnamed", "all"] as const).filter((option) => options[option] !== undefined);
  if (given.length > 1) {
    throw usageError(`"--${given[0]}" and "--${given[1]}" contradict each other: give one of them`);
  }
  if (options.all && options.restore) {
    throw usageError('"--all" turns everything off, and "--restore" goes back to what was on: give one of them');
  }
  return { name: readName(options.name), isAll: options.all === true };
}

/**
 * Checks that a change is about a window that exists, and that `off` says which one if several could be meant.
 *
 * @throws {CliError} If it is not so. The message names the windows that exist.
 */
export function requireSubject(
  target: Target,
  { name: given, unnamed, all, restore }: OptionValues,
  snapshot: StateSnapshot,
  opened: OpenStore,
  now: number,
): void {
  if (target !== "off" && target !== "admit") return;
  if (given !== undefined) return requireWindow(snapshot.state, given);
  if (target === "admit" || unnamed || all || restore) return;
  const on = viewWindows(snapshot, now).filter(({ inForce }) => inForce);
  if (on.every(({ name }) => name === undefined)) return;
  const commands = on.slice(0, MOST_LISTED).map((window) => ({
    command: commandFor(opened, window.name === undefined ? "off --unnamed" : `off${nameFlag(window.name)}`),
    about: listInForce([window])!,
  }));
  const more = on.length - MOST_LISTED;
  if (more > 0) commands.push({ command: commandFor(opened, "windows"), about: `${more} more are on` });
  commands.push({ command: commandFor(opened, "off --all"), about: "all of them, and all that are planned" });
  const width = Math.max(...commands.map(({ command }) => command.length));
  const lines = commands.map(({ command, about }) => `${command.padEnd(width)}  # ${about}`);
  const what = on.length > 1 ? "Several windows are on" : `Only window "${on[0]!.name}" is on`;
  throw new CliError("usage", `${what}: say which to turn off. Nothing was changed`, { lines });
}

function requireWindow(state: MaintenanceState, name: string): void {
  if (windowOf(state, name) !== undefined) return;
  const names = Object.keys(state.windows ?? {}).sort();
  if (names.length === 0) {
    const isOn = state.mode === "off" ? "" : ": what is on has none, leave out --name";
    throw usageError(`no window is named "${name}", and none has a name${isOn}`);
  }
  const likely = likeliest(name, names);
  const listed = names.slice(0, MOST_LISTED).join(", ");
  const more = names.length > MOST_LISTED ? ` and ${names.length - MOST_LISTED} more` : "";
  const hint = likely === undefined
    ? `there are ${listed}${more}`
    : `did you mean "${likely}"? There are ${listed}${more}`;
  throw usageError(`no window is named "${name}": ${hint}`);
}
