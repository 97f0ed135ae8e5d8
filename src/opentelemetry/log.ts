import type { GateInternals } from "../gate/internals.ts";
import type { AnswerReason, Decision } from "../types/decision.ts";
import type { MaintenanceState, MaintenanceWindow } from "../types/maintenance-state.ts";
import { call } from "../util/listener.ts";
import { isSameJson } from "../util/same-json.ts";
import { windowsInForce } from "./windows.ts";

/** A logger by the method in use: one of pino or bunyan, `request.log` of Fastify, or `console`. */
export interface LoggerLike {
  /** Writes a line, with its fields apart from the words. */
  info(fields: MaintenanceLogFields, message: string): unknown;
}

/** The fields of a log line. Each one that is not known is left out. */
export interface MaintenanceLogFields {
  /** What has happened. */
  readonly event: "maintenance.begin" | "maintenance.end" | "maintenance.change" | "maintenance.refusal";
  /** The name of the window; left out for the one of the top level. */
  readonly window?: string;
  /** The mode. At the end of maintenance, the one that it had. */
  readonly mode?: MaintenanceWindow["mode"];
  /** The reason that visitors read. */
  readonly reason?: MaintenanceWindow["reason"];
  /** The operator who set the state, or ended it. */
  readonly by?: string;
  /** Since when the mode holds. */
  readonly since?: string;
  /** The start. */
  readonly start?: string;
  /** The end. */
  readonly end?: string;
  /** The end that is announced. */
  readonly expectedEnd?: string;
  /** Why the gate refused a request. */
  readonly because?: AnswerReason;
  /** How long this process saw maintenance in force, in milliseconds. */
  readonly durationMs?: number;
}

const MESSAGES: Readonly<Record<MaintenanceLogFields["event"], string>> = {
  "maintenance.begin": "maintenance began",
  "maintenance.end": "maintenance ended",
  "maintenance.change": "maintenance changed",
  "maintenance.refusal": "maintenance refused its first request",
};

const OFF: MaintenanceWindow = { mode: "off" };

/** The fields of a window that go into a log. Neither a secret nor its hash does. */
const SHOWN = ["mode", "reason", "by", "since", "start", "end", "expectedEnd"] as const;

/** Writes log lines. */
export interface GateLog {
  /** Notes a decision: the first refusal of a maintenance makes a line. */
  note(made: Decision): void;
  /** Notes whether maintenance is on: a gate without a state hears of it in no other way. */
  noteActive(isActive: boolean): void;
  /** Writes nothing any more. */
  stop(): void;
}

/** Makes a log of what happens to the state, and of the first refusal of each maintenance. */
export function createLog(internals: GateInternals, logger: LoggerLike): GateLog {
  const state = internals.live?.state;
  /** The names of the windows that are known to be in force, and when they began by the monotonic clock. */
  const begun = new Map<string | undefined, number>();
  /** The names of the windows that have refused a request since they began. */
  const refused = new Set<string | undefined>();

  function write(
    event: MaintenanceLogFields["event"],
    name: string | undefined,
    fields: Omit<MaintenanceLogFields, "event" | "window">,
  ): void {
    const line = { event, ...(name !== undefined && { window: name }), ...fields };
    call("logger.info", () => logger.info(line, MESSAGES[event]));
  }

  function begin(window: MaintenanceWindow, name: string | undefined): void {
    if (begun.has(name)) return;
    begun.set(name, performance.now());
    write("maintenance.begin", name, shownOf(window));
  }

  function end(window: MaintenanceWindow, name: string | undefined): void {
    const since = begun.get(name);
    begun.delete(name);
    // Not when it begins: a request may be refused a moment before this process hears of that.
    refused.delete(name);
    const { by: _, ...shown } = shownOf(window);
    const next = windowOf(state!.current, name);
    write("maintenance.end", name, {
      ...shown,
      // The clock has no name.
      ...(next?.mode === "off" && next.by !== undefined && { by: next.by }),
      ...(since !== undefined && { durationMs: Math.round(performance.now() - since) }),
    });
  }

  /** Writes a line for each window that has changed and neither begins nor ends by that, which makes a line anyway. */
  function change(current: MaintenanceState, former: MaintenanceState): void {
    const inForce = new Set(windowsInForce(internals).map(({ name }) => name));
    for (const name of new Set([undefined, ...namesIn(current), ...namesIn(former)])) {
      const [window, before] = [windowOf(current, name) ?? OFF, windowOf(former, name) ?? OFF];
      // Of ten thousand windows, nearly all are the same objects.
      if (isSameJson(window, before)) continue;
      if (begun.has(name) !== inForce.has(name)) continue;
      write("maintenance.change", name, shownOf(window));
    }
  }

  function note(made: Decision): void {
    if (made.outcome === "pass" || made.because === "bypass-link") return;
    const { because, window: name } = made;
    if (refused.has(name)) return;
    refused.add(name);
    // Not that of the top level while `enabled` closes the site and the state does not.
    const window = windowsInForce(internals).find((window) => window.name === name)?.state;
    write("maintenance.refusal", name, { ...(window !== undefined && shownOf(window)), because });
  }

  const removers = state === undefined
    ? []
    : [state.on("change", change), state.on("begin", begin), state.on("end", end)];
  for (const { name, state: window } of windowsInForce(internals)) begin(window, name);

  return {
    note,
    noteActive(isActive) {
      if (!isActive) refused.delete(undefined);
    },
    stop() {
      for (const remove of removers) remove();
    },
  };
}

function shownOf(window: MaintenanceWindow): Pick<MaintenanceWindow, typeof SHOWN[number]> {
  return Object.fromEntries(
    SHOWN.filter((name) => Object.hasOwn(window, name)).map((name) => [name, window[name]]),
  ) as Pick<MaintenanceWindow, typeof SHOWN[number]>;
}

function namesIn({ windows }: MaintenanceState): string[] {
  return windows === undefined ? [] : Object.keys(windows);
}

/** A window by its name; the maintenance at the top level without one. */
function windowOf(state: MaintenanceState, name: string | undefined): MaintenanceWindow | undefined {
  // A window may be called "constructor".
  if (name !== undefined) return Object.hasOwn(state.windows ?? {}, name) ? state.windows![name] : undefined;
  const { windows: _, ...window } = state;
  return window;
}
