import { type Meter, metrics } from "@opentelemetry/api";
import { MeterProvider } from "@opentelemetry/sdk-metrics";
import { maintenanceMode } from "maintenancemode";
import { instrument, type LoggerLike, type MeterLike } from "maintenancemode/opentelemetry";
import { type Equal, expect } from "./_expect.ts";

const maintenance = maintenanceMode({ enabled: true });

// A meter of the API, and one of the SDK.
const meter: Meter = metrics.getMeter("test");
expect<Equal<typeof meter extends MeterLike ? true : false, true>>();
instrument(maintenance, { meter });
instrument(maintenance, { meter: new MeterProvider().getMeter("test"), attributes: { site: "shop", shard: 3 } });
// @ts-expect-error the provider is no meter
instrument(maintenance, { meter: metrics });
// @ts-expect-error it cannot do without one
instrument(maintenance, { logger: console });

const stop = instrument(maintenance, { meter, logger: console });
expect<Equal<ReturnType<typeof stop>, void>>();
stop[Symbol.dispose]();

// As pino declares it.
interface LogFn {
  <T extends object>(fields: T, message?: string, ...args: unknown[]): void;
  (message: string, ...args: unknown[]): void;
}
declare const pino: { info: LogFn };
expect<Equal<typeof pino extends LoggerLike ? true : false, true>>();
instrument(maintenance, {
  meter,
  logger: {
    info({ event, window, durationMs }, message) {
      expect<Equal<typeof message, string>>();
      expect<Equal<typeof window, string | undefined>>();
      expect<Equal<typeof durationMs, number | undefined>>();
      return event === "maintenance.begin";
    },
  },
});
// @ts-expect-error it has no info()
instrument(maintenance, { meter, logger: { log() {} } });
