import { expect, test } from "vitest";
import { createOutput } from "../../src/cli/output/output.ts";
import { type Look, printStatus, statusJson } from "../../src/cli/output/status-report.ts";
import { viewWindows } from "../../src/cli/windows.ts";
import { situationOf } from "../../src/cli/situation.ts";
import { waitForFleet } from "../../src/state/fleet.ts";
import { prepareSnapshot } from "../../src/state/state-snapshot.ts";
import { memoryStore } from "../../src/stores/memory.ts";
import type { Instance } from "../../src/types/fleet.ts";
import type { MaintenanceState } from "../../src/types/maintenance-state.ts";
import { instance } from "../state/_instance.ts";

const OPENED = { store: memoryStore(), label: "file:/srv/maintenance.json", flag: undefined, close() {} };

/** An instant of today by local clocks, some time ago. */
const ago = (ms: number) => new Date(Math.floor((Date.now() - ms) / 1_000) * 1_000);

function clockOf(date: Date): string {
  return `${String(date.getHours()).padStart(2, "0")}:${String(date.getMinutes()).padStart(2, "0")}`;
}

async function lookAt(state: MaintenanceState, instances: readonly Partial<Instance>[] = [{}]): Promise<Look> {
  const store = memoryStore();
  for (const [index, given] of instances.entries()) {
    const id = String(index);
    const about = { id, host: "web1", pid: 4711 + index, startedAt: Date.now() - 600_000, clock: Date.now() };
    const record = instance({ ...about, revision: "r", mode: state.mode, inForce: state.mode !== "off", ...given });
    await store.instances.put(id, JSON.stringify(record), 60_000);
  }
  const snapshot = await prepareSnapshot(state);
  const situation = situationOf(snapshot, Date.now());
  const fleet = await waitForFleet(store, { revision: "r", drained: situation.inForce }, { timeoutMs: 0 });
  const current = { stored: undefined, revision: "r", snapshot, problem: undefined };
  const windows = viewWindows(snapshot, Date.now());
  return { current, situation, windows, fleet, failure: undefined, known: [], now: Date.now() };
}

function linesOf(look: Look): string[] {
  const lines: string[] = [];
  const output = { ...createOutput(false, false), width: 100, paint: (_: unknown, text: string) => text };
  printStatus({ ...output, line: (text) => void lines.push(text) }, OPENED, look);
  return lines;
}

test("status says since when and by whom", async () => {
  const since = ago(12 * 60_000 + 5_000);
  const by = "root@web1";
  const told = `since ${clockOf(since)} (12 min) by root@web1.`;
  const stamp = { since: since.toISOString(), by };
  expect(linesOf(await lookAt({ mode: "on", ...stamp }))[0]).toBe(`Maintenance is on, ${told}`);
  expect(linesOf(await lookAt({ mode: "off", ...stamp }))[0]).toBe(`Maintenance is off, ${told}`);
  expect(linesOf(await lookAt({ mode: "read-only", ...stamp }))[0]).toBe(`The site is read-only, ${told}`);
  expect(linesOf(await lookAt({ mode: "on", urls: ["/shop"], ...stamp }))[0]).toBe(
    `Maintenance is on for part of the site, ${told}`,
  );
});

test("status says since when a planned maintenance is on, and who planned it", async () => {
  const start = ago(3 * 60_000 + 5_000);
  const state = { mode: "on", start: start.toISOString(), since: ago(7_300_000).toISOString(), by: "ada" } as const;
  expect(linesOf(await lookAt(state))[0]).toBe(
    `Maintenance is on, since ${clockOf(start)} (3 min), planned by ada.`,
  );
  const later = { ...state, start: "2999-01-01T00:00:00Z" };
  const lines = linesOf(await lookAt(later));
  expect(lines[0]).toBe("Maintenance is scheduled: it is not on yet.");
  expect(lines[1]).toMatch(/^ {2}set {10}\d\d:\d\d \(2 h 1 min\) by ada$/);
});

test("status says who set it where nobody knows when, and nothing where nobody knows either", async () => {
  expect(linesOf(await lookAt({ mode: "on", by: "ada" }))[0]).toBe("Maintenance is on, set by ada.");
  expect(linesOf(await lookAt({ mode: "on" }))[0]).toBe("Maintenance is on.");
});

test("status begins with what is wrong, and ends with the verdict", async () => {
  const lines = linesOf(
    await lookAt({ mode: "on", expectedEnd: ago(120_000).toISOString() }, [
      { clock: Date.now() + 300_000, before: 1, held: [{ method: "GET", path: "/a", seconds: 9, kind: "request" }] },
      { revision: "old", problem: "Cannot read the state" },
      { counts: ["unknown"], uncounted: "by-hand" },
    ]),
  );
  const end = lines.indexOf("");
  expect(lines.slice(0, end)).toEqual([
    expect.stringMatching(/^warning: overdue: the end was expected .*, 2m ago$/),
    "warning: 1 of 3 processes does not have the stored state",
    expect.stringMatching(/^warning: web1 \(pid 4711\): clock (5m|4m 5\ds) ahead$/),
    "warning: web1 (pid 4712): Cannot read the state",
    "warning: web1 (pid 4713) does not count everything at work: on --wait says why",
  ]);
  expect(lines[end + 1]).toBe("Maintenance is on.");
  expect(lines).toContain("3 processes, 2 with the stored state:");
  expect(lines).toContain("    GET /a (9 s)");
  expect(lines.at(-1)).toBe(
    "NOT SAFE: none of the 3 processes is ready",
  );
});

test("status fits 100 columns, whatever the names and the texts are", async () => {
  const look = await lookAt(
    {
      mode: "read-only",
      reason: "We are moving to a bigger database. ".repeat(6).trim(),
      note: "Call Ada first. ".repeat(12).trim(),
      urls: ["/shop/*", "/account/*", "/api/orders/*"],
      internalIps: Array.from({ length: 12 }, (_, index) => `10.0.${index}.0/24`),
      end: "2999-01-01T00:00:00Z",
      by: "deploy@runner-of-a-long-name",
      since: ago(60_000).toISOString(),
    },
    [
      {
        host: "shop-frontend-deployment-7d9f8b6c5d-x2x4z.shop.svc.cluster.local",
        runtime: "deno 2.9.5",
        counts: ["requests", "work"],
        pid: 4194304,
        held: Array.from(
          { length: 3 },
          () => ({ method: "GET", path: `/${"a".repeat(60)}`, seconds: 1, kind: "request" as const }),
        ),
        inFlight: 3,
        problem: "Cannot read the state from file:/srv/maintenance.json: ".repeat(4),
      },
      { host: "shop-frontend-deployment-7d9f8b6c5d-9kq2p.shop.svc.cluster.local", inForce: false },
    ],
  );
  const lines = linesOf(look);
  expect(lines.filter((line) => line.length > 100)).toEqual([]);
  expect(lines.some((line) => /^ {2}….*-x2x4z +4194304 +yes +read-only +requests, work/.test(line))).toBe(true);
  expect(lines.join("\n")).toContain("read-only (not now)");
});

test("status --json has the verdict and the warnings", async () => {
  const json = statusJson(OPENED, await lookAt({ mode: "on" }, []));
  expect(json).toMatchObject({
    phase: "on",
    undo: expect.stringContaining(" off"),
    instances: [],
    verdict: { safe: false, reason: "no running process uses this store" },
    warnings: [expect.stringMatching(/^no running process uses this store\. Either/)],
  });
});
