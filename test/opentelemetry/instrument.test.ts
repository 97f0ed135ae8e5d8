import { metrics } from "@opentelemetry/api";
import { expect, test } from "vitest";
import { maintenanceMode } from "../../src/index.ts";
import { instrument, type InstrumentOptions } from "../../src/opentelemetry.ts";
import { metered, requestTo, siteWith } from "./_site.ts";

test.each<[string, unknown, string]>([
  [
    "no meter",
    {},
    'Cannot instrument maintenance mode: "meter" must be a meter of @opentelemetry/api, received undefined: ' +
    'metrics.getMeter("my-app") makes one',
  ],
  [
    "a logger without info()",
    { meter: metrics.getMeter("test"), logger: { log() {} } },
    'Cannot instrument maintenance mode: "logger" must be an object with a method info(fields, message), received an object',
  ],
  [
    "attributes that are none",
    { meter: metrics.getMeter("test"), attributes: "shop" },
    'Cannot instrument maintenance mode: "attributes" must be an object, received "shop"',
  ],
  [
    "a misspelt option",
    { metter: metrics.getMeter("test") },
    'Cannot instrument maintenance mode: unknown name "metter" in options: did you mean "meter"?',
  ],
])("instrument() refuses %s", (_name, options, message) => {
  expect(() => instrument(maintenanceMode(), options as InstrumentOptions)).toThrow(
    expect.objectContaining({ name: "OptionError", code: "ERR_OPTION_INVALID", message }),
  );
});

test("instrument() refuses what is no gate", () => {
  expect(() => instrument((() => undefined) as never, { meter: metrics.getMeter("test") })).toThrow(
    '"maintenance" must be a gate that maintenanceMode() returned',
  );
});

test("instrument() takes the meter of an application that sets up no metrics", () => {
  const maintenance = maintenanceMode({ enabled: true });
  using _instrumented = instrument(maintenance, { meter: metrics.getMeter("test") });
  expect(maintenance(requestTo("/"))?.status).toBe(503);
});

test("the function that instrument() returns stops the metrics and the lines", async () => {
  const { meter, read } = metered();
  const { maintenance, state } = await siteWith();
  const lines: string[] = [];
  const stop = instrument(maintenance, { meter, logger: { info: (_fields, message) => lines.push(message) } });
  await state.set({ mode: "on" });
  maintenance(requestTo("/"));
  const before = await read();
  stop();
  stop();
  maintenance(requestTo("/"));
  await state.set({ mode: "off" });
  expect(lines).toEqual(["maintenance began", "maintenance refused its first request"]);
  // The SDK repeats what it has been told last.
  expect(await read()).toEqual(before);
});

test("two meters can read the same gate", async () => {
  const { maintenance, state } = await siteWith();
  const [one, other] = [metered(), metered()];
  instrument(maintenance, { meter: one.meter });
  const stop = instrument(maintenance, { meter: other.meter });
  await state.set({ mode: "on" });
  maintenance(requestTo("/"));
  stop();
  maintenance(requestTo("/"));
  const name = "maintenance.decisions{maintenance.outcome=answer,maintenance.because=maintenance}";
  expect((await one.read())[name]).toBe(2);
});
