/** What docs/recipes.md says of files that come by links. */
import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type LiveState, liveState } from "maintenancemode/state";
import { fileStore } from "maintenancemode/stores/file";
import { afterEach, beforeEach, expect, test } from "vitest";
import { until } from "../_until.ts";

let folder: string;

beforeEach(() => folder = mkdtempSync(join(tmpdir(), "maintenancemode-recipes-")));
afterEach(() => rmSync(folder, { recursive: true }));

/** Points a link at another folder in one step, as Kubernetes and tools for deployments do. */
function point(link: string, target: string): void {
  symlinkSync(target, join(folder, `${link}_tmp`));
  renameSync(join(folder, `${link}_tmp`), join(folder, link));
}

/** Writes a folder with a state, or without one. */
function writeRelease(name: string, text?: string): void {
  mkdirSync(join(folder, name), { recursive: true });
  if (text !== undefined) writeFileSync(join(folder, name, "maintenance.json"), text);
}

/** Follows a file, without a record of this process beside it: a ConfigMap cannot hold one. */
function follow(path: string): LiveState & AsyncDisposable {
  const { instances: _, ...store } = fileStore(path);
  return liveState(store);
}

test("A ConfigMap is followed when Kubernetes points ..data at another folder", async () => {
  writeRelease("..2026_1", '{ "mode": "off" }');
  point("..data", "..2026_1");
  symlinkSync("..data/maintenance.json", join(folder, "maintenance.json"));
  await using state = follow(join(folder, "maintenance.json"));
  expect((await state.ready).current.mode).toBe("off");

  writeRelease("..2026_2", '{ "mode": "on", "reason": "Moving house" }');
  point("..data", "..2026_2");
  rmSync(join(folder, "..2026_1"), { recursive: true });
  await until(() => state.current.reason === "Moving house", "the new folder is followed");
});

test("A path through current switches to the state of the new release, or to off", async () => {
  writeRelease("releases/41", '{ "mode": "on" }');
  writeRelease("releases/42", '{ "mode": "read-only" }');
  writeRelease("releases/43");
  point("current", "releases/41");
  await using state = follow(join(folder, "current", "maintenance.json"));
  expect((await state.ready).current.mode).toBe("on");

  point("current", "releases/42");
  await until(() => state.current.mode === "read-only", "the state of release 42 is followed");
  point("current", "releases/43");
  await until(() => state.current.mode === "off", "release 43 has no state");
});
