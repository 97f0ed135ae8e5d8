/**
 * The state in a file, for all processes of a machine or of a shared file system, and for people with an editor.
 *
 * ```ts
 * import { maintenanceMode } from "maintenancemode";
 * import { liveState } from "maintenancemode/state";
 * import { fileStore } from "maintenancemode/stores/file";
 *
 * await using state = liveState(fileStore("/srv/site/maintenance.json"));
 * const maintenance = maintenanceMode({ state });
 * ```
 *
 * A missing file means "off" and an empty file means "on", so that `touch` and `rm` are enough to switch a site.
 *
 * The store runs in Node, Deno and Bun. Deno needs permission to read the directory of the file. To change the state, and
 * for the fleet, it also needs permission to write to it.
 *
 * @module maintenancemode/stores/file
 */
import { checkNames, invalidOption } from "../util/errors.ts";
import type { HistoryLog, InstanceRegistry, MaintenanceStore, StoredState, Unwatch } from "../types/store.ts";
import { fileHistory } from "./file/history.ts";
import { fileInstances } from "./file/instances.ts";
import { parsePath } from "./file/path.ts";
import { createReader } from "./file/reader.ts";
import { watchFile } from "./file/watch.ts";
import { createWriter } from "./file/writer.ts";

export type { HistoryLog, InstanceRegistry, MaintenanceStore, StoredState, Unwatch };

/** A store in a file. It has every ability of a store. */
export type FileStore =
  & MaintenanceStore
  & Required<
    Pick<
      MaintenanceStore,
      "name" | "pollIntervalMs" | "write" | "replace" | "watch" | "instances" | "history" | "close"
    >
  >;

/** Options of {@link fileStore}. */
export interface FileStoreOptions {
  /**
   * How many milliseconds lie between two looks at the file and at the directories that the store watches. The looks find
   * changes that the file system does not report, as over a network. Above 0 and below 2^31.
   *
   * @default {1000}
   */
  pollIntervalMs?: number;
}

const TASK = "open the file store";

/**
 * Opens a store in a file: JSON in UTF-8, at most 1 MiB.
 *
 * - **Reading.** A missing file means "off", an empty file "on". A file that becomes empty counts after 1 second, and a file
 *   that disappears after a quarter of a second, because another program may be about to write it. While the file is
 *   unreadable or its directory is missing, the last known state stays in force.
 * - **Writing** replaces the whole file: the store writes a file beside it and renames that. The permissions stay. Owner and
 *   group stay if the process may set them. Access control lists and hard links do not stay. Everybody can read a new file.
 *   If the path is a symbolic link, the store replaces its target. The process must be allowed to write to the directory.
 * - **Several writers.** Processes that write through this store wait for each other. The file with `.lock` behind its name
 *   is their lock. Nobody has to remove it, because it expires after 3 seconds. Other programs do not wait: a reader may see
 *   half a text of a program that writes in place without emptying the file first.
 * - **Changes.** The operating system reports changes at once. Polling finds those that it does not report.
 * - **The fleet.** Each process keeps a file in the directory with `.instances` behind the name of the state file.
 * - **The history.** The file with `.log` behind the name of the state file keeps the last 1 000 changes, at most 1 MiB: a line
 *   of JSON for each.
 *
 * @param path The path of the file, relative to the current working directory, or a `file:` URL.
 * @param options The interval of polling.
 * @returns The store. It opens nothing before its first use.
 * @throws {OptionError} If the path is not that of a file, or an option is not valid.
 * @example Usage
 * ```ts
 * import { fileStore } from "maintenancemode/stores/file";
 *
 * const store = fileStore("/srv/site/maintenance.json");
 * await store.write('{ "mode": "on" }');
 * ```
 */
export function fileStore(path: string | URL, options: FileStoreOptions = {}): FileStore {
  checkNames(TASK, options, ["pollIntervalMs"]);
  const { pollIntervalMs = 1_000 } = options;
  if (!(typeof pollIntervalMs === "number" && pollIntervalMs > 0 && pollIntervalMs < 2 ** 31)) {
    throw invalidOption(TASK, "pollIntervalMs", "a number of milliseconds above 0", pollIntervalMs);
  }
  const file = parsePath(TASK, path);
  const reader = createReader(file);
  const writer = createWriter(file);
  const watches = new Set<Unwatch>();

  return {
    name: `file:${file}`,
    pollIntervalMs,
    read: (signal) => reader.read(signal),
    async write(text) {
      const version = await writer.write(text);
      if (version !== undefined) reader.noteWritten(version);
      return version;
    },
    async replace(text, expected) {
      const version = await writer.replace(text, expected);
      if (version === undefined) return undefined;
      reader.noteWritten(version);
      return { version };
    },
    async watch(changed, failed) {
      const unwatch = await watchFile(file, pollIntervalMs, changed, failed);
      watches.add(unwatch);
      return () => {
        watches.delete(unwatch);
        return unwatch();
      };
    },
    instances: fileInstances(file),
    history: fileHistory(file),
    close() {
      for (const unwatch of watches) unwatch();
      watches.clear();
    },
  };
}
