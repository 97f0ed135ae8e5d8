import type { BigIntStats, Stats } from "node:fs";
import { type FileHandle, open, stat } from "node:fs/promises";
import { codeOf, nameUser, NOT_A_FILE, problem } from "./errors.ts";

/**
 * Fills the file that will replace another one, gives it the owner and permissions of that one, and flushes it to the disk.
 *
 * @param doing What failed, in errors: the words between "Cannot" and the path.
 */
export async function fillSuccessor(
  doing: string,
  handle: FileHandle,
  target: string,
  bytes: Uint8Array,
): Promise<BigIntStats> {
  const former = await statIfThere(target);
  if (former !== undefined && !former.isFile()) {
    throw problem(doing, target, former.isDirectory() ? NOT_A_FILE.directory : NOT_A_FILE.other);
  }
  await handle.writeFile(bytes);
  // Often one user writes the file, such as an operator, and another one reads it, such as the server.
  if (former !== undefined) await keepOwner(doing, handle, target, former);
  // Drops the bits that let a program run as its owner or group: a state file needs none of them.
  await handle.chmod(former === undefined ? 0o644 : former.mode & 0o777);
  await flush(handle);
  return await handle.stat({ bigint: true });
}

/** Gives the new file to the owner and the group of the old one, as far as this user may. */
async function keepOwner(
  doing: string,
  handle: FileHandle,
  target: string,
  { uid, gid, mode }: Pick<Stats, "uid" | "gid" | "mode">,
): Promise<void> {
  const own = await handle.stat();
  if (own.uid === uid && own.gid === gid) return;
  if (await succeeds(handle.chown(uid, gid))) return;
  const keepsGroup = own.gid === gid || await succeeds(handle.chown(own.uid, gid));
  const isReadable = own.uid === uid || (mode & 0o004) !== 0 || (keepsGroup && (mode & 0o040) !== 0);
  if (isReadable) return;
  const permissions = (mode & 0o777).toString(8);
  throw problem(
    doing,
    target,
    `its owner, the user with id ${uid}, could not read a file of ${nameUser()} with the same permissions ` +
      `${permissions}: write it as its owner, or let others read it (chmod o+r)`,
  );
}

async function statIfThere(path: string): Promise<Stats | undefined> {
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
    // Some file systems cannot flush a file.
    if (!["EINVAL", "ENOSYS", "ENOTSUP", "EOPNOTSUPP"].includes(codeOf(error) ?? "")) throw error;
  }
}

/** Flushes a directory, so that a rename survives a power failure. */
export async function flushFolder(folder: string): Promise<void> {
  try {
    const handle = await open(folder, "r");
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  } catch {
    // Some systems cannot flush a directory. Without a power failure, the rename lasts.
  }
}
