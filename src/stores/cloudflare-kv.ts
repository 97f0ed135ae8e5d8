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
import type { HistoryLog, InstanceRegistry, MaintenanceStore, StoredState, Unwatch } from "../types/store.ts";

export type { HistoryLog, InstanceRegistry, MaintenanceStore, StoredState, Unwatch };

/** A namespace of Workers KV. The type names the members of `KVNamespace` that the store uses. */
export interface CloudflareKvNamespace {
  /** Reads one key. */
  get(key: string, options: { type: "text"; cacheTtl?: number }): Promise<string | null>;
  /** Writes one key. */
  put(key: string, value: string): Promise<void>;
}

/** Options of {@linkcode cloudflareKvStore}. */
export interface CloudflareKvStoreOptions {
  /**
   * The key of the text of the state: 1 to 512 bytes in UTF-8, but not `"."` or `".."`.
   *
   * @default {"maintenancemode"}
   */
  key?: string;
  /**
   * For how many seconds a location of Cloudflare may answer from its cache: a whole number from 30. A higher number makes
   * fewer readings slow, but changes arrive later.
   *
   * @default {60}, the default of Workers KV
   */
  cacheTtl?: number;
}

/** A store in Workers KV. It can be written, but it cannot push changes and has no fleet. */
export type CloudflareKvStore = MaintenanceStore & Required<Pick<MaintenanceStore, "name" | "write">>;

const TASK = "open the Cloudflare KV store";

/** Workers KV would answer more frequent readings from its cache. */
const POLL_INTERVAL_MS = 30_000;

const BINDING_HINT = "write env and the name of the binding, as in env.MAINTENANCE";

const encoder = new TextEncoder();

/**
 * Opens a store in Workers KV. `liveState` reads it during a request, at most every 30 seconds.
 *
 * Workers KV usually shows a change at once in the location that wrote it. Other locations see it after up to `cacheTtl`, by
 * default 60 seconds or more, and the 30 seconds between two readings add to that. One key takes one write a second, and
 * Workers KV refuses more. If two processes write at once, the last one wins, and neither gets an error.
 *
 * @param namespace The namespace, or a function that returns it, if only a request makes it known.
 * @param options The key, and how long Cloudflare may cache the state.
 * @returns The store. Its methods reject with an `OptionError` if the function returns something else.
 * @throws {OptionError} If `namespace` is neither a namespace nor a function, or an option is not valid.
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
    throw invalidOption(TASK, "namespace", "a KV namespace or a function that returns one", namespace, BINDING_HINT);
  }
  checkNames(TASK, options, ["key", "cacheTtl"]);
  const { key = "maintenancemode", cacheTtl } = options;
  // The limits of Workers KV exclude "." and "..", because they cannot be a part of a URL.
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
    throw invalidOption(TASK, "namespace()", "a KV namespace", found, BINDING_HINT);
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
