/** The store of a process of a night, and what each of them does when it is asked to end. */
import process from "node:process";
import { setTimeout } from "node:timers/promises";
import { LIVE, type LiveInternals } from "../../src/gate/live.ts";
import type { LiveState, MaintenanceStore } from "../../src/state.ts";

/**
 * Opens a store.
 *
 * @param url `file:<path>`, or the URL of a Redis with the package to use in front: `redis+redis://…` or `ioredis+redis://…`.
 */
export async function openStore(url: string): Promise<MaintenanceStore> {
  if (url.startsWith("file:")) {
    const { fileStore } = await import("../../src/stores/file.ts");
    return fileStore(url.slice("file:".length));
  }
  const { redisStore } = await import("../../src/stores/redis.ts");
  const own = url.slice(url.indexOf("+") + 1);
  if (url.startsWith("ioredis+")) {
    const { Redis } = await import("ioredis");
    return redisStore(new Redis(own));
  }
  const { createClient } = await import("redis");
  return redisStore(await createClient({ url: own }).connect());
}

/** Ends in good order on SIGTERM, and at once when the parent is gone. */
export function endInOrder(state: LiveState, stop: () => Promise<unknown>): void {
  process.on("SIGTERM", async () => {
    await Promise.race([stop(), setTimeout(20_000)]);
    // Some handlers go on after their clients have gone, and one that may count as such for ten seconds.
    const { tracker } = (state as unknown as { [LIVE]: LiveInternals })[LIVE];
    for (let left = 1_200; left > 0 && tracker!.count().inFlight > 0; left--) await setTimeout(10);
    await state.close();
    process.exit();
  });
  process.stdin.on("end", () => process.exit()).resume();
}
