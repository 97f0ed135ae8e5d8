import process from "node:process";
import { messageOf } from "../../util/received.ts";

/** Errors that say what is wrong already. */
const explained = new WeakSet<object>();

/** The code of an error of the operating system, such as `"ENOENT"`. */
export function codeOf(error: unknown): string | undefined {
  const code = (error as { code?: unknown } | null | undefined)?.code;
  return typeof code === "string" ? code : undefined;
}

/** An error that says what could not be done with a path, why, and what to do about it. */
export function fileError(doing: string, path: string, error: unknown, hint?: string): unknown {
  if (typeof error === "object" && error !== null && explained.has(error)) return error;
  const code = codeOf(error) ?? "";
  const reason = Object.hasOwn(REASONS, code) ? REASONS[code]!(hint) : messageOf(error);
  return problem(doing, path, reason, error);
}

/** The same for what is no error of the operating system. */
export function problem(doing: string, path: string, reason: string, cause?: unknown): Error {
  // The path in full, however long.
  const error = new Error(`Cannot ${doing} ${JSON.stringify(path)}: ${reason}`, cause === undefined ? {} : { cause });
  explained.add(error);
  return error;
}

const REASONS: Readonly<Record<string, (hint: string | undefined) => string>> = {
  ENOENT: () => "its directory does not exist: create it, or correct the path",
  ENOTDIR: () => "a part of its path is a file where a directory was expected: correct the path",
  EISDIR: () => "it is a directory where a file was expected: remove it, or correct the path",
  // A socket.
  ENXIO: () => "it is no regular file where a file was expected: remove it, or correct the path",
  ELOOP: () => "its symbolic links lead in a circle: correct them",
  EACCES: denied,
  EPERM: denied,
  EBUSY: () => "it is in use or a mount point: mount its directory, and not the file alone, which cannot be replaced",
  EROFS: () => "the file system is read-only",
  ENOSPC: () => "the disk is full, and what was there is still there: free some space",
  EDQUOT: () => "the disk quota is used up, and what was there is still there: free some space",
  EMFILE: () => "this process has too many files open: raise its limit (ulimit -n)",
  ENFILE: () => "this machine has too many files open: raise its limit",
  ENAMETOOLONG: () => "its name is too long",
};

function denied(hint = "give this user access to it"): string {
  return `permission denied to ${nameUser()}: ${hint}`;
}

/** Who this process is for the file system. */
export function nameUser(): string {
  try {
    const uid = process.getuid?.();
    if (uid !== undefined) return `the user with id ${uid}`;
  } catch {
    // Deno asks for a permission of its own.
  }
  return "this user";
}
