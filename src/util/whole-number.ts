/** Whether a value is a whole number from 0, as HTTP counts seconds. */
export function isWholeNumber(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}
