/**
 * The state in any place that unstorage has a driver for: the storage of Nitro and Nuxt, a database, or a cloud service.
 *
 * ```ts
 * import { maintenanceMode } from "maintenancemode";
 * import { liveState } from "maintenancemode/state";
 * import { unstorageStore } from "maintenancemode/stores/unstorage";
 * import { createStorage } from "unstorage";
 *
 * const storage = createStorage(); // With a driver of your choice.
 * const state = liveState(unstorageStore(storage));
 * const maintenance = maintenanceMode({ state });
 * ```
 *
 * @module maintenancemode/stores/unstorage
 */
import { checkNames, invalidOption } from "../util/errors.ts";
import { received } from "../util/received.ts";
import type { HistoryLog, InstanceRegistry, MaintenanceStore, StoredState, Unwatch } from "../types/store.ts";

export type { HistoryLog, InstanceRegistry, MaintenanceStore, StoredState, Unwatch };

/** A storage: `Storage` of unstorage, or the result of `useStorage()` of Nitro. The type names the members in use. */
export interface UnstorageLike {
  /** Reads an item, parsed if it looks like JSON. */
  getItem(key: string): Promise<unknown>;
  /** Reads an item as the driver returns it. */
  getItemRaw(key: string): Promise<unknown>;
  /** Writes an item. */
  setItem(key: string, value: string): Promise<void>;
  /** Reports changes, if the driver does. */
  watch(callback: (event: "update" | "remove", key: string) => unknown): Promise<() => unknown>;
}

/** Options of {@linkcode unstorageStore}. */
export interface UnstorageStoreOptions {
  /**
   * The key of the state: text that is not empty. Its item is the text of the state, or an object, as `setItem` takes it.
   *
   * @default {"maintenancemode"}
   */
  key?: string;
  /**
   * Whether the storage reports changes. Some drivers then watch everything that they hold, such as `fs` every file below
   * its folder. With `false`, `liveState` only polls the storage, every 5 seconds.
   *
   * @default {true}
   */
  watch?: boolean;
}

/** A store in a storage of unstorage. It can be written, but it has no fleet. */
export type UnstorageStore = MaintenanceStore & Required<Pick<MaintenanceStore, "name" | "write">>;

const TASK = "open the unstorage store";

/** How many times to read an empty item before it counts, and how many milliseconds lie between two readings. */
const LOOKS = 4;
const LOOK_EVERY_MS = 25;

/** How many milliseconds after a change to report it once more. */
const ECHO_MS = 250;

/**
 * Opens a store in a storage of unstorage.
 *
 * The driver decides how soon a process sees a change: at once in the process that made it and where the driver watches,
 * otherwise at the next reading, within 5 seconds. If two processes write at once, the last one wins, and neither gets an
 * error.
 *
 * @param storage The storage. It stays open when the store is closed.
 * @param options The key, and whether to watch.
 * @returns The store.
 * @throws {OptionError} If `storage` is not a storage, or an option is not valid.
 * @see {@link https://unstorage.unjs.io/drivers | Drivers of unstorage}
 * @example Usage
 * ```ts
 * import { unstorageStore } from "maintenancemode/stores/unstorage";
 * import { createStorage } from "unstorage";
 *
 * const storage = createStorage();
 * const store = unstorageStore(storage, { key: "shop:maintenance" });
 * await store.write('{ "mode": "on" }');
 * await storage.getItem("shop:maintenance"); // { mode: "on" }
 * ```
 */
export function unstorageStore(storage: UnstorageLike, options: UnstorageStoreOptions = {}): UnstorageStore {
  if (typeof storage?.getItemRaw !== "function" || typeof storage.setItem !== "function") {
    throw invalidOption(TASK, "storage", "a storage of unstorage", storage, "write unstorageStore(createStorage())");
  }
  checkNames(TASK, options, ["key", "watch"]);
  const { key = "maintenancemode", watch = true } = options;
  if (typeof key !== "string" || normalize(key) === "") throw invalidOption(TASK, "key", "a text", key);
  if (typeof watch !== "boolean") throw invalidOption(TASK, "watch", "true or false", watch);
  const suffix = normalize(key);

  async function readText(): Promise<string | undefined> {
    let item: unknown;
    try {
      item = await storage.getItemRaw(key);
    } catch (error) {
      // The driver http throws if the item is missing.
      item = await storage.getItem(key).catch(() => Promise.reject(error));
    }
    // Some drivers keep raw items apart from others: db0 has a column for them.
    item ??= await storage.getItem(key);
    return item === null || item === undefined ? undefined : await textOf(item);
  }

  return {
    name: `unstorage:${key}`,
    async read(signal) {
      signal.throwIfAborted();
      let text = await readText();
      // Drivers that write files empty them first, so that an empty item may be half of a writing instead of "on".
      for (let looks = 1; text === "" && looks < LOOKS; looks++) {
        await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
        signal.throwIfAborted();
        text = await readText();
      }
      return text === undefined ? undefined : { text };
    },
    async write(text) {
      await storage.setItem(key, text);
      return undefined;
    },
    ...(watch && typeof storage.watch === "function" && {
      async watch(changed: () => void): Promise<Unwatch> {
        let isStopped = false;
        let echo: ReturnType<typeof setTimeout> | undefined;
        const unwatch = await storage.watch((_event, changedKey) => {
          // A storage with a prefix, as in Nitro, reports keys with it.
          if (isStopped || !`:${normalize(changedKey)}`.endsWith(`:${suffix}`)) return;
          changed();
          // The driver fs watches with Chokidar, which does not report a change that follows another within 50 ms.
          clearTimeout(echo);
          echo = setTimeout(changed, ECHO_MS);
        });
        return async () => {
          isStopped = true;
          clearTimeout(echo);
          await unwatch();
        };
      },
    }),
  };
}

/** Writes a key in the form in which the storage reports it. */
function normalize(key: string): string {
  return key.split("?")[0]!.replace(/[/\\:]+/g, ":").replace(/^:|:$/g, "");
}

/** Turns an item into text. Most drivers return text, others bytes. An object was stored as such. */
async function textOf(item: unknown): Promise<string> {
  if (typeof item === "string") return item;
  if (item instanceof ArrayBuffer || ArrayBuffer.isView(item)) return new TextDecoder().decode(item as ArrayBufferView);
  if (item instanceof Blob || item instanceof ReadableStream) return await new Response(item).text();
  try {
    // This package writes a state in the same form.
    return typeof item === "object" ? `${JSON.stringify(item, null, 2)}\n` : String(item);
  } catch {
    return received(item);
  }
}
