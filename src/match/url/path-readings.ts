import { pageOfData } from "./data-paths.ts";
import { inOneSpelling } from "./one-spelling.ts";
import { isPlainPath } from "./url-path.ts";

/** How often a program may decode a path. */
const MOST_DECODED = 3;

/** An escape whose percent sign is escaped. */
const ESCAPED_TWICE = /%25(?=[\da-f]{2})/gi;

/** Spaces at the end of a path, as `inOneSpelling` writes them. */
const SPACES_AT_END = /(?:%20)+\/*$/;

/**
 * Whether a test holds for one of the paths that apps may read in a path. They may decode escapes (`/%73hop`), even twice
 * (`/%2573hop`), and ignore the case (`/SHOP`), a slash more or less (`//shop/`), parameters (`/shop;a=b`), all behind a
 * semicolon (`/shop;/a`), and spaces at the end (`/shop%20`). And frameworks ask for the data of a page by a path of its own (`/shop.data`).
 *
 * @returns `true` as well if an app may read any path in it.
 */
export function someReading(path: string, test: (path: string) => boolean): boolean {
  if (test(path)) return true;
  const readings = new Set<string>();
  let given = path;
  for (let round = 0;; round++) {
    if (!isPlainPath(given, 0)) return true;
    const [decoded, ...cuts] = withoutParameters(given).map(inOneSpelling);
    // Some cut a path at a semicolon before they decode it, and some behind that.
    for (const each of [decoded!, ...cuts].flatMap(withoutParameters)) {
      addSlashes(readings, each);
      if (SPACES_AT_END.test(each)) addSlashes(readings, each.replace(SPACES_AT_END, ""));
      const page = pageOfData(each);
      if (page !== undefined) addSlashes(readings, page);
    }
    given = decoded!.replace(ESCAPED_TWICE, "%");
    if (given === decoded) break;
    if (round === MOST_DECODED) return true;
  }
  readings.delete(path);
  for (const reading of readings) if (test(reading)) return true;
  return false;
}

/** The path, and what is left of it where parameters are cut off. */
function withoutParameters(path: string): string[] {
  return path.includes(";") ? [path, path.replace(/;[^/]*/g, ""), path.replace(/;.*/, "")] : [path];
}

/** Adds a path as it is, and with a slash more or less. */
function addSlashes(readings: Set<string>, path: string): void {
  const plain = path.replace(/\/{2,}/g, "/");
  const other = plain.endsWith("/") ? plain.slice(0, -1) : `${plain}/`;
  for (const reading of [path, plain, other]) if (reading !== "") readings.add(reading);
}
