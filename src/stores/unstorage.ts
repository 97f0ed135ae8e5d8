/**
 * The state in any place that unstorage has a driver for: that of Nitro and Nuxt, of a database, of a cloud.
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
import type { InstanceRegistry, MaintenanceStore, StoredState, Unwatch } from "../types/store.ts";

export type { InstanceRegistry, MaintenanceStore, StoredState, Unwatch };

/** A storage, by the members that are used: `Storage` of unstorage, or what `useStorage()` of Nitro returns. */
export interface UnstorageLike {
  /** Reads what is under a key, parsed if it looks like JSON. */
  getItem(key: string): Promise<unknown>;
  /** Reads what is under a key as the driver has it. */
  getItemRaw(key: string): Promise<unknown>;
  /** Writes a text under a key. */
  setItem(key: string, value: string): Promise<void>;
  /** Tells of changes, if the driver does. */
  watch(callback: (event: "update" | "remove", key: string) => unknown): Promise<() => unknown>;
}

/** Options of {@linkcode unstorageStore}. */
export interface UnstorageStoreOptions {
  /**
   * The key of the state. Its item is the text of the state; an object, as `setItem` takes it, will do as well.
   *
   * @default {"maintenancemode"}
   */
  key?: string;
  /**
   * Whether to have the storage tell of changes. Some drivers then watch all that they hold: `fs` every file below its
   * folder. Without it, the storage is read every 5 seconds and no more.
   *
   * @default {true}
   */
  watch?: boolean;
}

/** A store in a storage of unstorage. It can be written, and knows no fleet. */
export type UnstorageStore = MaintenanceStore & Required<Pick<MaintenanceStore, "name" | "write">>;

const TASK = "open the unstorage store";

/** How often an empty item is read before it is believed, and how many milliseconds lie in between. */
const LOOKS = 4;
const LOOK_EVERY_MS = 25;

/** After how many milliseconds without a change it is read once more. */
const ECHO_MS = 250;

/**
 * Opens a store in a storage of unstorage.
 *
 * How soon a change is seen depends on the driver: at once in the same process, and where the driver watches; otherwise
 * with the next reading. Of two who write at once, the last one wins, and neither is told.
 *
 * @param storage The storage. It is not disposed of when the store is closed.
 * @param options Under which key the state is, and whether to watch.
 * @returns The store.
 * @throws {TypeError} If an argument is not valid.
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
      // The driver http throws for what is not there.
      item = await storage.getItem(key).catch(() => Promise.reject(error));
    }
    // Raw items of some drivers are apart from others: db0 keeps them in a column of their own.
    item ??= await storage.getItem(key);
    return item === null || item === undefined ? undefined : await textOf(item);
  }

  return {
    name: `unstorage:${key}`,
    async read(signal) {
      signal.throwIfAborted();
      let text = await readText();
      // Drivers that write files empty them before: what says "on" may be half of a writing.
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
          // A storage with a prefix, as Nitro's, tells of keys with it.
          if (isStopped || !`:${normalize(changedKey)}`.endsWith(`:${suffix}`)) return;
          changed();
          // Chokidar, which watches files for the driver fs, does not tell of a change that follows within 50 ms.
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

/** A key in the form in which the storage tells of it. */
function normalize(key: string): string {
  return key.split("?")[0]!.replace(/[/\\:]+/g, ":").replace(/^:|:$/g, "");
}

/** What a driver has as text: most give text, others bytes, and an object is what somebody has stored as such. */
async function textOf(item: unknown): Promise<string> {
  if (typeof item === "string") return item;
  if (item instanceof ArrayBuffer || ArrayBuffer.isView(item)) return new TextDecoder().decode(item as ArrayBufferView);
  if (item instanceof Blob || item instanceof ReadableStream) return await new Response(item).text();
  try {
    // In the form in which it was written, if it was by this package.
    return typeof item === "object" ? `${JSON.stringify(item, null, 2)}\n` : String(item);
  } catch {
    return received(item);
  }
}
