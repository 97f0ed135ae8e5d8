import type { HistoryEntry } from "../types/history.ts";
import type { LiveState } from "../types/live-state.ts";

/** How many changes the API lists. */
const LISTED = 100;

/** The last changes, the latest first; `null` if the store keeps none. */
export async function readHistory(live: LiveState): Promise<readonly HistoryEntry[] | null> {
  return (await live.history({ limit: LISTED }))?.reverse() ?? null;
}
