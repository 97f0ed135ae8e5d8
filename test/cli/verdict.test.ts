import { expect, test } from "vitest";
import { createOutput } from "../../src/cli/output/output.ts";
import { judge, printVerdict, type Verdict, verdictJson } from "../../src/cli/output/verdict.ts";
import { type Situation, situationOf } from "../../src/cli/situation.ts";
import type { FleetReport } from "../../src/state/fleet.ts";
import { prepareSnapshot } from "../../src/state/state-snapshot.ts";
import type { Instance } from "../../src/types/fleet.ts";
import type { MaintenanceState } from "../../src/types/maintenance-state.ts";
import { instance } from "../state/_instance.ts";

const NOW = Date.parse("2036-11-23T01:00:00Z");

const INSTANCE = instance({
  host: "web1",
  pid: 12,
  startedAt: NOW - 600_000,
  clock: NOW - 1_000,
  revision: "r",
});

async function situation(state: MaintenanceState): Promise<Situation> {
  return situationOf(await prepareSnapshot(state), NOW);
}

function report(instances: readonly Instance[], rest: Partial<FleetReport> = {}): FleetReport {
  return { isReady: true, instances, stragglers: [], dead: [], missing: 0, isOnlyUncounted: false, ...rest };
}

function lineOf(verdict: Verdict): string {
  const lines: string[] = [];
  const output = { ...createOutput(false, false), paint: (_: unknown, text: string) => text };
  printVerdict({ ...output, line: (text) => void lines.push(text) }, verdict, NOW);
  expect(lines).toHaveLength(1);
  return lines[0]!;
}

const READY = report([INSTANCE]);
const HELD = { ...INSTANCE, before: 1 };
const UNKNOWN: Instance = { ...INSTANCE, counts: ["unknown"], uncounted: "by-hand" };
const WATCHER: Instance = { ...INSTANCE, counts: ["nothing"] };

test.each<[string, MaintenanceState, FleetReport, object, string]>([
  ["on and ready", { mode: "on" }, READY, {}, "SAFE TO MIGRATE"],
  ["read-only and ready", { mode: "read-only" }, READY, {}, "SAFE TO MIGRATE"],
  ["a part", { mode: "on", urls: ["/shop/*"] }, READY, {}, "SAFE TO MIGRATE what serves /shop/*"],
  [
    "a part in many words",
    { mode: "on", urls: ["/shop/checkout/*", "/shop/basket/*"], hosts: ["a.example.com"] },
    READY,
    {},
    "SAFE TO MIGRATE the closed part of the site",
  ],
  ["off", { mode: "off" }, READY, {}, "NOT SAFE: maintenance is off"],
  ["over", { mode: "on", end: "2036-11-23T01:00:00Z" }, READY, {}, "NOT SAFE: maintenance is off"],
  [
    "between recurring windows",
    { mode: "on", recurring: [{ cron: "0 5 * * *", duration: "1h" }] },
    READY,
    {},
    "NOT SAFE: maintenance begins 2036-11-23 05:00:00 UTC, in 4h",
  ],
  ["a percentage that gets in", { mode: "on", admit: 0.1 }, READY, {}, "NOT SAFE: 10% of visitors get in"],
  [
    "a process with a request",
    { mode: "on" },
    report([HELD], { isReady: false, stragglers: [HELD] }),
    {},
    "NOT SAFE: the only process is not ready",
  ],
  [
    "one of two processes with a request",
    { mode: "on" },
    report([INSTANCE, HELD], { isReady: false, stragglers: [HELD] }),
    {},
    "NOT SAFE: 1 of 2 processes is not ready",
  ],
  [
    "fewer processes than expected",
    { mode: "on" },
    report([INSTANCE], { isReady: false, missing: 2 }),
    { expect: 3 },
    "NOT SAFE: 1 of 3 expected processes are ready",
  ],
  [
    "a process that counts nothing of what it has at work",
    { mode: "on" },
    report([UNKNOWN], { isReady: false, stragglers: [UNKNOWN], isOnlyUncounted: true }),
    {},
    "NOT SAFE: the only process may have something at work that nobody counts",
  ],
  [
    "the same, and somebody knows better",
    { mode: "on" },
    report([UNKNOWN]),
    {},
    "SAFE TO MIGRATE, if nothing is at work in web1 (pid 12), which nobody counts",
  ],
  ["no process", { mode: "on" }, report([]), {}, "NOT SAFE: no running process uses this store"],
  [
    "no process, as it should be",
    { mode: "on" },
    report([]),
    { allowNone: true },
    "SAFE TO MIGRATE, if the site is not running",
  ],
  [
    "only a process that watches",
    { mode: "on" },
    report([WATCHER]),
    {},
    "NOT SAFE: only processes that count nothing use this store, so none of the site does",
  ],
  [
    "a process that is dead",
    { mode: "on" },
    report([INSTANCE], { dead: [{ ...HELD, host: "web2" }] }),
    {},
    "SAFE TO MIGRATE, if web2 (pid 12), which went silent, is dead",
  ],
])("judge() decides about %s", async (_what, state, report, given, line) => {
  expect(lineOf(judge(await situation(state), report, given, NOW))).toBe(line);
});

test("judge() names the time until which it is safe, and the earlier one where a clock is ahead", async () => {
  const end = { mode: "on", end: "2036-11-23T02:00:00Z" } as const;
  const verdict = judge(await situation(end), READY, {}, NOW);
  expect(lineOf(verdict)).toMatch(/^SAFE TO MIGRATE until 2036-11-23 \d\d:00:00 \S+, in 1h$/);
  expect(verdictJson(verdict)).toEqual({
    safe: true,
    only: null,
    until: "2036-11-23T02:00:00Z",
    conditions: [],
    reason: null,
  });
  const ahead = report([{ ...INSTANCE, clock: NOW + 600_500 }]);
  expect(verdictJson(judge(await situation(end), ahead, {}, NOW))).toMatchObject({ until: "2036-11-23T01:49:54Z" });
  const over = report([{ ...INSTANCE, clock: NOW + 3_600_000 }]);
  expect(lineOf(judge(await situation(end), over, {}, NOW))).toBe(
    "NOT SAFE: maintenance may be over where a clock is ahead",
  );
});

test("judge() says when maintenance begins", async () => {
  const verdict = judge(await situation({ mode: "on", start: "2036-11-23T02:00:00Z" }), READY, {}, NOW);
  expect(lineOf(verdict)).toMatch(/^NOT SAFE: maintenance begins 2036-11-23 \d\d:00:00 .*, in 1h$/);
  expect(verdictJson(verdict)).toMatchObject({ safe: false, until: null, conditions: [] });
});
