import type { Instance } from "../types/fleet.ts";
import { RECORD_EVERY_MS } from "./instance-record.ts";

/**
 * How far the clock of a process is ahead of ours at most, in milliseconds: that process opens so much earlier. Its record may be
 * some seconds old, in which its clock went on.
 */
export function mostAhead(instances: readonly Instance[], now: number): number {
  const ahead = Math.max(0, ...instances.map(({ clock }) => clock - now));
  return ahead > 0 ? ahead + RECORD_EVERY_MS + 1_000 : 0;
}
