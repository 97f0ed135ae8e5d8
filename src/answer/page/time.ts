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
 * A date and time as people of a language write it: a long date, a short time and the name of the zone.
 *
 * @param date The moment.
 * @param language The language as a BCP 47 tag. English stands in for one that the runtime does not know.
 * @param timeZone The IANA name of the zone, UTC by default.
 * @throws {RangeError} If the zone does not exist, or the date is not valid.
 */
export function formatTime(date: Date, language: string, timeZone = "UTC"): string {
  // No tag and no zone holds a space.
  const key = `${language} ${timeZone}`;
  let format = formats.get(key);
  // Making one takes as long as a thousand uses. There are as many as the site has languages.
  if (format === undefined) formats.set(key, format = compileFormat(language, timeZone));
  return format.format(date);
}

function compileFormat(language: string, timeZone: string): Intl.DateTimeFormat {
  let locale = "en";
  try {
    locale = Intl.DateTimeFormat.supportedLocalesOf(language)[0] ?? locale;
  } catch {
    // Not a tag at all.
  }
  return new Intl.DateTimeFormat(locale, { ...FIELDS, timeZone });
}
