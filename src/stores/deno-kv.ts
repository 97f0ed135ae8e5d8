/**
 * The state in Deno KV: a database on this machine, on Deno Deploy, or on a `denokv` server.
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
import type { HistoryLog, InstanceRegistry, MaintenanceStore, StoredState, Unwatch } from "../types/store.ts";
import type { DenoKv, DenoKvAtomic, DenoKvEntry, DenoKvKeyPart, DenoKvStream } from "./deno-kv/client.ts";
import { historyUnder } from "./deno-kv/history.ts";
import { insist } from "./deno-kv/insist.ts";
import { instancesUnder } from "./deno-kv/instances.ts";
import { Place } from "./deno-kv/place.ts";
import { watchKey } from "./deno-kv/watch.ts";

export type { HistoryLog, InstanceRegistry, MaintenanceStore, StoredState, Unwatch };

export type { DenoKv, DenoKvAtomic, DenoKvEntry, DenoKvKeyPart, DenoKvStream };

/** Options of {@linkcode denoKvStore}. */
export interface DenoKvStoreOptions {
  /**
   * The key of the state: an array of at least one key part. Its value is the text of the state, or an object, as `kv.set`
   * takes it.
   *
   * @default {["maintenancemode"]}
   */
  key?: readonly DenoKvKeyPart[];
}

/** A store in Deno KV. It has every ability of a store. */
export type DenoKvStore =
  & MaintenanceStore
  & Required<Pick<MaintenanceStore, "name" | "write" | "replace" | "watch" | "instances" | "history" | "close">>;

const TASK = "open the Deno KV store";

/** `watch` reports changes at once. Polling finds a change that it lost. */
const POLL_INTERVAL_MS = 10_000;

/**
 * Opens a store in Deno KV.
 *
 * Deno Deploy and `denokv` push changes. A database in a file pushes only the writes of the same process, so the store asks it
 * twice a second for those of other processes.
 *
 * A value of Deno KV holds 64 KiB: about 65 000 characters of a state, or half as many if one of them is not Latin-1. Writing
 * a longer text rejects with a `RangeError`.
 *
 * @param kv The open database. It stays open when the store is closed.
 * @param options The key.
 * @returns The store. It polls every 10 seconds.
 * @throws {OptionError} If `kv` is not a database, or the key is not valid.
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
        // Another process wrote meanwhile. It may have written the same text, so the comparison starts again.
      }
    },
    watch(changed, failed) {
      const fail = (error: unknown): void => {
        watches.delete(unwatch);
        failed(error);
      };
      const stop = watchKey(kv, stateKey, { place, get, changed, failed: fail });
      const unwatch = async (): Promise<void> => {
        watches.delete(unwatch);
        await stop();
      };
      watches.add(unwatch);
      return unwatch;
    },
    instances: instancesUnder(kv, [...stateKey, "instances"], place),
    history: historyUnder(kv, [...stateKey, "history"]),
    async close() {
      await Promise.all([...watches].map((stop) => stop()));
    },
  };
}

function isKeyPart(part: unknown): boolean {
  return ["string", "number", "bigint", "boolean"].includes(typeof part) || part instanceof Uint8Array;
}

/** Turns a value into text: somebody may have stored an object with `kv.set`. `liveState` refuses what is not a state. */
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
      `Cannot write the state to Deno KV: a value holds 65536 bytes, received a text of ${text.length} characters: ` +
        "list fewer URLs and addresses in the state, or keep it in another store",
      { cause: error },
    );
  }
}
