import { readlink, realpath } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { codeOf } from "./errors.ts";

/** Linux follows as many links. */
const MOST_LINKS = 40;

/**
 * Follows the symbolic links of a path to the file at their end. The file may be missing, but its directory must exist.
 *
 * @throws If the directory is missing or this process may not enter it.
 */
export async function findTarget(path: string): Promise<string> {
  return (await followLinks(path)).at(-1)!;
}

/** The links from a path to its file, and the file last, each in the real path of its directory. */
export async function followLinks(path: string): Promise<string[]> {
  const places: string[] = [];
  for (let next = path; places.length <= MOST_LINKS;) {
    const folder = await realpath(dirname(next));
    const place = join(folder, basename(next));
    places.push(place);
    let link;
    try {
      link = await readlink(place);
    } catch (error) {
      // These codes mean that it is not a link, or missing. For the former, Windows says UNKNOWN.
      if (["EINVAL", "ENOENT", "UNKNOWN"].includes(codeOf(error) ?? "")) return places;
      throw error;
    }
    next = resolve(folder, link);
  }
  throw Object.assign(new Error("too many symbolic links"), { code: "ELOOP" });
}
