/** What happens to a process of a hard night while the command waits. */
import process from "node:process";
import { setTimeout } from "node:timers/promises";
import type { Fleet, Slot } from "./_fleet.ts";

/** A process is stopped, killed or cut off from Redis; with `"skew"`, clocks are wrong all night. */
export type Hardship = "stop" | "kill" | "partition" | "skew";

/** How long a process is stopped or cut off, in milliseconds: longer than its record lasts. */
export const FAULT_MS = 20_000;

/**
 * Does it to a process, and undoes it. Resolves when all is well again.
 *
 * @param restartMs After how long one that was killed comes back.
 */
export async function inflict(hardship: Hardship, fleet: Fleet, slot: Slot, restartMs: number): Promise<void> {
  const { running, proxy } = slot;
  if (running === undefined) return;
  switch (hardship) {
    case "stop":
      process.kill(running.pid, "SIGSTOP");
      await setTimeout(FAULT_MS);
      process.kill(running.pid, "SIGCONT");
      break;
    case "kill":
      await fleet.stop(slot, "SIGKILL");
      await setTimeout(restartMs);
      await fleet.start(slot);
      break;
    case "partition":
      proxy!.cut();
      await setTimeout(FAULT_MS);
      proxy!.heal();
      break;
    case "skew":
  }
}
