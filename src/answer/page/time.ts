/** The parts of a date and time on the page. The script of the page uses them as well. */
export const FIELDS: Intl.DateTimeFormatOptions = {
  year: "numeric",
  month: "long",
  day: "numeric",
  hour: "numeric",
  minute: "2-digit",
  timeZoneName: "short",
};

const formats = new Map<string, Intl.DateTimeFormat>();

/**
 * Writes a date and time the way a language does: a long date, a short time and the name of the zone.
 *
 * @param date The moment.
 * @param language The language as a BCP 47 tag. English takes its place if the runtime does not know the language.
 * @param timeZone The IANA name of the zone, UTC by default.
 * @throws {RangeError} If the zone does not exist or the date is invalid.
 */
export function formatTime(date: Date, language: string, timeZone = "UTC"): string {
  // Tags and zones contain no spaces.
  const key = `${language} ${timeZone}`;
  let format = formats.get(key);
  // Making a format takes as long as using it a thousand times. The map holds one for each language of the site.
  if (format === undefined) formats.set(key, format = compileFormat(language, timeZone));
  return format.format(date);
}

function compileFormat(language: string, timeZone: string): Intl.DateTimeFormat {
  let locale = "en";
  try {
    locale = Intl.DateTimeFormat.supportedLocalesOf(language)[0] ?? locale;
  } catch {
    // The language is not a tag.
  }
  return new Intl.DateTimeFormat(locale, { ...FIELDS, timeZone });
}
