/** Whether a value is a whole number from 0, such as the seconds in HTTP fields. */
export function isWholeNumber(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}
