import { recordChange, storeNow } from "../../src/state/history.ts";
import { OFF } from "../../src/state/modes.ts";
import { parseState } from "../../src/state/parse.ts";
import { readStore, replaceStored, revisionOf } from "../../src/state/store-calls.ts";
import type { HistoryEntry } from "../../src/types/history.ts";
import type { MaintenanceState } from "../../src/types/maintenance-state.ts";
import type { MaintenanceStore } from "../../src/types/store.ts";

/** Makes changes one after the other, each upon the last one of whichever process, and numbers them in the reason. */
export async function makeChanges(store: MaintenanceStore, count: number): Promise<void> {
  for (let made = 0; made < count;) {
    const stored = await readStore(store);
    const former = stored === undefined ? OFF : parseState(stored.text);
    const next: MaintenanceState = { mode: "on", reason: String(Number(former.reason ?? 0) + 1) };
    const at = await storeNow(store);
    const revision = await replaceStored(store, JSON.stringify(next), stored?.text);
    if (revision === undefined) continue;
    made++;
    await recordChange(store, { by: "a process", at, former, replaced: revisionOf(stored), next, revision });
  }
}

/** The numbers of changes, and whether each replaced the one before. */
export function trace(history: readonly HistoryEntry[]): { numbers: number[]; isChain: boolean } {
  return {
    numbers: history.map(({ reason }) => Number(reason)),
    isChain: history.every(({ replaced }, index) => index === 0 || replaced === history[index - 1]!.revision),
  };
}
