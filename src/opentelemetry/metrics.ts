import type { GateInternals } from "../gate/internals.ts";
import { overdueBy } from "../util/expected-end.ts";
import { createDecisionCounts, type DecisionCounts } from "./decision-counts.ts";
import type { MeterLike, MetricAttributes, MetricResultLike } from "./meter.ts";
import { createWindowNames } from "./window-names.ts";
import { windowsInForce } from "./windows.ts";

/** The metrics of one gate. */
export interface GateMetrics {
  /** Counts a decision. */
  readonly count: DecisionCounts["add"];
  /** Reports nothing any more. */
  stop(): void;
}

/**
 * Makes the instruments, whose values are found out when the meter is read: a request pays for an addition at most.
 *
 * @param common The attributes of all values.
 * @param onRead Called at each reading with whether maintenance is on.
 */
export function createMetrics(
  internals: GateInternals,
  meter: MeterLike,
  common: MetricAttributes,
  onRead: (isActive: boolean) => void,
): GateMetrics {
  const { live, isActive } = internals;
  const names = createWindowNames();
  const decisions = createDecisionCounts(names.labelOf);
  const instruments = createInstruments(meter);
  const all = Object.values(instruments);

  function observe(result: MetricResultLike): void {
    onRead(isActive());
    observeWindows(result, Date.now());
    for (const { outcome, because, window, value } of decisions.list()) {
      const attributes = { "maintenance.outcome": outcome, "maintenance.because": because };
      result.observe(instruments.decisions, value, { ...of(window), ...attributes });
    }
    if (live === undefined) return;
    // A clock that somebody sets makes no reading older.
    result.observe(instruments.readAge, (performance.now() - live.lastRead) / 1_000, common);
    if (live.tracker === undefined) return;
    const { inFlight, before, streams } = live.tracker.count();
    result.observe(instruments.inFlight, before, { ...common, "maintenance.let_in": "before" });
    result.observe(instruments.inFlight, inFlight - before, { ...common, "maintenance.let_in": "since" });
    result.observe(instruments.streams, streams, common);
  }

  function observeWindows(result: MetricResultLike, now: number): void {
    // A meter repeats the last value of what nobody reports any more: what has ended or is gone has to be 0.
    const found = new Map([undefined, ...names.labels].map((label) => [label, notInForce()]));
    for (const { name, state: window } of windowsInForce(internals)) {
      const label = name === undefined ? undefined : names.labelOf(name);
      const values = found.get(label) ?? notInForce();
      found.set(label, values);
      if (window.mode !== "off") values[window.mode] = 1;
      values.overdue = Math.max(values.overdue, (overdueBy(window, now) ?? 0) / 1_000);
    }
    if (internals.isEnabled()) Object.assign(found.get(undefined)!, { on: 1, "read-only": 0 });
    for (const [label, values] of found) {
      for (const mode of ["on", "read-only"] as const) {
        result.observe(instruments.mode, values[mode], { ...of(label), "maintenance.mode": mode });
      }
      result.observe(instruments.overdue, values.overdue, of(label));
    }
  }

  function of(window: string | undefined): MetricAttributes {
    return window === undefined ? common : { ...common, "maintenance.window": window };
  }

  meter.addBatchObservableCallback(observe, all);
  return { count: decisions.add, stop: () => meter.removeBatchObservableCallback(observe, all) };
}

/** What is reported of a window. */
interface WindowValues {
  on: number;
  "read-only": number;
  /** The seconds since the end that was announced. */
  overdue: number;
}

function notInForce(): WindowValues {
  return { on: 0, "read-only": 0, overdue: 0 };
}

function createInstruments(meter: MeterLike) {
  return {
    mode: meter.createObservableGauge("maintenance.mode", {
      description: "1 for the mode of maintenance that is in force, 0 for the others",
      unit: "{window}",
    }),
    decisions: meter.createObservableCounter("maintenance.decisions", {
      description: "What the gate decided about requests during maintenance, and why",
      unit: "{decision}",
    }),
    inFlight: meter.createObservableUpDownCounter("maintenance.in_flight", {
      description: "Requests and jobs that are not finished, by whether they began before the last change",
      unit: "{request}",
    }),
    streams: meter.createObservableUpDownCounter("maintenance.stream.count", {
      description: "Open event streams and WebSockets",
      unit: "{stream}",
    }),
    readAge: meter.createObservableGauge("maintenance.store.read.age", {
      description: "How long ago the state was last read from its store",
      unit: "s",
    }),
    overdue: meter.createObservableGauge("maintenance.overdue", {
      description: "How long maintenance has been on past the end that was announced",
      unit: "s",
    }),
  };
}
