import { checkNames, invalidOption } from "../util/errors.ts";
import { quote } from "../util/received.ts";
import { Cors } from "./cors.ts";
import type { CorsOptions } from "./options.ts";

const TASK = "create maintenance mode";

/**
 * Checks the option `cors`.
 *
 * @returns Which other origins may read the answers; `undefined` for none.
 * @throws {OptionError} If it is not valid.
 */
export function resolveCors(given: unknown): Cors | undefined {
  if (given === false) return undefined;
  if (given === true) return new Cors(undefined, false, true);
  if (typeof given !== "object") {
    throw invalidOption(TASK, "cors", 'true, false or { "origins": ["https://…"] }', given);
  }
  checkNames(TASK, given, ["origins", "credentials", "privateNetwork"], '"cors"');
  const { origins, credentials = false, privateNetwork = true } = given as CorsOptions;
  if (typeof credentials !== "boolean") throw invalidOption(TASK, "cors.credentials", "true or false", credentials);
  if (typeof privateNetwork !== "boolean") {
    throw invalidOption(TASK, "cors.privateNetwork", "true or false", privateNetwork);
  }
  if (credentials && origins === undefined) {
    throw invalidOption(TASK, "cors.origins", 'given beside "cors.credentials"', origins, "name the origins that may");
  }
  if (origins !== undefined && (!Array.isArray(origins) || origins.length === 0)) {
    throw invalidOption(
      TASK,
      "cors.origins",
      "an array of at least one origin",
      origins,
      'write "cors: false" for none',
    );
  }
  origins?.forEach((origin: unknown, index) => checkOrigin(`cors.origins[${index}]`, origin));
  return new Cors(origins && [...origins], credentials, privateNetwork);
}

function checkOrigin(option: string, given: unknown): void {
  if (typeof given === "string" && given === originIn(given)) return;
  const accepted = 'an origin such as "https://app.example.com" or "https://*.example.com"';
  throw invalidOption(TASK, option, accepted, given, typeof given === "string" ? hintFor(given) : undefined);
}

/** Stands for the label that is left open. */
const OPEN = "a-label-that-nobody-has";

/** The origin in a text, as browsers send it, with the asterisk for its first label if it has one. */
function originIn(text: string): string | undefined {
  try {
    const { origin, protocol, hostname } = new URL(text.replace(/\/\/\*\.(?=[^.])/, `//${OPEN}.`));
    if (!/^https?:$/.test(protocol) || hostname.includes("*")) return undefined;
    return origin.replace(`//${OPEN}.`, "//*.");
  } catch {
    return undefined;
  }
}

function hintFor(given: string): string | undefined {
  if (given === "*") return 'leave "origins" out to mean all';
  const origin = originIn(given) ?? (/^null$|:\/\//.test(given) ? undefined : originIn(`https://${given}`));
  if (origin !== undefined) return `write ${quote(origin)}`;
  return given.includes("*") ? "an asterisk stands for the whole first label, and for that alone" : undefined;
}
