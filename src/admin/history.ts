import type { LiveState } from "../types/live-state.ts";

/** How many changes the API lists. */
const LISTED = 100;

/** A change as the API shows it. */
export interface ShownEntry {
  readonly at: string;
  readonly by: string;
  readonly window?: string;
  readonly from: string;
  readonly to: string;
  readonly what: string;
  readonly fields?: readonly string[];
  readonly note?: string;
  readonly lastedMs?: number;
}

/** The last changes, the latest first; `null` if the store keeps none. */
export async function readHistory(live: LiveState): Promise<readonly ShownEntry[] | null> {
  const { history } = live as { history?(options: { limit: number }): Promise<ShownEntry[] | undefined> };
  const entries = await history?.({ limit: LISTED });
  return entries === undefined ? null : entries.reverse();
}
