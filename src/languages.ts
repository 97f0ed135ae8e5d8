/**
 * The words of the built-in answers in 43 languages, for the gate of `maintenancemode/tiny`, which has English alone.
 *
 * ```ts
 * import { languages } from "maintenancemode/languages";
 * import { maintenanceMode } from "maintenancemode/tiny";
 *
 * const maintenance = maintenanceMode({ enabled: true, languages });
 * ```
 *
 * @module maintenancemode/languages
 */
import { createLanguagePack, type LanguagePack } from "./answer/language-pack.ts";
import { LANGUAGES } from "./answer/page/languages.ts";

export type { LanguagePack };
export type { Messages } from "./answer/messages.ts";

/**
 * All built-in languages, English first.
 *
 * The gate of `maintenancemode` has them anyway. It reads this value as a list of tags, so the option `languages` may stay
 * when you change from one gate to the other.
 *
 * @example Usage
 * ```ts
 * import { languages } from "maintenancemode/languages";
 *
 * languages.length; // 43
 * languages.messages["de"]?.title; // "Wartungsarbeiten"
 * ```
 */
export const languages: LanguagePack = createLanguagePack(LANGUAGES);
