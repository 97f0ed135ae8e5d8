import { type FSWatcher, watch as watchFolder } from "node:fs";
import { stat } from "node:fs/promises";
import { basename, dirname } from "node:path";
import { clearInterval, clearTimeout, setImmediate, setInterval, setTimeout } from "node:timers";
import { followLinks } from "./links.ts";
import { codeOf, fileError } from "./errors.ts";

/** A directory to watch. */
interface Folder {
  path: string;
  /** The name that counts in the directory. `undefined` if every name counts. */
  name: string | undefined;
  /** Tells the directory from another one that takes its place. */
  id: string;
}

/** When to report a change once more. Bun does not report a change that follows another within a millisecond. */
const ECHO_MS = 5;

/**
 * Watches the directories on the way to a file, because editors replace the file and only its name stays. Looks at an
 * interval for directories that have appeared or been replaced. The watch does not keep the process running.
 *
 * @param changed Called when the file may have changed, and at the interval while there is no directory to watch.
 * @param failed Called once if the system refuses to watch.
 * @returns Stops the watch.
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

  function report(): void {
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
      // The directory is missing, or this user may not enter it. While nothing is watched, anything may change.
      disarm();
      report();
      return;
    }
    const wanted = folders.map(({ path, name, id }) => `${id}\0${path}\0${name}`).join("\n");
    if (isStopped || wanted === watched) return;
    disarm();
    try {
      for (const folder of folders) watchers.push(watchOne(folder));
    } catch (error) {
      disarm();
      if (isMissing(error)) report();
      else fail(error);
      return;
    }
    watched = wanted;
    // The system does not report earlier changes.
    report();
  }

  function watchOne(folder: Folder): FSWatcher {
    const watcher = watchFolder(folder.path, { persistent: false });
    const letGo = () => void setImmediate(() => watchers.includes(watcher) && watcher.unref());
    watcher.on("change", (_, name) => {
      if (isStopped) return;
      // In Deno, each event makes the process wait for the next one again.
      letGo();
      // A directory reports its own removal under its own name.
      const isGone = name === basename(folder.path);
      if (isGone) disarm();
      // A link may now lead elsewhere although its directory stays.
      if (isGone || folder.name === undefined) void arm();
      if (isGone || typeof name !== "string" || folder.name === undefined || isSame(name, folder.name)) report();
    });
    watcher.on("error", (error) => {
      // Some systems report the removal of the directory like this.
      if (isMissing(error) || codeOf(error) === "EPERM") {
        disarm();
        report();
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
    // Beside a link, any name may be part of its target: Kubernetes exchanges a directory beside it.
    const name = index === places.length - 1 ? basename(place) : undefined;
    // Some file systems reuse the number of a directory at once, but not in the same millisecond.
    folders.push({ path: folder, name, id: `${dev}:${ino}:${birthtimeNs ?? ""}` });
  }
  return folders;
}

/** Compares file names in one Unicode form, because some systems return another form than they were given. */
function isSame(a: string, b: string): boolean {
  return a === b || a.normalize() === b.normalize();
}

function isMissing(error: unknown): boolean {
  return ["ENOENT", "ENOTDIR"].includes(codeOf(error) ?? "");
}
