import { type FileHandle, open, rename, stat, unlink } from "node:fs/promises";
import { dirname } from "node:path";
import { findTarget, LONGEST, readContent, toMs, versionOf } from "./content.ts";
import { codeOf, fileError, nameUser, problem } from "./errors.ts";
import { withLock } from "./lock.ts";
import { createTemp, removeLeftBehind } from "./temp.ts";

/** Writes a file as a whole. */
export interface Writer {
  /** Puts a text in place of what is there and returns its version, or `undefined` if a later one overtook it. */
  write(text: string): Promise<string | undefined>;
  /** The same if the file holds the expected text, or is not there if `undefined` is expected. */
  replace(text: string, expected: string | undefined): Promise<string | undefined>;
}

/** The texts that one writing stands for, of which it writes the last. */
interface Job {
  text: string;
  deadline: number;
  count: number;
  readonly written: Promise<string | undefined>;
}

/** After how long a writing fails: before whoever asked for it has given up, so that it does not happen afterwards. */
const WRITE_MS = 4_500;

const DOING = "write the state file";
const HINT = "let this user write to the directory of the file";

/** Makes a writer. What it is told to write, it writes in this order. */
export function createWriter(file: string): Writer {
  let last: Promise<unknown> = Promise.resolve();
  // What waits for its turn. The next text takes its place: a thousand at once are no thousand writings.
  let waiting: Job | undefined;
  let hasCleared = false;

  function inTurn<Result>(act: () => Promise<Result>): Promise<Result> {
    const result = last.then(act).catch((error) => {
      throw fileError(DOING, file, error, HINT);
    });
    last = result.catch(() => {});
    return result;
  }

  async function put(
    text: string,
    deadline: number,
    isExpected: (target: string) => Promise<boolean>,
  ): Promise<string | undefined> {
    const bytes = new TextEncoder().encode(text);
    if (bytes.length > LONGEST) throw problem(DOING, file, `the text is longer than ${LONGEST} bytes (1 MiB)`);
    const target = await findTarget(file);
    if (!await isExpected(target)) return undefined;
    // All that may take long comes before the lock.
    const temp = await createTemp(target, (handle) => fill(handle, target, bytes));
    let isPlaced = false;
    try {
      isPlaced = await place(temp.path, target, deadline, isExpected);
    } finally {
      if (!isPlaced) await unlink(temp.path).catch(() => {});
    }
    if (!isPlaced) return undefined;
    await flushFolder(dirname(target));
    if (!hasCleared) {
      hasCleared = true;
      // It is no business of who writes whether that succeeds.
      await removeLeftBehind(target, toMs(temp.result.mtimeNs)).catch(() => {});
    }
    return versionOf(temp.result, bytes);
  }

  function enqueue(): Job {
    const job: Job = {
      text: "",
      deadline: 0,
      count: 0,
      written: inTurn(() => {
        if (waiting === job) waiting = undefined;
        return put(job.text, job.deadline, () => Promise.resolve(true));
      }),
    };
    return job;
  }

  return {
    async write(text) {
      const job = waiting ??= enqueue();
      job.text = text;
      job.deadline = performance.now() + WRITE_MS;
      const number = ++job.count;
      const version = await job.written;
      return number === job.count ? version : undefined;
    },
    replace(text, expected) {
      // What is written afterwards comes afterwards.
      waiting = undefined;
      const deadline = performance.now() + WRITE_MS;
      const isExpected = async (target: string) => (await readContent(target, undefined))?.text === expected;
      return inTurn(() => put(text, deadline, isExpected));
    },
  };
}

/** Renames a file under the lock, and tells whether what was there was what was expected. */
async function place(
  temp: string,
  target: string,
  deadline: number,
  isExpected: (target: string) => Promise<boolean>,
): Promise<boolean> {
  for (;;) {
    const isPlaced = await withLock(`${target}.lock`, deadline, async (isHeld) => {
      if (!await isExpected(target)) return false;
      if (performance.now() > deadline) throw new Error("the file system did not answer in time: try again");
      // A process that stood still for a while has to begin again.
      if (!isHeld()) return undefined;
      await rename(temp, target);
      return true;
    });
    if (isPlaced !== undefined) return isPlaced;
  }
}

/** Fills the file that is to take the place of another one, down to the disk. */
async function fill(handle: FileHandle, target: string, bytes: Uint8Array) {
  const former = await statIfThere(target);
  if (former !== undefined && !former.isFile()) {
    const kind = former.isDirectory() ? "a directory" : "no regular file";
    throw problem(DOING, target, `it is ${kind} where a file was expected: remove it, or correct the path`);
  }
  await handle.writeFile(bytes);
  // Whoever made the file is not always who reads it: the one at the terminal, and the server with its own user.
  if (former !== undefined) await keepOwner(handle, target, former);
  // Only what files need: not the bits that let programs run as somebody else.
  await handle.chmod(former === undefined ? 0o644 : former.mode & 0o777);
  await flush(handle);
  return await handle.stat({ bigint: true });
}

/** Gives the new file to the owner and the group of the old one, as far as this user may. */
async function keepOwner(
  handle: FileHandle,
  target: string,
  { uid, gid, mode }: { uid: number; gid: number; mode: number },
): Promise<void> {
  const own = await handle.stat();
  if (own.uid === uid && own.gid === gid) return;
  if (await succeeds(handle.chown(uid, gid))) return;
  const keepsGroup = own.gid === gid || await succeeds(handle.chown(own.uid, gid));
  const isReadable = own.uid === uid || (mode & 0o004) !== 0 || (keepsGroup && (mode & 0o040) !== 0);
  if (isReadable) return;
  const permissions = (mode & 0o777).toString(8);
  throw problem(
    DOING,
    target,
    `its owner, the user with id ${uid}, could not read what ${nameUser()} puts in place of it ` +
      `with its permissions ${permissions}: write it as its owner, or let others read it (chmod o+r)`,
  );
}

async function statIfThere(path: string) {
  try {
    return await stat(path);
  } catch (error) {
    if (codeOf(error) === "ENOENT") return undefined;
    throw error;
  }
}

async function succeeds(act: Promise<void>): Promise<boolean> {
  try {
    await act;
    return true;
  } catch {
    return false;
  }
}

async function flush(handle: FileHandle): Promise<void> {
  try {
    await handle.sync();
  } catch (error) {
    // Some file systems know no such thing.
    if (!["EINVAL", "ENOSYS", "ENOTSUP", "EOPNOTSUPP"].includes(codeOf(error) ?? "")) throw error;
  }
}

/** Makes the new name last through a power failure, where directories can be flushed. */
async function flushFolder(folder: string): Promise<void> {
  try {
    const handle = await open(folder, "r");
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  } catch {
    // It has its new content all the same.
  }
}
