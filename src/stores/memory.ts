/**
 * The state in the memory of this process: for tests, for a site with one process, and as a first step.
 *
 * ```ts
 * import { maintenanceMode } from "maintenancemode";
 * import { liveState } from "maintenancemode/state";
 * import { memoryStore } from "maintenancemode/stores/memory";
 *
 * const state = liveState(memoryStore());
 * const maintenance = maintenanceMode({ state });
 * await state.set({ mode: "on" });
 * ```
 *
 * @module maintenancemode/stores/memory
 */
import { invalidOption } from "../util/errors.ts";
import type { HistoryLog, InstanceRegistry, MaintenanceStore, StoredState, Unwatch } from "../types/store.ts";

export type { HistoryLog, InstanceRegistry, MaintenanceStore, StoredState, Unwatch };

/** A store in memory. It has every ability of a store. */
export type MemoryStore =
  & MaintenanceStore
  & Required<Pick<MaintenanceStore, "name" | "write" | "replace" | "watch" | "instances" | "history">>;

/** How many changes the store keeps. */
const MOST_CHANGES = 1_000;

/** The record of a process. */
interface Entry {
  record: string;
  /** When the record expires, by `performance.now()`, which nobody can set. */
  expires: number;
}

/**
 * Opens a store in the memory of this process. To share its state, pass the same store to each `liveState()`. The state is
 * lost when the process ends.
 *
 * @param text The text that the store holds at first. Without it, nothing is stored, which means "off".
 * @returns The store.
 * @throws {OptionError} If `text` is not a string.
 * @example Usage
 * ```ts
 * import { memoryStore } from "maintenancemode/stores/memory";
 *
 * const store = memoryStore();
 * await store.write('{ "mode": "on" }');
 * ```
 */
export function memoryStore(text?: string): MemoryStore {
  if (text !== undefined && typeof text !== "string") {
    throw invalidOption("open the memory store", "text", "the text of a state", text);
  }
  let version = 0;
  let stored: StoredState | undefined = text === undefined ? undefined : { text, version: "0" };
  const watchers = new Set<{ changed: () => void }>();
  const entries = new Map<string, Entry>();
  const changes: string[] = [];

  function store(text: string): string {
    stored = { text, version: String(++version) };
    for (const watcher of watchers) {
      // Runs later, so that an error of a watcher does not reach the caller of write().
      queueMicrotask(() => watchers.has(watcher) && watcher.changed());
    }
    return String(version);
  }

  return {
    name: "memory",
    // deno-lint-ignore require-await -- an error has to reject the promise, as in every other store
    async read(signal) {
      signal.throwIfAborted();
      return stored;
    },
    // deno-lint-ignore require-await
    async write(text) {
      return store(text);
    },
    // deno-lint-ignore require-await
    async replace(text, expected) {
      return stored?.text === expected ? { version: store(text) } : undefined;
    },
    watch(changed) {
      const watcher = { changed };
      watchers.add(watcher);
      return () => void watchers.delete(watcher);
    },
    instances: {
      // deno-lint-ignore require-await
      async put(id, record, ttlMs) {
        entries.set(id, { record, expires: performance.now() + ttlMs });
      },
      // deno-lint-ignore require-await
      async delete(id) {
        entries.delete(id);
      },
      // deno-lint-ignore require-await
      async list() {
        const now = performance.now();
        for (const [id, { expires }] of entries) if (expires <= now) entries.delete(id);
        return [...entries.values()].map(({ record }) => record);
      },
    },
    history: {
      // deno-lint-ignore require-await
      async append(entry) {
        changes.push(entry);
        if (changes.length > MOST_CHANGES) changes.shift();
      },
      // deno-lint-ignore require-await
      async list(limit) {
        return changes.slice(-limit);
      },
    },
  };
}
