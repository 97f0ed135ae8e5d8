const UNITS: Readonly<Record<string, number>> = { d: 86_400_000, h: 3_600_000, m: 60_000, s: 1_000 };

/** The form of a duration, for messages. */
export const DURATION_FORM = 'a duration such as "90s", "30m", "2h", "1d" or "1h30m"';

/** Reads a duration such as `"90s"` or `"1h30m"`, in milliseconds; `undefined` if the text is not one. */
export function parseDuration(text: string): number | undefined {
  if (!/^(?=\d)(?:\d{1,9}d)?(?:\d{1,9}h)?(?:\d{1,9}m)?(?:\d{1,9}s)?$/.test(text)) return undefined;
  let ms = 0;
  for (const [, count, unit] of text.matchAll(/(\d+)([dhms])/g)) ms += Number(count) * UNITS[unit!]!;
  return ms;
}

/** Writes a duration in its two largest units: `"1h 30m"`. */
export function formatDuration(ms: number): string {
  let left = Math.round(ms / 1_000) * 1_000;
  const parts: string[] = [];
  for (const [unit, size] of Object.entries(UNITS)) {
    const count = Math.floor(left / size);
    left -= count * size;
    if (count > 0) parts.push(`${count}${unit}`);
    else if (parts.length > 0) break;
  }
  return parts.slice(0, 2).join(" ") || "0s";
}
