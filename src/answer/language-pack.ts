import { invalidOption } from "../util/errors.ts";
import { checkInternals, INTERNALS_VERSION } from "../util/internals-version.ts";
import type { Language } from "./language-options.ts";
import { compileLanguages, type Languages } from "./languages.ts";
import type { Messages } from "./messages.ts";

/** Languages with their words, as `maintenancemode/languages` exports them: the tags of the languages (BCP 47), English first. */
export interface LanguagePack extends ReadonlyArray<string> {
  /** The words, by the tags. */
  readonly messages: Readonly<Record<string, Messages>>;
}

/** What gates use of a pack beside its public face. */
export interface PackInternals {
  /** The `INTERNALS_VERSION` of the copy of this package that has made the pack. */
  readonly version: number;
  /** Prepares the choice among languages by their tags. */
  readonly compile: (tags: readonly string[]) => Languages;
}

/** Where a pack keeps its {@link PackInternals}; the same for every copy of this package in a process. */
export const PACK: unique symbol = Symbol.for("maintenancemode.languages") as never;

/** Makes a pack of words by the tags of their languages. */
export function createLanguagePack(messages: Readonly<Record<string, Messages>>): LanguagePack {
  const internals: PackInternals = { version: INTERNALS_VERSION, compile: compileLanguages };
  return Object.freeze(Object.assign(Object.keys(messages), { messages, [PACK]: internals }));
}

/**
 * Checks a pack, and finds what a gate uses of it.
 *
 * @param given The pack, as the user gave it.
 * @param task What fails if it is not one, for messages.
 * @throws {OptionError} If it is not a pack.
 * @throws {MaintenanceError} With the code `"ERR_VERSION"`, if another version of this package has made it.
 */
export function readLanguagePack(
  given: unknown,
  task: string,
): { readonly languages: readonly Language[]; readonly compile: PackInternals["compile"] } {
  const { messages, [PACK]: internals } = (given ?? {}) as Partial<LanguagePack> & { readonly [PACK]?: PackInternals };
  if (messages === undefined || internals === undefined) {
    const hint = "the full gate takes a list of tags, with words of its own";
    throw invalidOption(task, "languages", '`languages` of "maintenancemode/languages"', given, hint);
  }
  checkInternals(internals, task, '"languages"');
  const languages = Object.entries(messages).map(([tag, messages]) => ({ tag, messages }));
  return { languages, compile: internals.compile };
}
