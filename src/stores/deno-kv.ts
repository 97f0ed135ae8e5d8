/**
 * The state in Deno KV: a database of Deno's on this machine, on Deno Deploy, or one that `denokv` serves.
 *
 * ```ts ignore
 * import { maintenanceMode } from "maintenancemode";
 * import { liveState } from "maintenancemode/state";
 * import { denoKvStore } from "maintenancemode/stores/deno-kv";
 *
 * const state = liveState(denoKvStore(await Deno.openKv()));
 * const maintenance = maintenanceMode({ state });
 * ```
 *
 * @module maintenancemode/stores/deno-kv
 */
import { checkNames, invalidOption } from "../util/errors.ts";
import { messageOf, received } from "../util/received.ts";
import type { InstanceRegistry, MaintenanceStore, StoredState, Unwatch } from "../types/store.ts";
import type { DenoKv, DenoKvAtomic, DenoKvEntry, DenoKvKeyPart, DenoKvStream } from "./deno-kv/client.ts";
import { insist, instancesUnder, Place } from "./deno-kv/instances.ts";

export type { InstanceRegistry, MaintenanceStore, StoredState, Unwatch };

export type { DenoKv, DenoKvAtomic, DenoKvEntry, DenoKvKeyPart, DenoKvStream };

/** Options of {@linkcode denoKvStore}. */
export interface DenoKvStoreOptions {
  /**
   * The key of the state. Its value is the text of the state; an object, as `kv.set` takes it, will do as well.
   *
   * @default {["maintenancemode"]}
   */
  key?: readonly DenoKvKeyPart[];
}

/** A store in Deno KV, which can do all that a store can do. */
export type DenoKvStore =
  & MaintenanceStore
  & Required<Pick<MaintenanceStore, "name" | "write" | "replace" | "watch" | "instances" | "close">>;

const TASK = "open the Deno KV store";

/** `watch` tells of changes at once; this is for what it might lose. */
const POLL_INTERVAL_MS = 10_000;

/** How often a database in a file is asked for what other processes have written, in milliseconds. */
const FILE_POLL_MS = 500;

/**
 * Opens a store in Deno KV.
 *
 * Changes are pushed; between processes that share a database in a file of this machine, it is asked twice a second.
 *
 * A value of Deno KV takes 64 KiB: some 65 000 characters of a state, or half of that if one of them is not Latin-1.
 *
 * @param kv The database, opened. It stays open when the store is closed.
 * @param options Under which key the state is.
 * @returns The store.
 * @throws {TypeError} If an argument is not valid.
 * @see {@link https://docs.deno.com/deploy/kv/ | Deno KV}
 * @example Usage
 * ```ts ignore
 * import { denoKvStore } from "maintenancemode/stores/deno-kv";
 *
 * const store = denoKvStore(await Deno.openKv(), { key: ["shop", "maintenance"] });
 * await store.write('{ "mode": "on" }');
 * ```
 */
export function denoKvStore(kv: DenoKv, options: DenoKvStoreOptions = {}): DenoKvStore {
  if (typeof kv?.get !== "function" || typeof kv.atomic !== "function") {
    throw invalidOption(TASK, "kv", "an open database", kv, "write denoKvStore(await Deno.openKv())");
  }
  checkNames(TASK, options, ["key"]);
  const { key = ["maintenancemode"] } = options;
  if (!Array.isArray(key) || key.length === 0 || !key.every(isKeyPart)) {
    throw invalidOption(TASK, "key", 'an array of key parts such as ["maintenancemode"]', key);
  }
  const stateKey: readonly DenoKvKeyPart[] = [...key];
  const watches = new Set<() => Promise<void>>();
  const place = new Place();

  async function get(): Promise<DenoKvEntry> {
    const entry = await kv.get(stateKey, { consistency: "strong" });
    place.note(entry.versionstamp);
    return entry;
  }

  return {
    name: `deno-kv:${stateKey.map(String).join("/")}`,
    pollIntervalMs: POLL_INTERVAL_MS,
    async read(signal) {
      signal.throwIfAborted();
      const { value, versionstamp } = await get();
      return versionstamp === null ? undefined : { text: textOf(value), version: versionstamp };
    },
    async write(text) {
      const { versionstamp } = await writeText(text, () => kv.set(stateKey, text));
      place.note(versionstamp);
      return versionstamp;
    },
    async replace(text, expected) {
      for (;;) {
        const { value, versionstamp } = await get();
        if ((versionstamp === null ? undefined : textOf(value)) !== expected) return undefined;
        const result = await writeText(
          text,
          () => kv.atomic().check({ key: stateKey, versionstamp }).set(stateKey, text).commit(),
        );
        if (result.ok) return { version: result.versionstamp };
        // Written meanwhile, maybe with the same text, which would be the expected one still.
      }
    },
    watch(changed, failed) {
      const reader = kv.watch([stateKey]).getReader();
      const stop = async (): Promise<void> => {
        clearTimeout(poll);
        if (!watches.delete(stop)) return;
        // A database that was closed has ended the stream already.
        await reader.cancel().catch(() => {});
      };
      const fail = (error: unknown): void => {
        clearTimeout(poll);
        if (watches.delete(stop)) failed(error);
      };
      const listen = async (): Promise<void> => {
        while (watches.has(stop)) {
          if ((await reader.read()).done) throw new Error("Deno KV has stopped telling of changes");
          if (watches.has(stop)) changed();
        }
      };
      let poll: ReturnType<typeof setTimeout> | undefined;
      let last: string | null | undefined;
      const look = async (): Promise<void> => {
        if (!place.isFile) return;
        const { versionstamp } = await get();
        if (last !== versionstamp && watches.has(stop)) changed();
        last = versionstamp;
      };
      // Deno watches a file for what its own process writes to it, and for nothing else.
      const lookAgain = (): void => {
        if (!watches.has(stop)) return;
        poll = setTimeout(() => void look().then(lookAgain, lookAgain), FILE_POLL_MS);
      };
      watches.add(stop);
      void listen().catch(fail);
      void look().then(lookAgain, lookAgain);
      return stop;
    },
    instances: instancesUnder(kv, [...stateKey, "instances"], place),
    async close() {
      await Promise.all([...watches].map((stop) => stop()));
    },
  };
}

function isKeyPart(part: unknown): boolean {
  return ["string", "number", "bigint", "boolean"].includes(typeof part) || part instanceof Uint8Array;
}

/** What somebody may have stored with `kv.set` instead of a text, as text. What is no state will be refused later. */
function textOf(value: unknown): string {
  if (typeof value === "string") return value;
  try {
    return JSON.stringify(value) ?? String(value);
  } catch {
    return received(value);
  }
}

async function writeText<Result>(text: string, write: () => Promise<Result>): Promise<Result> {
  try {
    return await insist(write);
  } catch (error) {
    if (!/too large/i.test(messageOf(error))) throw error;
    throw new RangeError(
      `Cannot write the state to Deno KV: a value takes 65536 bytes, received a text of ${text.length} characters: ` +
        "list fewer URLs and addresses in the state, or keep it in another store",
      { cause: error },
    );
  }
}
