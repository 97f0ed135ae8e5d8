import type { MaintenanceLogFields } from "../../src/opentelemetry.ts";
import type { Meter } from "@opentelemetry/api";
import { type DataPoint, MeterProvider, MetricReader } from "@opentelemetry/sdk-metrics";
import { onTestFinished, vi } from "vitest";
import { type Maintenance, maintenanceMode, type MaintenanceOptions } from "../../src/index.ts";
import { type LiveState, liveState } from "../../src/state.ts";
import { memoryStore } from "../../src/stores/memory.ts";
import type { MaintenanceStore } from "../../src/types/store.ts";

/** Reads when a test says so. */
class ManualReader extends MetricReader {
  protected override onForceFlush(): Promise<void> {
    return Promise.resolve();
  }
  protected override onShutdown(): Promise<void> {
    return Promise.resolve();
  }
}

/** A meter of the real SDK. */
export interface Metered {
  readonly meter: Meter;
  /** The values of all metrics, each under its name with its attributes: `maintenance.overdue{maintenance.window=shop}`. */
  read(): Promise<Record<string, number>>;
  /** The units by the names of the metrics. */
  units(): Promise<Record<string, string>>;
}

/** Makes a meter. */
export function metered(): Metered {
  const reader = new ManualReader();
  const provider = new MeterProvider({ readers: [reader] });
  onTestFinished(() => provider.shutdown());

  async function collect() {
    const { resourceMetrics, errors } = await reader.collect();
    if (errors.length > 0) throw errors[0];
    return resourceMetrics.scopeMetrics.flatMap(({ metrics }) => metrics);
  }

  return {
    meter: provider.getMeter("test"),
    async read() {
      const values: Record<string, number> = {};
      for (const { descriptor, dataPoints } of await collect()) {
        for (const { attributes, value } of dataPoints as DataPoint<number>[]) {
          const text = Object.entries(attributes).map(([name, value]) => `${name}=${value}`).join(",");
          values[`${descriptor.name}${text && `{${text}}`}`] = value;
        }
      }
      return values;
    },
    units: async () =>
      Object.fromEntries((await collect()).map(({ descriptor }) => [descriptor.name, descriptor.unit])),
  };
}

/** A gate over a state. */
export async function siteWith(
  options: MaintenanceOptions = {},
  store: MaintenanceStore = memoryStore(),
): Promise<{ maintenance: Maintenance; state: LiveState }> {
  const state = await liveState(store).ready;
  onTestFinished(() => state.close());
  return { maintenance: maintenanceMode({ ...options, state }), state };
}

/** A request to the site. */
export function requestTo(path: string, init?: RequestInit): Request {
  return new Request(`http://site.test${path}`, init);
}

/** A store that keeps no records of processes, whose writing takes timers. */
export function storeAlone(): MaintenanceStore {
  const { instances: _, ...store } = memoryStore();
  return store;
}

/** Has the clocks and timers of the library move only as a test says. Microtasks stay: stores take some. */
export function useFakeTime(now: number = Date.now()): void {
  vi.useFakeTimers({ now, toFake: ["Date", "performance", "setTimeout", "clearTimeout"] });
}

/** The fields of a line without when a mode was set, and without who has set it if that is this process. */
export function withoutOwn({ since: _, ...fields }: MaintenanceLogFields): MaintenanceLogFields {
  const { by, ...others } = fields;
  return by?.startsWith("process ") ? others : fields;
}
