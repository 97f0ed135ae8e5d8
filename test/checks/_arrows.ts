import { readdirSync, readFileSync } from "node:fs";
import { posix } from "node:path";
import ts from "typescript";

/** What the files of one part of `src/` may import. */
interface Arrow {
  /** The files the row is about, as paths under `src/`. */
  from: RegExp;
  /** Paths under `src/`, and names of packages. */
  to: readonly RegExp[];
}

// The first row that fits a file counts; a file that no row fits is in the wrong place.
const arrows: readonly Arrow[] = [
  { from: /^index\.ts$/, to: [/^(maintenance|render-page)\.ts$/, /^core\//] },
  { from: /^(maintenance|render-page)\.ts$/, to: [/^core\//, /^page\//, /^bypass\/bypass\.ts$/] },
  { from: /^core\//, to: [/^core\//, /^urlpattern-polyfill(\/|$)/] },
  { from: /^page\/page\.ts$/, to: [/^page\//, /^core\/types\.ts$/, /^@noble\/hashes\//] },
  {
    from: /^page\//,
    to: [/^page\//, /^core\/(types|errors|secret|answer-options|languages|reason|representations)\.ts$/],
  },
  { from: /^bypass\//, to: [/^bypass\//, /^core\//, /^@noble\/hashes\//] },
  { from: /^live\/snapshot\.ts$/, to: [/^live\//, /^bypass\//, /^core\//, /^croner$/] },
  { from: /^live\//, to: [/^live\//, /^bypass\//, /^core\//] },
  { from: /^state\.ts$/, to: [/^live\//, /^core\//] },
  { from: /^stores\/_?file/, to: [/^core\/(types|errors)\.ts$/, /^stores\/_/, /^node:/] },
  { from: /^stores\//, to: [/^core\/(types|errors)\.ts$/, /^stores\/_/] },
  { from: /^testing\.ts$/, to: [/^testing\//, /^core\/types\.ts$/] },
  { from: /^testing\//, to: [/^testing\//, /^core\/(types|errors|live|state)\.ts$/, /^live\//] },
  {
    from: /^cli\//,
    to: [
      /^cli\//,
      /^bypass\//,
      /^live\//,
      /^core\//,
      /^page\//,
      /^stores\//,
      /^(index|maintenance|state)\.ts$/,
      /^node:/,
      /^(io)?redis$/,
    ],
  },
  { from: /^hosts\/node\.ts$/, to: [/^maintenance\.ts$/, /^core\//, /^hosts\/_/, /^@whatwg-node\/(fetch|server)$/] },
  { from: /^hosts\//, to: [/^maintenance\.ts$/, /^core\//, /^hosts\/_/] },
];

/** The imports of one file that point the wrong way, each as `"from -> to"`. */
export function wrongArrows(file: string, text: string): string[] {
  const allowed = arrows.find(({ from }) => from.test(file))?.to ?? [];
  return importsOf(text)
    .map((specifier) => specifier.startsWith(".") ? posix.join(posix.dirname(file), specifier) : specifier)
    .filter((target) => !allowed.some((pattern) => pattern.test(target)))
    .map((target) => `${file} -> ${target}`);
}

/** The specifiers of everything a module imports or re-exports, types and dynamic imports included. */
export function importsOf(text: string): string[] {
  return ts.preProcessFile(text, true, true).importedFiles.map(({ fileName }) => fileName);
}

/** The source files as paths under `src/`, with their text. */
export function sources(): Map<string, string> {
  const root = new URL("../../src/", import.meta.url);
  const files = readdirSync(root, { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".ts"));
  return new Map(files.sort().map((file) => [file, readFileSync(new URL(file, root), "utf8")]));
}
