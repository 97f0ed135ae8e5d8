import process from "node:process";
import { messageOf } from "../../util/received.ts";

/** The errors that this module made. */
const explained = new WeakSet<object>();

/** The code of an error of the operating system, such as `"ENOENT"`. */
export function codeOf(error: unknown): string | undefined {
  const code = (error as { code?: unknown } | null | undefined)?.code;
  return typeof code === "string" ? code : undefined;
}

/** The reasons to refuse something that stands in place of the file. */
export const NOT_A_FILE = {
  directory: "it is a directory where a file was expected: remove it, or correct the path",
  other: "it is not a regular file: remove it, or correct the path",
} as const;

/**
 * Turns an error of the operating system into one that says what failed, why, and how to fix it. Returns an error that
 * {@link problem} made as it is.
 *
 * @param doing What failed: the words between "Cannot" and the path.
 * @param hint How to get the permission, if that is missing.
 */
export function fileError(doing: string, path: string, error: unknown, hint?: string): unknown {
  if (typeof error === "object" && error !== null && explained.has(error)) return error;
  const code = codeOf(error) ?? "";
  const reason = Object.hasOwn(REASONS, code) ? REASONS[code]!(hint) : messageOf(error);
  return problem(doing, path, reason, error);
}

/** Makes an error that says what failed and why, for a reason that does not come from the operating system. */
export function problem(doing: string, path: string, reason: string, cause?: unknown): Error {
  // Unlike other texts in errors, the path is never shortened.
  const error = new Error(`Cannot ${doing} ${JSON.stringify(path)}: ${reason}`, cause === undefined ? {} : { cause });
  explained.add(error);
  return error;
}

const REASONS: Readonly<Record<string, (hint: string | undefined) => string>> = {
  ENOENT: () => "its directory does not exist: create it, or correct the path",
  ENOTDIR: () => "a part of its path is a file where a directory was expected: correct the path",
  EISDIR: () => NOT_A_FILE.directory,
  // Opening a socket gives this.
  ENXIO: () => NOT_A_FILE.other,
  ELOOP: () => "its symbolic links lead in a circle: correct them",
  EACCES: (hint) => denied("EACCES", hint),
  EPERM: (hint) => denied("EPERM", hint),
  EBUSY: () => "it is in use or a mount point: mount its directory instead of the file, which cannot be replaced",
  EROFS: () => "the file system is read-only (EROFS): mount it for writing, or choose another directory",
  ENOSPC: () => "the disk is full, but the old content is intact: free some space",
  EDQUOT: () => "the disk quota is used up, but the old content is intact: free some space",
  EMFILE: () => "this process has too many files open: raise its limit (ulimit -n)",
  ENFILE: () => "this machine has too many files open: raise its limit",
  ENAMETOOLONG: () => "its name is too long",
};

/** The reason for a missing permission, with the code of the operating system. */
export function denied(code: string, hint = "give this user access to it"): string {
  return `permission denied to ${nameUser()} (${code}): ${hint}`;
}

/** Names the user of this process as the file system knows it. */
export function nameUser(): string {
  try {
    const uid = process.getuid?.();
    if (uid !== undefined) return `the user with id ${uid}`;
  } catch {
    // Deno without --allow-sys does not tell.
  }
  return "this user";
}
