import { expect, test } from "vitest";
import { describeWait } from "../../src/cli/wait/display.ts";
import type { FleetReport } from "../../src/state/fleet.ts";
import type { Instance } from "../../src/types/fleet.ts";
import { instance as record } from "../state/_instance.ts";

const TARGET = { revision: "new", drained: true };

function instance(pid: number, rest: Partial<Instance> = {}): Instance {
  return record({ id: String(pid), host: "web1", pid, ...rest });
}

function report(
  instances: readonly Instance[],
  stragglers: readonly Instance[],
  missing = stragglers.length,
): FleetReport {
  return { isReady: false, instances, stragglers, dead: [], missing, isOnlyUncounted: false };
}

const HELD = instance(2, { before: 1, held: [{ method: "GET", path: "/export", seconds: 12, kind: "request" }] });

test("describeWait() names what is held, by whom and for how long", () => {
  const late = instance(3, { revision: "old", mode: "off" });
  expect(describeWait(report([instance(1), HELD, late], [HELD, late]), TARGET, 42_000)).toEqual([
    "Waiting for 2 of 3 processes, 1 request from before, 42s left",
    "  web1 (pid 2) still has 1 request from before: GET /export (12 s)",
    "  web1 (pid 3) still has the old state (off)",
  ]);
});

test("describeWait() says that no process was found, instead of counting none", () => {
  expect(describeWait(report([], []), TARGET, 4_000)).toEqual(["Waiting: no process found yet, 4s left"]);
  expect(describeWait(report([], [], 3), TARGET, 4_000)).toEqual([
    "Waiting: no process found yet, 3 more expected, 4s left",
  ]);
});

test("describeWait() says whom it waits for where all that are there are ready", () => {
  expect(describeWait(report([instance(1)], [], 2), TARGET, 4_000)).toEqual(["Waiting: 2 more expected, 4s left"]);
  expect(describeWait(report([instance(1, { counts: ["nothing"] })], []), TARGET, 4_000)).toEqual([
    "Waiting: no process of the site found yet, 4s left",
  ]);
});

test("describeWait() shows no more processes than a terminal has room for", () => {
  const late = Array.from({ length: 40 }, (_, pid) => instance(pid, { revision: "old" }));
  const lines = describeWait(report(late, late), TARGET, 4_000);
  expect(lines).toHaveLength(13);
  expect(lines.at(-1)).toBe("  and 29 more");
});
