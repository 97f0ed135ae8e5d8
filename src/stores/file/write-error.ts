import { stat } from "node:fs/promises";
import { dirname } from "node:path";
import { messageOf } from "../../util/received.ts";
import { codeOf, denied, fileError, problem } from "./errors.ts";
import { findTarget } from "./links.ts";

/**
 * Explains why writing failed. Two codes mean something else for writing, and only the directory tells which.
 *
 * @param doing What failed: the words between "Cannot" and the path.
 * @param hint How to get the permission, if that is missing.
 */
export async function writeError(doing: string, path: string, error: unknown, hint: string): Promise<unknown> {
  const code = codeOf(error);
  if (code !== "ENOENT" && code !== "EPERM") return fileError(doing, path, error, hint);
  const mode = await modeOfFolder(path);
  if (code === "ENOENT" && mode !== undefined) {
    // /proc refuses new files with this code.
    const isNew = ["open", "mkdir"].includes(String((error as { syscall?: unknown }).syscall));
    const refusal = "the file system lets nobody create a file in its directory (ENOENT): choose another directory";
    return problem(doing, path, isNew ? refusal : messageOf(error), error);
  }
  if (code === "EPERM" && mode !== undefined && (mode & STICKY) !== 0) {
    const sticky = "its directory is sticky, so that only the owner of a file may replace it: " +
      "write it as its owner, or move it to a directory of its own";
    return problem(doing, path, denied(code, sticky), error);
  }
  return fileError(doing, path, error, hint);
}

/** Lets only the owner of a file remove it, as in /tmp. */
const STICKY = 0o1000;

async function modeOfFolder(path: string): Promise<number | undefined> {
  try {
    return (await stat(dirname(await findTarget(path)))).mode;
  } catch {
    return undefined;
  }
}
