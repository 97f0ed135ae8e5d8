/** Whether a value is the IANA name of a time zone that the runtime knows. */
export function isTimeZone(value: unknown): value is string {
  try {
    return typeof value === "string" && Boolean(new Intl.DateTimeFormat("en", { timeZone: value }));
  } catch {
    return false;
  }
}
