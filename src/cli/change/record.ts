import { type Change, recordChange } from "../../state/history.ts";
import type { MaintenanceStore } from "../../types/store.ts";
import type { Output } from "../output/output.ts";
import { reasonOf } from "../output/secrets.ts";

/** Adds a change to the history of its store. If that fails, the change stands, and the operator is told. */
export async function record(store: MaintenanceStore, change: Change, output: Output): Promise<void> {
  try {
    await recordChange(store, change);
  } catch (error) {
    output.note(`the change was made, but it is missing in the history: ${reasonOf(error)}`);
  }
}
