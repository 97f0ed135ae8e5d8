import type { MaintenanceState } from "../../types/maintenance-state.ts";
import { formatTime, toInstant } from "../input/times.ts";
import type { OpenStore } from "../open/stores.ts";
import { commandFor } from "../process/program.ts";
import { jsonOf, showable, type Situation } from "../situation.ts";
import { offWords } from "../windows.ts";
import {
  count,
  describeReason,
  describeRecurring,
  describeRun,
  partOf,
  printable,
  printRows,
  type Row,
} from "./describe.ts";
import type { Colour, Output } from "./output.ts";
import { cut } from "./wrap.ts";

/** How many windows a line names, and how many lines `status` gives them. */
const MOST_NAMED = 10;

/** The name of a window for people. */
export function nameOf({ name }: Pick<Situation, "name">): string {
  return name ?? "(unnamed)";
}

/** The phase of a window for people. */
function phaseOf({ phase, state }: Situation): string {
  if (phase !== "scheduled") return phase;
  return state.recurring === undefined ? "planned" : "recurring";
}

const COLOURS: Readonly<Record<Situation["phase"], Colour>> = {
  on: "red",
  "read-only": "yellow",
  scheduled: "yellow",
  ended: "green",
  off: "green",
};

/** A window in a few words, without its name: its phase, its part, and when it begins or ends. */
function briefly(window: Situation, now: number): string {
  const { state, phase, beginsAt, endsAt } = window;
  const part = partOf(state);
  const when = beginsAt !== undefined
    ? `begins ${formatTime(beginsAt, now)}`
    : endsAt === undefined
    ? undefined
    : `${phase === "ended" ? "at" : "until"} ${formatTime(endsAt, now)}`;
  return printable([phaseOf(window), part, when].filter((text) => text !== undefined).join(", "));
}

/** The names of some windows, in one line. */
export function listNames(windows: readonly Pick<Situation, "name">[]): string {
  const more = windows.length - MOST_NAMED;
  return `${windows.slice(0, MOST_NAMED).map(nameOf).join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
}

/** The windows in force among some, in one line; `undefined` if none is. */
export function listInForce(windows: readonly Situation[]): string | undefined {
  const on = windows.filter(({ inForce }) => inForce);
  if (on.length === 0) return undefined;
  const named = on.slice(0, MOST_NAMED).map((window) => {
    const part = partOf(window.state);
    const about = [part, window.phase === "read-only" ? "read-only" : undefined].filter((text) => text !== undefined);
    return `${nameOf(window)}${about.length === 0 ? "" : ` (${about.join(", ")})`}`;
  });
  const more = on.length - named.length;
  return printable(`${named.join("; ")}${more > 0 ? `; and ${more} more` : ""}`);
}

/** A window as `--json` prints it. */
export function windowJson(window: Situation, opened: OpenStore, state: MaintenanceState): Record<string, unknown> {
  const { name, beginsAgainAt } = window;
  return {
    name: name ?? null,
    ...jsonOf(window),
    beginsAgainAt: beginsAgainAt === undefined ? null : toInstant(beginsAgainAt),
    state: showable(window.state),
    undo: window.state.mode === "off" ? null : commandFor(opened, offWords(name, state)),
  };
}

/** Prints all windows with what there is to know of each. */
export function printWindows(output: Output, windows: readonly Situation[], opened: OpenStore, now: number): void {
  if (windows.length === 0) return output.line("No maintenance is on or planned.");
  for (const window of windows) {
    output.line(`${printable(nameOf(window))}  ${output.paint(COLOURS[window.phase], phaseOf(window))}`);
    printRows(output, describeWindow(window, now));
  }
  output.line("");
  output.line(`To turn one off: ${commandFor(opened, "off --name <name>")}`);
}

function describeWindow({ state, phase, beginsAt, endsAt, beginsAgainAt }: Situation, now: number): Row[] {
  const { hosts, urls, reason, since, by, note } = state;
  const rows: (Row | false | undefined)[] = [
    beginsAt !== undefined && ["begins", formatTime(beginsAt, now)],
    phase === "ended"
      ? ["ended", formatTime(endsAt!, now)]
      : phase !== "off" && ["ends", endsAt === undefined ? "when you turn it off" : formatTime(endsAt, now)],
    beginsAgainAt !== undefined && ["again", formatTime(beginsAgainAt, now)],
    ...describeRecurring(state, now),
    hosts && ["hosts", hosts.join(", ")],
    urls && ["urls", urls.join(", ")],
    hosts === undefined && urls === undefined && ["part", "the whole site"],
    reason !== undefined && ["reason", describeReason(reason)],
    since !== undefined && ["since", formatTime(Date.parse(since), now)],
    by !== undefined && ["by", by],
    note !== undefined && ["note", note],
    ...describeRun(state),
  ];
  return rows.filter((row): row is Row => row !== undefined && row !== false);
}

/** Sums up a state in one sentence if only windows with a name are on or planned; `undefined` otherwise. */
export function headlineOfAll(output: Output, top: Situation, windows: readonly Situation[]): string | undefined {
  const phase = windows[0]?.phase;
  if (top.phase !== "off" || phase === undefined || phase === "ended" || phase === "off") return undefined;
  const alike = windows.filter((window) => window.phase === phase);
  const part = alike.every(({ state }) => partOf(state) !== undefined) ? " for part of the site" : "";
  return `Maintenance is ${output.paint(COLOURS[phase], phase)}${part}, in ${
    count(alike.length, "window")
  } with a name.`;
}

/** Prints the windows with a name in a line each, if there are any. */
export function printNamed(output: Output, windows: readonly Situation[], opened: OpenStore, now: number): void {
  const named = windows.filter(({ name }) => name !== undefined);
  if (named.length === 0) return;
  const shown = named.slice(0, MOST_NAMED);
  const width = Math.max(...shown.map((window) => nameOf(window).length));
  output.line("");
  output.line(`${count(named.length, "window")} with a name: see ${commandFor(opened, "windows")}`);
  for (const window of shown) {
    output.line(`  ${cut(`${nameOf(window).padEnd(width)}  ${briefly(window, now)}`, output.width - 2)}`);
  }
  if (named.length > shown.length) output.line(`  and ${named.length - shown.length} more`);
}
