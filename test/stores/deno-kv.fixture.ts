// A Deno process that uses a database as it is told on stdin, one line of JSON at a time, and answers on stdout.
// Argument: the file of the database.
import process from "node:process";
import { createInterface } from "node:readline";
import { liveState } from "../../src/state/live-state.ts";
import { type DenoKv, denoKvStore } from "../../src/stores/deno-kv.ts";
import { insist } from "../../src/stores/deno-kv/insist.ts";

/** The part of Deno in use, for which Node has no types. */
declare const Deno: { openKv(path: string): Promise<DenoKv & { close(): void }>; exit(code: number): never };

// Of two processes that make one file at the same moment, Deno refuses one.
const kv = await insist(() => Deno.openKv(process.argv[2]!));
const key = ["maintenancemode"];
const store = denoKvStore(kv);
const { signal } = new AbortController();
const live = liveState(store, { onError: (error) => errors.push(String(error)) });
const errors: string[] = [];
let failures = 0;

/** Reads an object that somebody has stored. */
async function readObject(value: unknown): Promise<unknown> {
  await kv.set(key, value);
  return (await store.read(signal))?.text;
}

function refusal(run: () => unknown): string {
  try {
    run();
    return "none";
  } catch (error) {
    return String(error);
  }
}

const commands: Record<string, (argument: never) => unknown> = {
  mode: () => live.current.mode,
  set: async (mode: "on" | "off") => (await live.set({ mode })).mode,
  fleet: async () => (await live.fleet())?.length,
  put: (ttlMs: number) => store.instances.put("short", "short-lived", ttlMs),
  list: () => store.instances.list(),
  writeLong: (character: string) => store.write(character.repeat(65_536)).then(String, String),
  async objects() {
    return [
      await readObject({ mode: "on" }),
      await readObject(null),
      await readObject(undefined),
      await readObject(10n),
      await readObject(new Uint8Array([1])),
    ];
  },
  refusals: () => [
    refusal(() => denoKvStore({} as never)),
    refusal(() => denoKvStore(Promise.resolve(kv) as never)),
    refusal(() => denoKvStore(kv, { key: [] })),
    refusal(() => denoKvStore(kv, { key: "maintenance" as never })),
    refusal(() => denoKvStore(kv, { keys: ["a"] } as never)),
  ],
  name: () => denoKvStore(kv, { key: ["shop", 1, true, "maintenance"] }).name,
  /** Ends the stream of changes under the store. */
  async closeDatabase() {
    const other = await Deno.openKv(process.argv[2]!);
    await denoKvStore(other).watch(() => {}, () => failures++);
    other.close();
  },
  failures: () => failures,
  errors: () => errors,
  async end() {
    await live.close();
    kv.close();
    lines.close();
  },
};

const lines = createInterface({ input: process.stdin });
lines.on("line", async (line) => {
  const { command, argument } = JSON.parse(line) as { command: string; argument: never };
  const result = await Promise.resolve(commands[command]!(argument)).catch((error) => ({ error: String(error) }));
  console.log(JSON.stringify({ result: result ?? null }));
});
