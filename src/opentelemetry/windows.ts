import type { GateInternals } from "../gate/internals.ts";
import type { Snapshot } from "../gate/live.ts";

/** The maintenances of the state that are in force right now. */
export function windowsInForce({ live }: GateInternals): readonly Snapshot[] {
  return live?.snapshot.inForce(Date.now())?.list ?? [];
}
