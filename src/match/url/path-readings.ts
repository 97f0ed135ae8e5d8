import { inOneSpelling } from "./one-spelling.ts";
import { isPlainPath } from "./url-path.ts";

/** How often a program may decode a path. */
const MOST_DECODED = 3;

/**
 * The paths that apps may read in a path. They may decode escapes (`/%73hop`), even twice (`/%2573hop`), and ignore the case
 * (`/SHOP`), a slash more or less (`//shop/`), parameters (`/shop;a=b`) and all behind a semicolon (`/shop;/a`).
 *
 * @returns `undefined` if an app may read any path in it.
 */
export function readingsOf(path: string): string[] | undefined {
  const readings = new Set([path]);
  let given = path;
  for (let round = 0;; round++) {
    if (!isPlainPath(given, 0)) return undefined;
    const decoded = inOneSpelling(given);
    addReadings(readings, decoded);
    if (!TWICE_ESCAPED.test(decoded)) return [...readings];
    if (round === MOST_DECODED) return undefined;
    given = decoded.replace(ESCAPED_PERCENT, "%");
  }
}

const TWICE_ESCAPED = /%25[\da-f]{2}/i;
const ESCAPED_PERCENT = /%25(?=[\da-f]{2})/gi;

function addReadings(readings: Set<string>, path: string): void {
  readings.add(path);
  const withoutParameters = path.includes(";") ? [path.replace(/;[^/]*/g, ""), path.replace(/;.*/, "")] : [path];
  for (const each of withoutParameters) {
    const plain = each.replace(/\/{2,}/g, "/");
    const other = plain.endsWith("/") ? plain.slice(0, -1) : `${plain}/`;
    readings.add(plain);
    if (other !== "") readings.add(other);
  }
}
