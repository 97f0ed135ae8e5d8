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
 * No file means "off", and an empty file means "on": `touch` and `rm` are enough to switch a site.
 *
 * Runs in Node, Deno and Bun. Deno needs the permission to read the directory of the file, and to write to it where the
 * state is changed and for the fleet.
 *
 * @module maintenancemode/stores/file
 */
import { stat } from "node:fs/promises";
import { basename, dirname, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { checkNames, invalidOption } from "../util/errors.ts";
import { quote } from "../util/received.ts";
import type { InstanceRegistry, MaintenanceStore, StoredState, Unwatch } from "../types/store.ts";
import { fileError } from "./file/errors.ts";
import { fileInstances } from "./file/instances.ts";
import { findTarget, readContent } from "./file/content.ts";
import { createSettling } from "./file/settling.ts";
import { watchFile } from "./file/watch.ts";
import { createWriter } from "./file/writer.ts";

export type { InstanceRegistry, MaintenanceStore, StoredState, Unwatch };

/** A store that can do all that a store can do. */
export type FileStore =
  & MaintenanceStore
  & Required<Pick<MaintenanceStore, "name" | "pollIntervalMs" | "write" | "replace" | "watch" | "instances" | "close">>;

/** Options of {@link fileStore}. */
export interface FileStoreOptions {
  /**
   * How many milliseconds pass between two looks at the file, and at the directories that are watched: what finds a
   * change where the file system tells of none, as over a network. Greater than 0.
   *
   * @default {1000}
   */
  pollIntervalMs?: number;
}

const TASK = "open the file store";

/** How long a file has to be empty to mean "on": programs that write it in place empty it first. */
const EMPTY_FOR_MS = 1_000;

/** How long a file has to be missing to mean "off": editors move the old one away before they write the new one. */
const MISSING_FOR_MS = 250;

/** How often a file is looked at until one of these times is over. */
const LOOK_EVERY_MS = 25;

/**
 * A store that keeps the state in a file: JSON, UTF-8, 1 MiB at most.
 *
 * - **Reading.** No file means "off", an empty one "on". A file that becomes empty counts after a second, one that
 *   disappears after a quarter of a second without it: in between, other programs may be about to write it. If there is
 *   something that cannot be read, or the directory is missing, the last known state holds.
 * - **Writing** replaces the file as a whole: a file beside it is written and renamed. Its permissions stay, and its owner and
 *   group where the process may set them; access control lists and hard links do not. A new file can be read by
 *   everybody. Of a symbolic link, the target is replaced. The process needs the right to write to the directory.
 * - **Two at once.** Processes that write through this store wait for each other by a file of the same name with `.lock`
 *   behind it, which nobody has to remove: it counts for three seconds. Other programs do not wait; those that write in
 *   place, and do not empty the file first, may be seen halfway.
 * - **Changes** are told by the operating system at once, and found by polling where it tells of none.
 * - **The fleet** is kept in the directory of the same name with `.instances` behind it, one file for each process.
 *
 * @param path Where it is: a path, relative to the working directory of now, or a `file:` URL.
 * @param options How often to look at it.
 * @returns The store. Nothing is opened before it is used.
 * @throws {TypeError} If an argument is not valid.
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
  const file = toPath(path);
  const settling = createSettling();
  const writer = createWriter(file);
  const watches = new Set<Unwatch>();

  async function read(signal: AbortSignal): Promise<StoredState | undefined> {
    try {
      for (;;) {
        const began = performance.now();
        const content = await readContent(file, signal);
        const waitMs = content === undefined
          ? settling.see(undefined, MISSING_FOR_MS, await unchangedForMs(file), began)
          : content.text.trim() === ""
          ? settling.see(content.version, EMPTY_FOR_MS, Date.now() - content.mtimeMs, began)
          : settling.see(content.version, 0, 0, began);
        if (waitMs <= 0) return content && { text: content.text, version: content.version };
        await sleep(Math.min(waitMs, LOOK_EVERY_MS), undefined, { signal });
      }
    } catch (error) {
      settling.fail();
      throw error;
    }
  }

  return {
    name: `file:${file}`,
    pollIntervalMs,
    read,
    async write(text) {
      const version = await writer.write(text);
      // What is known to be written as a whole needs no time to settle.
      if (version !== undefined) settling.write(version);
      return version;
    },
    async replace(text, expected) {
      const version = await writer.replace(text, expected);
      if (version === undefined) return undefined;
      settling.write(version);
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
    close() {
      for (const unwatch of watches) unwatch();
      watches.clear();
    },
  };
}

/** How long the directory of a missing file has been without a change. */
async function unchangedForMs(file: string): Promise<number> {
  try {
    const { mtimeMs } = await stat(dirname(await findTarget(file)));
    return Date.now() - mtimeMs;
  } catch (error) {
    throw fileError("read the state file", file, error);
  }
}

/** The absolute path: the process may change its working directory later. */
function toPath(path: unknown): string {
  if (path instanceof URL) return fromUrl(path);
  const accepted = 'a path or a "file:" URL';
  if (typeof path !== "string" || path === "") throw invalidOption(TASK, "path", accepted, path);
  if (/^file:\/\//i.test(path)) {
    if (!URL.canParse(path)) throw invalidOption(TASK, "path", accepted, path);
    return fromUrl(new URL(path));
  }
  if (/^[a-z][a-z0-9+.-]+:\/\//i.test(path)) {
    // A URL of another kind may hold a password.
    const scheme = path.slice(0, path.indexOf(":") + 1);
    throw new TypeError(`Cannot ${TASK}: "path" must be ${accepted}, received a URL that starts with ${quote(scheme)}`);
  }
  // The name of a store is accepted as its path, too.
  return checkPath(path.replace(/^file:/i, ""), path);
}

function fromUrl(url: URL): string {
  if (url.protocol !== "file:") {
    throw new TypeError(
      `Cannot ${TASK}: "path" must be a path or a "file:" URL, received a URL that starts with ${quote(url.protocol)}`,
    );
  }
  if (url.search !== "" || url.hash !== "") {
    throw invalidOption(
      TASK,
      "path",
      'a "file:" URL without query and fragment',
      url.href,
      'write "?" as %3F, "#" as %23',
    );
  }
  let path;
  try {
    path = fileURLToPath(url);
  } catch (cause) {
    throw new TypeError(
      `Cannot ${TASK}: "path" must be the URL of a file on this machine, received ${quote(url.href)}`,
      {
        cause,
      },
    );
  }
  return checkPath(path, url.href);
}

function checkPath(path: string, given: string): string {
  if (path.includes("\0")) throw invalidOption(TASK, "path", "a path without a NUL character", given);
  const absolute = resolve(path);
  const isFolder = path === "" || /[/\\]\.{0,2}$|^\.{1,2}$/.test(path) || basename(absolute) === "";
  if (!isFolder) return absolute;
  throw invalidOption(
    TASK,
    "path",
    "the path of a file, not of a directory",
    given,
    'put "maintenance.json" behind it',
  );
}
