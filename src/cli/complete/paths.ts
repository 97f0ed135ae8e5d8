import { readdirSync } from "node:fs";

/**
 * The paths that begin like a text: folders, each with "/" behind it, and files of some kinds.
 *
 * @param ending The ends of the names of files.
 */
export function pathsLike(text: string, ending: RegExp): string[] {
  const folder = text.slice(0, text.lastIndexOf("/") + 1);
  const isHidden = text.slice(folder.length).startsWith(".");
  try {
    return readdirSync(folder || ".", { withFileTypes: true })
      .filter(({ name }) => name.startsWith(".") === isHidden && name !== "node_modules")
      .flatMap((entry) => {
        if (entry.isDirectory()) return [`${folder}${entry.name}/`];
        return ending.test(entry.name) ? [`${folder}${entry.name}`] : [];
      })
      .filter((path) => path.startsWith(text));
  } catch {
    return [];
  }
}
