/// <reference lib="dom" />

const DAY_MS = 86_400_000;

/** The time zone of the browser. */
export const ZONE: string = Intl.DateTimeFormat().resolvedOptions().timeZone;

/** Writes an instant in the operator's time zone: with its day, unless it is near. */
export function formatInstant(instant: string): string {
  const date = new Date(instant);
  const isNear = Math.abs(+date - Date.now()) < DAY_MS / 2 && date.getDate() === new Date().getDate();
  return date.toLocaleString([], {
    ...(!isNear && { weekday: "short", day: "numeric", month: "short" }),
    hour: "2-digit",
    minute: "2-digit",
  });
}

/** Writes how long ago an instant was, or how far it is. */
export function formatDistance(instant: string): string {
  const ms = Date.parse(instant) - Date.now();
  const text = formatDuration(Math.abs(ms));
  return ms > 0 ? `in ${text}` : `${text} ago`;
}

/** Writes a duration in its two largest units. */
export function formatDuration(ms: number): string {
  const minutes = Math.floor(ms / 60_000);
  if (minutes < 1) return `${Math.max(1, Math.round(ms / 1_000))} s`;
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return minutes % 60 === 0 ? `${hours} h` : `${hours} h ${minutes % 60} min`;
  return `${Math.round(hours / 24)} days`;
}

/** An instant as the value of an `<input type="datetime-local">`. */
export function toLocalInput(instant: string | undefined): string {
  if (instant === undefined) return "";
  const date = new Date(instant);
  return new Date(+date - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}

/** The instant of such a value; `undefined` if it is empty. */
export function fromLocalInput(value: string): string | undefined {
  return value === "" ? undefined : new Date(value).toISOString().replace(".000Z", "Z");
}
