import { afterEach, expect, test, vi } from "vitest";
import { maintenanceMode } from "../../src/index.ts";
import { instrument, type LoggerLike, type MaintenanceLogFields } from "../../src/opentelemetry.ts";
import { metered, requestTo, siteWith, storeAlone, useFakeTime, withoutOwn } from "./_site.ts";

afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

/** A logger that keeps its lines. */
function keep(): { logger: LoggerLike; lines: [MaintenanceLogFields, string][] } {
  const lines: [MaintenanceLogFields, string][] = [];
  return { logger: { info: (fields, message) => void lines.push([withoutOwn(fields), message]) }, lines };
}

test("logger gets a line when maintenance begins, is changed, first refuses a request, and ends", async () => {
  useFakeTime();
  const { maintenance, state } = await siteWith({}, storeAlone());
  const { logger, lines } = keep();
  instrument(maintenance, { meter: metered().meter, logger });
  maintenance(requestTo("/"));
  expect(lines.splice(0)).toEqual([]);

  await state.set({
    mode: "on",
    reason: "Moving house",
    by: "kim@web1",
    note: "see the wiki",
    bypass: "a-secret-of-16-chars",
  });
  expect(lines.splice(0)).toEqual([[
    { event: "maintenance.begin", mode: "on", reason: "Moving house", by: "kim@web1" },
    "maintenance began",
  ]]);

  for (let i = 0; i < 3; i++) maintenance(requestTo("/cart?token=secret"));
  expect(lines.splice(0)).toEqual([[
    { event: "maintenance.refusal", mode: "on", reason: "Moving house", by: "kim@web1", because: "maintenance" },
    "maintenance refused its first request",
  ]]);

  await state.set({ mode: "read-only", by: "kim@web1" });
  maintenance(requestTo("/", { method: "POST" }));
  expect(lines.splice(0)).toEqual([[
    { event: "maintenance.change", mode: "read-only", by: "kim@web1" },
    "maintenance changed",
  ]]);

  await vi.advanceTimersByTimeAsync(60_000);
  await state.set({ mode: "off", by: "robin@web2" });
  expect(lines.splice(0)).toEqual([[
    { event: "maintenance.end", mode: "read-only", by: "robin@web2", durationMs: 60_000 },
    "maintenance ended",
  ]]);

  // Each maintenance refuses a first request of its own.
  await state.set({ mode: "on" });
  maintenance(requestTo("/"));
  maintenance(requestTo("/"));
  expect(lines.map(([{ event }]) => event)).toEqual(["maintenance.begin", "maintenance.refusal"]);
});

test("logger gets a line for what is planned, and one when the clock begins and ends it", async () => {
  useFakeTime(Date.parse("2026-11-22T00:30:00Z"));
  const { maintenance, state } = await siteWith({}, storeAlone());
  const { logger, lines } = keep();
  instrument(maintenance, { meter: metered().meter, logger });
  const planned = { mode: "on", start: "2026-11-22T01:00:00Z", end: "2026-11-22T02:00:00Z" } as const;
  await state.set({ ...planned, by: "kim@web1" });
  expect(lines.splice(0)).toEqual([[
    { event: "maintenance.change", ...planned, by: "kim@web1" },
    "maintenance changed",
  ]]);
  await vi.advanceTimersByTimeAsync(3_600_000);
  expect(lines.splice(0)).toEqual([[
    { event: "maintenance.begin", ...planned, by: "kim@web1" },
    "maintenance began",
  ]]);
  await vi.advanceTimersByTimeAsync(3_600_000);
  expect(lines.splice(0)).toEqual([[
    { event: "maintenance.end", ...planned, durationMs: 3_600_000 },
    "maintenance ended",
  ]]);
});

test("logger gets a line for maintenance that is in force when the process starts", async () => {
  const { maintenance, state } = await siteWith();
  await state.set({ mode: "on" });
  const { logger, lines } = keep();
  instrument(maintenance, { meter: metered().meter, logger });
  expect(lines).toEqual([[{ event: "maintenance.begin", mode: "on" }, "maintenance began"]]);
});

test("logger gets the first refusal of a gate without a state, and another one after it was off", async () => {
  let isOn = true;
  const maintenance = maintenanceMode({ enabled: () => isOn });
  const { meter, read } = metered();
  const { logger, lines } = keep();
  instrument(maintenance, { meter, logger });
  maintenance(requestTo("/"));
  await read();
  maintenance(requestTo("/"));
  expect(lines.splice(0)).toEqual([[
    { event: "maintenance.refusal", because: "maintenance" },
    "maintenance refused its first request",
  ]]);
  isOn = false;
  await read();
  isOn = true;
  maintenance(requestTo("/"));
  expect(lines.map(([{ event }]) => event)).toEqual(["maintenance.refusal"]);
});

test("logger hears nothing of the state in a refusal by the option enabled", async () => {
  const { maintenance } = await siteWith({ enabled: true });
  const { logger, lines } = keep();
  instrument(maintenance, { meter: metered().meter, logger });
  maintenance(requestTo("/"));
  expect(lines).toEqual([[
    { event: "maintenance.refusal", because: "maintenance" },
    "maintenance refused its first request",
  ]]);
});

test("a logger that throws or rejects disturbs neither the gate nor the state", async () => {
  const error = vi.spyOn(console, "error").mockReturnValue();
  const { maintenance, state } = await siteWith();
  instrument(maintenance, { meter: metered().meter, logger: { info: () => Promise.reject(new Error("disk full")) } });
  instrument(maintenance, {
    meter: metered().meter,
    logger: {
      info() {
        throw new Error("disk full");
      },
    },
  });
  await state.set({ mode: "on" });
  expect(maintenance(requestTo("/"))?.status).toBe(503);
  await expect.poll(() => error).toHaveBeenCalledTimes(4);
});
