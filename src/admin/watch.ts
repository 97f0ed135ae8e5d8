import type { LiveState } from "../types/live-state.ts";
import type { FleetWatch, ShownFleet } from "./fleet-watch.ts";
import type { Reading } from "./reading.ts";

/** What a look at the store has found. */
export interface Look {
  readonly reading: Reading;
  readonly fleet: ShownFleet;
}

/** Looks at the store again and again, for as long as somebody watches. */
export interface Watch {
  /**
   * Calls a function with each look, and with the error of each that fails.
   *
   * @returns Stops calling it.
   */
  subscribe(listener: (look: Look | Error) => void): () => void;
  /** How many watch. */
  readonly size: number;
}

/** How long lies between two looks, in milliseconds. */
const EVERY_MS = 500;

/** Makes a {@link Watch}. All who watch share one look. */
export function createWatch(live: LiveState, read: () => Promise<Reading>, fleet: FleetWatch): Watch {
  const listeners = new Set<(look: Look | Error) => void>();
  let stop: (() => void) | undefined;

  function start(): () => void {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let isLooking = false;
    let isDue = false;
    let isStopped = false;
    async function look(): Promise<void> {
      clearTimeout(timer);
      if (isLooking) return void (isDue = true);
      isLooking = true;
      isDue = false;
      let found: Look | Error;
      try {
        const reading = await read();
        found = { reading, fleet: await fleet.look(reading) };
      } catch (error) {
        found = error instanceof Error ? error : new Error(String(error));
      }
      isLooking = false;
      if (isStopped) return;
      for (const listener of [...listeners]) listener(found);
      if (!isStopped) timer = setTimeout(look, isDue ? 0 : EVERY_MS);
    }
    const silence = live.on("change", () => void look());
    void look();
    return () => {
      isStopped = true;
      clearTimeout(timer);
      silence();
    };
  }

  return {
    subscribe(listener) {
      listeners.add(listener);
      stop ??= start();
      return () => {
        listeners.delete(listener);
        if (listeners.size > 0) return;
        stop?.();
        stop = undefined;
      };
    },
    get size() {
      return listeners.size;
    },
  };
}
