/** A number from 0 to 1 as a percentage. */
export function formatPercentage(part: number): string {
  return `${Number((part * 100).toPrecision(6))}%`;
}
