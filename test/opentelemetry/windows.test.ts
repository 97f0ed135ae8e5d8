import { afterEach, expect, test, vi } from "vitest";
import { instrument, type MaintenanceLogFields } from "../../src/opentelemetry.ts";
import { metered, requestTo, siteWith, storeAlone, useFakeTime, withoutOwn } from "./_site.ts";

afterEach(() => void vi.useRealTimers());

/** The values whose names begin with a text. */
function pick(values: Record<string, number>, start: string): Record<string, number> {
  return Object.fromEntries(Object.entries(values).filter(([name]) => name.startsWith(start)));
}

test("maintenance.mode tells of each window that has been in force, also when it has ended or is gone", async () => {
  const { meter, read } = metered();
  const { maintenance, state } = await siteWith();
  instrument(maintenance, { meter });
  await state.set({
    mode: "off",
    windows: {
      shop: { mode: "on", urls: ["/shop/*"] },
      blog: { mode: "read-only", urls: ["/blog/*"] },
      planned: { mode: "on", start: "2999-01-01T00:00:00Z" },
    },
  });
  expect(pick(await read(), "maintenance.mode")).toEqual({
    "maintenance.mode{maintenance.mode=on}": 0,
    "maintenance.mode{maintenance.mode=read-only}": 0,
    "maintenance.mode{maintenance.window=shop,maintenance.mode=on}": 1,
    "maintenance.mode{maintenance.window=shop,maintenance.mode=read-only}": 0,
    "maintenance.mode{maintenance.window=blog,maintenance.mode=on}": 0,
    "maintenance.mode{maintenance.window=blog,maintenance.mode=read-only}": 1,
  });
  await state.windows.delete("shop");
  await state.windows.set("blog", { mode: "off" });
  const values = Object.values(pick(await read(), "maintenance.mode"));
  expect(values).toEqual([0, 0, 0, 0, 0, 0]);
});

test("maintenance.decisions and maintenance.overdue name the window", async () => {
  useFakeTime(Date.parse("2026-11-22T03:00:00Z"));
  const { meter, read } = metered();
  const { maintenance, state } = await siteWith({}, storeAlone());
  instrument(maintenance, { meter });
  await state.set({
    mode: "read-only",
    windows: { shop: { mode: "on", urls: ["/shop/*"], expectedEnd: "2026-11-22T03:01:00Z" } },
  });
  maintenance(requestTo("/shop/cart"));
  maintenance(requestTo("/", { method: "POST" }));
  await vi.advanceTimersByTimeAsync(90_000);
  const values = await read();
  expect(pick(values, "maintenance.decisions")).toEqual({
    "maintenance.decisions{maintenance.window=shop,maintenance.outcome=answer,maintenance.because=maintenance}": 1,
    "maintenance.decisions{maintenance.outcome=answer,maintenance.because=read-only}": 1,
  });
  expect(pick(values, "maintenance.overdue")).toEqual({
    "maintenance.overdue": 0,
    "maintenance.overdue{maintenance.window=shop}": 30,
  });
});

test("logger gets lines for each window, and for the first refusal of each", async () => {
  const { maintenance, state } = await siteWith();
  const lines: MaintenanceLogFields[] = [];
  instrument(maintenance, { meter: metered().meter, logger: { info: (fields) => lines.push(withoutOwn(fields)) } });
  await state.windows.set("shop", { mode: "on", urls: ["/shop/*"], reason: "Moving house", by: "kim@web1" });
  await state.windows.set("blog", { mode: "on", urls: ["/blog/*"] });
  expect(lines.splice(0)).toEqual([
    { event: "maintenance.begin", window: "shop", mode: "on", reason: "Moving house", by: "kim@web1" },
    { event: "maintenance.begin", window: "blog", mode: "on" },
  ]);
  for (const path of ["/shop/a", "/blog/a", "/shop/b", "/blog/b"]) maintenance(requestTo(path));
  expect(lines.splice(0)).toEqual([
    {
      event: "maintenance.refusal",
      window: "shop",
      mode: "on",
      reason: "Moving house",
      by: "kim@web1",
      because: "maintenance",
    },
    { event: "maintenance.refusal", window: "blog", mode: "on", because: "maintenance" },
  ]);
  await state.windows.set("constructor", { mode: "on", start: "2999-01-01T00:00:00Z", hosts: ["a.example.com"] });
  expect(lines.splice(0)).toEqual([
    { event: "maintenance.change", window: "constructor", mode: "on", start: "2999-01-01T00:00:00Z" },
  ]);
  await state.windows.set("blog", { mode: "read-only", urls: ["/blog/*"] });
  await state.windows.delete("shop");
  expect(lines.splice(0)).toEqual([
    { event: "maintenance.change", window: "blog", mode: "read-only" },
    {
      event: "maintenance.end",
      window: "shop",
      mode: "on",
      reason: "Moving house",
      durationMs: expect.any(Number),
    },
  ]);
});
