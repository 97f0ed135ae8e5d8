/**
 * A process that uses a file store on command: a line of JSON in, a line of JSON out. It runs under Node, Deno and Bun,
 * bundled, since Node 20 knows no TypeScript.
 */
import {
  closeSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  utimesSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import process from "node:process";
import { createInterface } from "node:readline";
// For Node 20; whoever uses the package has it installed.
import "urlpattern-polyfill";
import { parseState } from "../../src/state/parse.ts";
import type { MaintenanceState } from "../../src/types/maintenance-state.ts";
import type { StoredState, Unwatch } from "../../src/types/store.ts";
import { liveState } from "../../src/state/live-state.ts";
import { makeChanges } from "./_changes.ts";
import { fileStore } from "../../src/stores/file.ts";
import { storeContract } from "../../src/testing.ts";

const path = process.argv[2]!;
const store = fileStore(path, { pollIntervalMs: Number(process.argv[3] ?? 1_000) });
const never = new AbortController().signal;

/** How many looks at the file have begun: the store asks its signal before each. */
let looks = 0;
const counting = new AbortController().signal;
counting.throwIfAborted = () => void looks++;

/** The results of `follow` and `live` in order, without repetitions. */
const seen: (StoredState | null)[] = [];
const states: MaintenanceState[] = [];
const errors: string[] = [];
let changes = 0;
let clock = 0;

function note(stored: StoredState | undefined): void {
  const last = seen.at(-1);
  if (seen.length === 0 || last?.text !== stored?.text || last?.version !== stored?.version) seen.push(stored ?? null);
}

function explain(error: unknown): string {
  return error instanceof Error ? `${error.message} <- ${explain(error.cause)}` : String(error);
}

const watches: Unwatch[] = [];
const files: number[] = [];

const commands: Record<string, (...args: never[]) => unknown> = {
  read: () => store.read(never),
  write: (text: string) => store.write(text),
  replace: (text: string, expected?: string) => store.replace(text, expected),
  put: (id: string, record: string, ttlMs: number) => store.instances.put(id, record, ttlMs),
  delete: (id: string) => store.instances.delete(id),
  list: () => store.instances.list(),
  makeChanges: (count: number) => makeChanges(store, count),
  append: (entry: string) => store.history.append(entry),
  /** Watches, and counts the changes. */
  async watch() {
    watches.push(await store.watch(() => changes++, (error) => errors.push((error as Error).message)));
  },
  changes: () => changes,
  errors: () => errors,
  /** Reads at each change that the watch reports, or all the time. */
  async follow(how: "watch" | "always") {
    const read = async () => {
      try {
        note(await store.read(counting));
      } catch (error) {
        errors.push((error as Error).message);
      }
    };
    if (how === "watch") {
      let reading: Promise<void> | undefined;
      let again = false;
      watches.push(
        await store.watch(() => {
          again = true;
          reading ??= (async () => {
            while (again) {
              again = false;
              await read();
            }
            reading = undefined;
          })();
        }, (error) => errors.push((error as Error).message)),
      );
    } else {
      void (async () => {
        for (;;) {
          await read();
          await new Promise((resolve) => setTimeout(resolve, 1));
        }
      })();
    }
  },
  seen: () => seen,
  looks: () => looks,
  /** From now on, time passes only as `passTime` says, by the clock that tells how long the file has been as it is. */
  stopClock() {
    clock = performance.now();
    Object.defineProperty(performance, "now", { value: () => clock });
  },
  passTime: (ms: number) => void (clock += ms),
  /** Follows as a live state does. */
  async live() {
    const live = liveState(store, { onError: (error) => errors.push((error as Error).message) });
    live.on("change", () => states.push(live.current));
    await live.ready;
    // If the first reading equals the initial state, it was not a change.
    if (states.length === 0) states.push(live.current);
  },
  states: () => states,
  parse: (text: string) => parseState(text),
  /** Counts up that many times while other processes do so as well. */
  async count(times: number) {
    for (let done = 0; done < times;) {
      const stored = await store.read(never);
      const text = JSON.stringify({ mode: "on", retryAfter: stored ? JSON.parse(stored.text).retryAfter + 1 : 1 });
      if (await store.replace(text, stored?.text) !== undefined) done++;
    }
  },
  /** Runs the contract, and returns the broken promises. */
  async contract() {
    let places = 0;
    const cases = await storeContract(() => {
      const folder = `${path}-${++places}`;
      mkdirSync(folder);
      return {
        store: fileStore(`${folder}/state.json`),
        another: () => fileStore(`${folder}/state.json`),
        put: (text) => writeFileSync(`${folder}/state.json`, text),
        remove: () => rmSync(`${folder}/state.json`),
        interrupt() {
          renameSync(folder, `${folder}-away`);
          return () => renameSync(`${folder}-away`, folder);
        },
      };
    });
    const faults: string[] = [];
    const queue = [...cases];
    // Runs two at a time: more would keep a slow machine busy for longer than a store may take.
    await Promise.all(Array.from({ length: 2 }, async () => {
      for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
        const { name, run } = next;
        await run().catch((error) => faults.push(`${name}: ${explain(error)}`));
      }
    }));
    return faults;
  },
  /** Writes until it is killed. */
  async writeOn() {
    for (let n = 1;; n++) {
      await store.write(JSON.stringify({ mode: "on", retryAfter: n, reason: "x".repeat(200_000) }));
    }
  },
  /** Becomes a user who may do less. */
  become(id: number) {
    process.setgroups!([]);
    process.setgid!(id);
    process.setuid!(id);
  },
  /** Fills the disk to the last byte. */
  fill(file: string) {
    const handle = openSync(file, "w");
    try {
      for (const size of [4_096, 1]) {
        try {
          for (;;) writeSync(handle, new Uint8Array(size));
        } catch (error) {
          if ((error as { code?: string }).code !== "ENOSPC") throw error;
        }
      }
    } finally {
      closeSync(handle);
    }
  },
  free: (file: string) => rmSync(file),
  look: (folder: string) => readdirSync(folder).sort(),
  age: (file: string, ageMs: number) => utimesSync(file, (Date.now() - ageMs) / 1_000, (Date.now() - ageMs) / 1_000),
  chdir: (folder: string) => process.chdir(folder),
  /** Opens files until the system refuses. */
  exhaust() {
    for (;;) {
      try {
        files.push(openSync("/dev/null", "r"));
      } catch {
        return;
      }
    }
  },
  /** Closes them. */
  recover: () => files.splice(0).forEach((file) => closeSync(file)),
};

if (process.argv[4] === "idle") {
  // The test sees whether the store keeps the process running.
  await store.watch(() => changes++, () => {});
  writeFileSync(path, "{}");
  for (let i = 0; changes === 0 && i < 20_000; i++) await new Promise((resolve) => setTimeout(resolve, 1));
  await store.read(never);
  console.log("done");
} else {
  console.log(JSON.stringify({ ready: true }));
  createInterface({ input: process.stdin }).on("line", async (line) => {
    const { id, command, args } = JSON.parse(line) as { id: number; command: string; args: never[] };
    let answer;
    try {
      answer = { id, value: await commands[command]!(...args) };
    } catch (error) {
      answer = { id, error: (error as Error).message };
    }
    process.stdout.write(`${JSON.stringify(answer)}\n`);
  }).on("close", () => process.exit());
}
