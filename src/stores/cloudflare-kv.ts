/**
 * The state in Cloudflare Workers KV.
 *
 * ```ts ignore
 * import { env } from "cloudflare:workers";
 * import { maintenanceMode } from "maintenancemode";
 * import { withMaintenance } from "maintenancemode/cloudflare";
 * import { liveState } from "maintenancemode/state";
 * import { cloudflareKvStore } from "maintenancemode/stores/cloudflare-kv";
 *
 * const state = liveState(cloudflareKvStore(env.MAINTENANCE));
 * const maintenance = maintenanceMode({ state });
 * export default { fetch: withMaintenance(maintenance, () => new Response("Hello")) };
 * ```
 *
 * @module maintenancemode/stores/cloudflare-kv
 */
import { checkNames, invalidOption } from "../util/errors.ts";
import { received } from "../util/received.ts";
import type { InstanceRegistry, MaintenanceStore, StoredState, Unwatch } from "../types/store.ts";

export type { InstanceRegistry, MaintenanceStore, StoredState, Unwatch };

/** A namespace of Workers KV, by the members that are used: `KVNamespace`. */
export interface CloudflareKvNamespace {
  /** Reads one key. */
  get(key: string, options: { type: "text"; cacheTtl?: number }): Promise<string | null>;
  /** Writes one key. */
  put(key: string, value: string): Promise<void>;
}

/** Options of {@linkcode cloudflareKvStore}. */
export interface CloudflareKvStoreOptions {
  /**
   * The key of the text of the state: at most 512 bytes.
   *
   * @default {"maintenancemode"}
   */
  key?: string;
  /**
   * For how many seconds a location of Cloudflare's may answer from its cache: a whole number from 30. With more, fewer
   * readings are slow, and a change takes longer to arrive.
   *
   * @default What Workers KV does by itself: 60
   */
  cacheTtl?: number;
}

/** A store in Workers KV. It can be written, and knows neither pushes nor a fleet. */
export type CloudflareKvStore = MaintenanceStore & Required<Pick<MaintenanceStore, "name" | "write">>;

const TASK = "open the Cloudflare KV store";

/** Reading more often would be answered from the cache. */
const POLL_INTERVAL_MS = 30_000;

const encoder = new TextEncoder();

/**
 * Opens a store in Workers KV, which is read while a request is handled, every 30 seconds at most.
 *
 * What is written is seen at once where it was written, as a rule, and elsewhere after up to `cacheTtl`, 60 seconds or
 * more by default; add the 30 seconds between two readings. One key takes one write a second: more are refused. Of two
 * who write at once, the last one wins, and neither is told.
 *
 * @param namespace The namespace, or a function that returns it, for when it is known only while a request is handled.
 * @param options Under which key the state is, and how long it may be cached.
 * @returns The store.
 * @throws {TypeError} If an argument is not valid.
 * @see {@link https://developers.cloudflare.com/kv/concepts/how-kv-works/ | How KV works}
 * @see {@link https://developers.cloudflare.com/kv/platform/limits/ | Limits of Workers KV}
 * @example Usage
 * ```ts ignore
 * import { env } from "cloudflare:workers";
 * import { cloudflareKvStore } from "maintenancemode/stores/cloudflare-kv";
 *
 * const store = cloudflareKvStore(env.MAINTENANCE, { cacheTtl: 30 });
 * ```
 */
export function cloudflareKvStore(
  namespace: CloudflareKvNamespace | (() => CloudflareKvNamespace),
  options: CloudflareKvStoreOptions = {},
): CloudflareKvStore {
  if (typeof namespace !== "function" && !isNamespace(namespace)) {
    const hint = "write env and the name of the binding, as in env.MAINTENANCE";
    throw invalidOption(TASK, "namespace", "a KV namespace or a function that returns one", namespace, hint);
  }
  checkNames(TASK, options, ["key", "cacheTtl"]);
  const { key = "maintenancemode", cacheTtl } = options;
  // https://developers.cloudflare.com/kv/platform/limits/: and "." and ".." cannot be a part of a URL.
  if (typeof key !== "string" || [".", ".."].includes(key) || !isBetween(encoder.encode(key).length, 1, 512)) {
    throw invalidOption(TASK, "key", "a text of 1 to 512 bytes", key);
  }
  if (cacheTtl !== undefined && !(Number.isInteger(cacheTtl) && cacheTtl >= 30)) {
    throw invalidOption(TASK, "cacheTtl", "a whole number of seconds from 30", cacheTtl);
  }

  function getNamespace(): CloudflareKvNamespace {
    if (typeof namespace !== "function") return namespace;
    const found = namespace();
    if (isNamespace(found)) return found;
    throw new TypeError(`The function has to return a KV namespace, received ${received(found)}`);
  }

  return {
    name: `cloudflare-kv:${key}`,
    pollIntervalMs: POLL_INTERVAL_MS,
    perRequest: true,
    async read(signal) {
      signal.throwIfAborted();
      const text = await getNamespace().get(key, { type: "text", ...(cacheTtl !== undefined && { cacheTtl }) });
      return text === null ? undefined : { text };
    },
    async write(text) {
      await getNamespace().put(key, text);
      return undefined;
    },
  };
}

function isNamespace(value: unknown): value is CloudflareKvNamespace {
  const { get, put } = (value ?? {}) as Partial<Record<"get" | "put", unknown>>;
  return typeof get === "function" && typeof put === "function";
}

function isBetween(value: number, least: number, most: number): boolean {
  return value >= least && value <= most;
}
