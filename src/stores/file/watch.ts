import { type FSWatcher, watch as watchFolder } from "node:fs";
import { stat } from "node:fs/promises";
import { basename, dirname } from "node:path";
import { clearInterval, clearTimeout, setImmediate, setInterval, setTimeout } from "node:timers";
import { followLinks } from "./content.ts";
import { codeOf, fileError } from "./errors.ts";

/** A directory to be watched. */
interface Folder {
  path: string;
  /** The name that counts in it, or `undefined` if every name does. */
  name: string | undefined;
  /** Tells it from another directory that takes its place. */
  id: string;
}

/** How long after a change there may be another one that is not told: Bun leaves out what repeats within a millisecond. */
const ECHO_MS = 5;

/**
 * Watches the directories on the way to a file: editors put a new file in place of the old one, so it is the name that
 * stays. A directory that appears, or takes the place of another one, is found at an interval.
 *
 * @param changed Called when the file may have changed: at the interval, too, while there is no directory to watch.
 * @param failed Called once if the system refuses to watch.
 * @returns Stops it. None of it keeps the process running.
 */
export async function watchFile(
  path: string,
  intervalMs: number,
  changed: () => void,
  failed: (error: unknown) => void,
): Promise<() => void> {
  let isStopped = false;
  let watchers: FSWatcher[] = [];
  let watched = "";
  let arming: Promise<void> | undefined;
  let armAgain = false;
  let echo: ReturnType<typeof setTimeout> | undefined;

  function stop(): void {
    isStopped = true;
    clearInterval(timer);
    clearTimeout(echo);
    disarm();
  }

  function tell(): void {
    if (isStopped) return;
    changed();
    clearTimeout(echo);
    echo = setTimeout(() => isStopped || changed(), ECHO_MS);
    echo.unref();
  }

  function fail(error: unknown): void {
    if (isStopped) return;
    stop();
    failed(fileError("watch the state file", path, error, "let this user list the directory of the file"));
  }

  function disarm(): void {
    for (const watcher of watchers) watcher.close();
    watchers = [];
    watched = "";
  }

  function arm(): Promise<void> {
    if (arming !== undefined) armAgain = true;
    return arming ??= (async () => {
      try {
        do {
          armAgain = false;
          await armOnce();
        } while (armAgain && !isStopped);
      } finally {
        arming = undefined;
      }
    })();
  }

  async function armOnce(): Promise<void> {
    let folders: Folder[];
    try {
      folders = await findFolders(path);
    } catch {
      // The directory is not there, or not to be entered. As long as nothing is watched, anything may change.
      disarm();
      tell();
      return;
    }
    const wanted = folders.map(({ path, name, id }) => `${id}\0${path}\0${name}`).join("\n");
    if (isStopped || wanted === watched) return;
    disarm();
    try {
      for (const folder of folders) watchers.push(watchOne(folder));
    } catch (error) {
      disarm();
      if (isMissing(error)) tell();
      else fail(error);
      return;
    }
    watched = wanted;
    // What changed before is not told.
    tell();
  }

  function watchOne(folder: Folder): FSWatcher {
    const watcher = watchFolder(folder.path, { persistent: false });
    const letGo = () => void setImmediate(() => watchers.includes(watcher) && watcher.unref());
    watcher.on("change", (_, name) => {
      if (isStopped) return;
      // Deno forgets with each event that the process need not wait for the next one.
      letGo();
      // Of its own removal, a directory tells by its own name.
      const isGone = name === basename(folder.path);
      if (isGone) disarm();
      // A link leads elsewhere while its directory stays.
      if (isGone || folder.name === undefined) void arm();
      if (isGone || typeof name !== "string" || folder.name === undefined || isSame(name, folder.name)) tell();
    });
    watcher.on("error", (error) => {
      // On some systems that is how the removal of the directory is told.
      if (isMissing(error) || codeOf(error) === "EPERM") {
        disarm();
        tell();
      } else {
        fail(error);
      }
    });
    letGo();
    return watcher;
  }

  const timer = setInterval(() => void arm(), intervalMs);
  timer.unref();
  await arm();
  return stop;
}

async function findFolders(path: string): Promise<Folder[]> {
  const places = await followLinks(path);
  const folders: Folder[] = [];
  for (const [index, place] of places.entries()) {
    const folder = dirname(place);
    const { dev, ino, birthtimeNs } = await stat(folder, { bigint: true });
    // Beside a link anything may be part of where it leads: Kubernetes exchanges a directory beside it.
    const name = index === places.length - 1 ? basename(place) : undefined;
    // Numbers of directories are used again at once, but not in the same millisecond.
    folders.push({ path: folder, name, id: `${dev}:${ino}:${birthtimeNs ?? ""}` });
  }
  return folders;
}

/** File names come in one Unicode form and go in another on some systems. */
function isSame(a: string, b: string): boolean {
  return a === b || a.normalize() === b.normalize();
}

function isMissing(error: unknown): boolean {
  return ["ENOENT", "ENOTDIR"].includes(codeOf(error) ?? "");
}
