import { internalsOf } from "../gate/internals.ts";
import type { Maintenance } from "../gate/maintenance.ts";
import { checkNames, invalidOption } from "../util/errors.ts";
import { ownOf } from "../util/own.ts";
import { createLog, type LoggerLike } from "./log.ts";
import { METER_METHODS, type MeterLike, type MetricAttributes } from "./meter.ts";
import { createMetrics } from "./metrics.ts";

/** Options of {@linkcode instrument}. */
export interface InstrumentOptions {
  /** The meter of `@opentelemetry/api` that makes the metrics: `metrics.getMeter("my-app")`. */
  meter: MeterLike;
  /**
   * Writes a line when maintenance begins, ends or is changed, and for the first request that each maintenance refuses: pino,
   * bunyan, `console`, or anything with a method `info(fields, message)`. No line holds a secret. Default: no lines.
   */
  logger?: LoggerLike;
  /**
   * Attributes of all metrics, such as `{ site: "shop" }`. Two gates that share a meter need different ones, because their
   * metrics have the same names.
   *
   * @default {{}}
   */
  attributes?: MetricAttributes;
}

const TASK = "instrument maintenance mode";

/**
 * Reports what a gate does as metrics of OpenTelemetry, and as log lines.
 *
 * The metrics: `maintenance.mode`, `maintenance.decisions`, `maintenance.in_flight`, `maintenance.stream.count`,
 * `maintenance.store.read.age` and `maintenance.overdue`. They are found out when the meter is read. While maintenance is off,
 * a request pays nothing for them, otherwise an addition.
 *
 * @param maintenance The gate.
 * @param options The meter, and where log lines go.
 * @returns A function that stops it. A meter may repeat the last values until its provider is shut down.
 * @throws {OptionError} If the gate or an option is not valid.
 * @throws {MaintenanceError} With the code `"ERR_VERSION"`, if another version of this package has made the gate.
 * @see {@link https://opentelemetry.io/docs/specs/semconv/general/metrics/ | How OpenTelemetry names metrics}
 * @example Usage
 * ```ts ignore
 * import { metrics } from "@opentelemetry/api";
 * import { maintenanceMode } from "maintenancemode";
 * import { instrument } from "maintenancemode/opentelemetry";
 *
 * const maintenance = maintenanceMode({ enabled: true });
 * const stop = instrument(maintenance, { meter: metrics.getMeter("my-app"), logger: console });
 * stop();
 * ```
 */
export function instrument(maintenance: Maintenance, options: InstrumentOptions): (() => void) & Disposable {
  const internals = internalsOf(maintenance, TASK);
  checkNames(TASK, options, ["meter", "logger", "attributes"]);
  const { meter, logger, attributes = {} } = ownOf(options);
  if (METER_METHODS.some((name) => typeof meter?.[name] !== "function")) {
    throw invalidOption(TASK, "meter", "a meter of @opentelemetry/api", meter, 'metrics.getMeter("my-app") makes one');
  }
  if (logger !== undefined && typeof logger?.info !== "function") {
    throw invalidOption(TASK, "logger", "an object with a method info(fields, message)", logger);
  }
  if (typeof attributes !== "object" || attributes === null) {
    throw invalidOption(TASK, "attributes", "an object", attributes);
  }

  const log = logger && createLog(internals, logger);
  const metrics = createMetrics(internals, meter, { ...attributes }, (isActive) => log?.noteActive(isActive));
  const unobserve = internals.observe((made) => {
    // Maintenance is on elsewhere on the site.
    if (made.because === "off") return;
    metrics.count(made);
    log?.note(made);
  });

  function stop(): void {
    unobserve();
    metrics.stop();
    log?.stop();
  }
  return Object.assign(stop, { [Symbol.dispose]: stop });
}
