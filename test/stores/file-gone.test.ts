/** A state file that is repeatedly missing for a moment, with something else in its place meanwhile. */
import { chownSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterEach, describe, expect, test, vi } from "vitest";
import type { MaintenanceStore } from "../../src/types/store.ts";
import { liveState } from "../../src/state/live-state.ts";
import { maintenanceMode } from "../../src/maintenance.ts";
import { fileStore } from "../../src/stores/file.ts";
import { isRoot, makeFifo, newFolder } from "./_file.ts";

const ON = '{ "mode": "on" }';

afterEach(() => {
  vi.restoreAllMocks();
});

/** Puts something unreadable in place of the state file. */
const UNREADABLE: readonly [what: string, put: (path: string) => void][] = [
  ["a text that is not UTF-8", (path) => writeFileSync(path, Buffer.from([0x7b, 0xff, 0xfe, 0x7d]))],
  ["a text of more than 1 MiB", (path) => writeFileSync(path, "x".repeat((1 << 20) + 1))],
  ["a FIFO", makeFifo],
  ["a directory", (path) => mkdirSync(path)],
  ["a link in a circle", (path) => symlinkSync(path, path)],
  ["a link to a device", (path) => symlinkSync("/dev/zero", path)],
  ["a link into a directory that is missing", (path) => symlinkSync("missing/state.json", path)],
];

describe("fileStore() with a state file that is replaced twice, with a moment without it each time, stays closed", () => {
  test.each(UNREADABLE)("by %s", async (_what, put) => {
    await using site = await openSite();
    for (let round = 0; round < 3; round++) {
      site.remove();
      await site.look();
      put(site.path);
      await site.lookUntilFailed();
      // A file that was missing for so long would count as removed.
      site.passes(1_000);
    }
    expect(site.statuses()).toEqual([503]);
  });

  test.skipIf(!isRoot)("by a file without permission", async () => {
    await using site = await openSite();
    chownSync(dirname(site.path), 65_534, 65_534);
    process.seteuid!(65_534);
    try {
      for (let round = 0; round < 3; round++) {
        site.remove();
        await site.look();
        writeFileSync(site.path, ON, { mode: 0o000 });
        await site.lookUntilFailed();
        site.passes(1_000);
      }
    } finally {
      process.seteuid!(0);
    }
    expect(site.statuses()).toEqual([503]);
  });

  test("by a text that is not a state", async () => {
    await using site = await openSite();
    for (const text of ['{ "mode": "onn" }', "half of a te"]) {
      site.remove();
      await site.look();
      writeFileSync(site.path, text);
      await site.look();
      site.passes(1_000);
    }
    site.remove();
    await site.look();
    expect(site.statuses()).toEqual([503]);
  });

  test("by a reading that is given up", async () => {
    await using site = await openSite();
    for (let round = 0; round < 3; round++) {
      site.remove();
      await site.look();
      site.giveUp();
      writeFileSync(site.path, ON);
      site.passes(1_000);
    }
    expect(site.statuses()).toEqual([503]);
  });
});

test("fileStore() takes a file for removed that is missing long enough after a failed look", async () => {
  await using site = await openSite();
  site.remove();
  await site.look();
  mkdirSync(site.path);
  await site.lookUntilFailed();
  site.remove();
  await site.look();
  site.passes(125);
  await site.look();
  expect(site.statuses()).toEqual([503]);
  site.passes(125);
  await site.look();
  expect(site.statuses()).toEqual([503, undefined]);
});

test("fileStore() does not count the time in which its process stood still", async () => {
  await using site = await openSite();
  site.remove();
  await site.look();
  site.passes(60_000);
  await site.look();
  expect(site.statuses()).toEqual([503]);
});

/** Opens a site that follows a real file by a clock that stands still. It looks at the file when the test says so. */
async function openSite() {
  const path = join(newFolder(), "maintenance.json");
  writeFileSync(path, ON);
  let now = performance.now();
  vi.spyOn(performance, "now").mockImplementation(() => now);
  const store = fileStore(path);
  const giveUps = new Set<() => void>();
  let looks = 0;
  let readings = 0;
  let failures = 0;
  let changed = () => {};
  /** The file store with a watch that the test controls. */
  const probed: MaintenanceStore = {
    name: store.name,
    pollIntervalMs: 1_000_000,
    async read(signal) {
      const controller = new AbortController();
      const giveUp = () => controller.abort(new Error("it takes too long"));
      signal.addEventListener("abort", giveUp);
      giveUps.add(giveUp);
      const own = controller.signal;
      const check = own.throwIfAborted.bind(own);
      // The store asks it before each look.
      own.throwIfAborted = () => {
        looks++;
        check();
      };
      try {
        return await store.read(own);
      } catch (error) {
        failures++;
        throw error;
      } finally {
        giveUps.delete(giveUp);
        readings++;
      }
    },
    watch(tell) {
      changed = tell;
      return () => {};
    },
  };
  const state = liveState(probed, { onError: () => {} });
  const maintenance = maintenanceMode({ state });
  const statuses: (number | undefined)[] = [];
  const ask = () => {
    const status = maintenance(new Request("https://site.test/"))?.status;
    if (statuses.length === 0 || statuses.at(-1) !== status) statuses.push(status);
  };
  await state.ready;
  ask();
  state.on("change", ask);
  const wait = async (isOver: () => boolean) => {
    // performance.now() stands still, so this uses another clock.
    const deadline = Date.now() + 60_000;
    while (!isOver()) {
      if (Date.now() > deadline) throw new Error("the file was not looked at within a minute");
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    await new Promise((resolve) => setImmediate(resolve));
    ask();
  };
  return {
    path,
    remove: () => rmSync(path, { recursive: true, force: true }),
    passes: (ms: number) => void (now += ms),
    giveUp: () => giveUps.forEach((giveUp) => giveUp()),
    /** The answers of the gate so far, without repetitions. */
    statuses: () => statuses,
    /** Makes the store look at the file, and waits for the end of a whole look. */
    async look() {
      const before = looks;
      const readingsBefore = readings;
      changed();
      // The third look to begin shows that the second one is over, which began after this call.
      await wait(() => looks > before + 2 || readings > readingsBefore + 1);
    },
    async lookUntilFailed() {
      const before = failures;
      changed();
      await wait(() => failures > before);
    },
    [Symbol.asyncDispose]: () => state.close(),
  };
}
