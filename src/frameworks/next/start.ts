import type { LiveInternals } from "../../gate/live.ts";

/** How long Next may take to be ready after the gate was registered, and to give up requests whose clients have gone away. */
const START_MS = 5_000;

/**
 * Counts the start of Next as one piece of work. Next took requests before there was a gate. If their clients have gone away
 * since, nothing tells of them, and Next runs its router for them as soon as it is ready.
 *
 * @param live The live state.
 * @param decided Fulfilled when the gate has decided about the requests that could be found.
 */
export function countStart({ tracker, snapshot }: LiveInternals, decided: Promise<unknown>): void {
  if (tracker === undefined) return;
  const tracked = tracker.enterWork("while Next was starting", snapshot.inForce(Date.now()));
  void decided.then(() => {
    const timer = setTimeout(() => tracker.leave(tracked), START_MS);
    (timer as { unref?(): void }).unref?.();
  });
}
