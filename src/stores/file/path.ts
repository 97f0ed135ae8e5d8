import { basename, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { invalidOption, OptionError } from "../../util/errors.ts";
import { quote } from "../../util/received.ts";

const EXPECTED = 'a path or a "file:" URL';

/**
 * Parses the path of the state file: a path, a `file:` URL, or the name of a file store.
 *
 * @param task The first words of an error.
 * @returns The absolute path, because the process may change its working directory later.
 * @throws {OptionError} If it is not the path of a file.
 */
export function parsePath(task: string, path: unknown): string {
  if (path instanceof URL) return parseUrl(task, path);
  if (typeof path !== "string" || path === "") throw invalidOption(task, "path", EXPECTED, path);
  const scheme = /^([a-z][a-z0-9+.-]+:)\/\//i.exec(path)?.[1]?.toLowerCase();
  if (scheme === undefined) return checkPath(task, path.replace(/^file:/i, ""), path);
  if (!URL.canParse(path)) throw refuseUrl(task, scheme, " and is not valid");
  return parseUrl(task, new URL(path));
}

function parseUrl(task: string, url: URL): string {
  if (url.protocol !== "file:") throw refuseUrl(task, url.protocol);
  if (url.search !== "" || url.hash !== "") {
    throw invalidOption(
      task,
      "path",
      'a "file:" URL without query and fragment',
      url.href,
      'write "?" as %3F, "#" as %23',
    );
  }
  let path: string;
  try {
    path = fileURLToPath(url);
  } catch (cause) {
    const problem = { path: "path", expected: "the URL of a file on this machine", received: quote(url.href) };
    throw new OptionError(task, problem, undefined, { cause });
  }
  return checkPath(task, path, url.href);
}

/** The error does not quote the URL, because a URL of another kind may hold a password. */
function refuseUrl(task: string, scheme: string, rest = ""): OptionError {
  const received = `a URL that starts with ${quote(scheme)}${rest}`;
  return new OptionError(task, { path: "path", expected: EXPECTED, received });
}

function checkPath(task: string, path: string, given: string): string {
  if (path.includes("\0")) throw invalidOption(task, "path", "a path without a NUL character", given);
  const absolute = resolve(path);
  const isFolder = path === "" || /[/\\]\.{0,2}$|^\.{1,2}$/.test(path) || basename(absolute) === "";
  if (!isFolder) return absolute;
  const hint = 'put "maintenance.json" after it';
  throw invalidOption(task, "path", "the path of a file, not of a directory", given, hint);
}
