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
  let origin: string | undefined;
  try {
    origin = new URL(given as string).origin;
  } catch {
    // Reported below.
  }
  if (typeof given === "string" && origin === given && origin !== "null") return;
  const hint = origin === undefined || origin === "null" ? undefined : `write ${quote(origin)}`;
  throw invalidOption(TASK, option, 'an origin such as "https://app.example.com"', given, hint);
}
