import { pathsLike } from "./paths.ts";
import { SHELLS } from "./shells.ts";

/** A value, with its description. */
type Value = readonly [value: string, description: string];

const FOR: readonly Value[] = [["15m", ""], ["30m", ""], ["1h", ""], ["2h", ""]];
const WAIT: readonly Value[] = [["30s", ""], ["60s", ""], ["5m", ""]];
const NONE: Value = ["none", "remove it"];
const METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"];

/** The kinds of stores. */
const KINDS: readonly Value[] = [
  ["file:", "a file"],
  ["redis://", "Redis or Valkey"],
  ["rediss://", "Redis or Valkey with TLS"],
  ["denokv:", "Deno KV"],
  ["https://", "JSON over HTTP"],
];

/**
 * The values that an option or the operand of a command may have; `undefined` if it takes any text.
 *
 * @param of The option with its dashes, or the command.
 * @param current The word that is to be completed.
 */
export function valuesOf(of: string, current: string): readonly Value[] | undefined {
  const typed = current.startsWith("--") ? current.slice(current.indexOf("=") + 1) : current;
  switch (of) {
    case "--store":
      return storesLike(typed);
    case "--config":
      return pathsLike(typed, /\.[cm]?[jt]s$/).map((path) => [path, ""]);
    case "--for":
      return FOR;
    case "--wait":
      return WAIT;
    case "--start":
      return [["now", "begin at once"]];
    case "--end":
    case "--retry-after":
    case "--status":
    case "--every":
    case "--url":
    case "--host":
    case "--allow-ip":
    case "--ignore-url":
    case "--reads":
    case "--writes":
      return [NONE];
    case "--zone":
      return Intl.supportedValuesOf("timeZone").map((zone) => [zone, ""]);
    case "--method":
      return METHODS.map((method) => [method, ""]);
    case "admit":
      return [["10%", ""], ["25%", ""], ["50%", ""], ["100%", ""], ["none", "let nobody in any more"]];
    case "complete":
      return SHELLS.map((shell) => [shell, ""]);
    default:
      return undefined;
  }
}

function storesLike(typed: string): Value[] {
  const isFile = typed.startsWith("file:");
  const paths = pathsLike(isFile ? typed.slice("file:".length) : typed, /\.json$/);
  const kinds = KINDS.filter(([kind]) => kind.startsWith(typed) && kind !== typed);
  return [...kinds, ...paths.map((path): Value => [isFile ? `file:${path}` : path, ""])];
}
