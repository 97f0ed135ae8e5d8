import type { RedisLink } from "./link.ts";
import { LIMIT_MS, within } from "./time-limit.ts";
import { withoutSecrets } from "./without-secrets.ts";

// The pings also keep an idle connection open where a firewall drops it after some minutes.
const PING_INTERVAL_MS = 15_000;

/** Starts and stops the watches of one store. */
export interface Watches {
  /**
   * Watches the channel and the key.
   *
   * @param changed Called when the state may have changed.
   * @param failed Called once if the connection is lost.
   * @returns Stops this watch.
   */
  start(changed: () => void, failed: (error: unknown) => void): Promise<() => void>;
  /** Stops every watch and refuses new ones. */
  close(): void;
}

/** Makes the watches of a channel and a key. */
export function createWatches(link: RedisLink, channel: string, key: string): Watches {
  const stops = new Set<() => void>();
  let isClosed = false;
  return {
    async start(changed, failed) {
      if (isClosed) throw new Error("the store is closed");
      const subscriber = await within(LIMIT_MS, link.subscriber());
      let isStarted = false;
      let isOver = false;
      let timer: ReturnType<typeof setInterval> | undefined = undefined;
      const stop = (): void => {
        isOver = true;
        clearInterval(timer);
        stops.delete(stop);
        subscriber.close();
      };
      const heard = (): void => void (isStarted && !isOver && changed());
      const lost = (error: unknown): void => {
        if (isOver) return;
        stop();
        if (isStarted) failed(withoutSecrets(error));
      };
      stops.add(stop);
      try {
        await within(LIMIT_MS, subscriber.start(channel, key, heard, lost));
        if (isOver) throw new Error(isClosed ? "the store is closed" : "the connection was lost");
      } catch (error) {
        stop();
        throw withoutSecrets(error);
      }
      isStarted = true;
      // Without pings, a dead connection looks like one on which nothing happens.
      timer = setInterval(() => void within(LIMIT_MS, subscriber.ping()).catch(lost), PING_INTERVAL_MS);
      // Redis does not repeat what it published before the subscription.
      changed();
      return stop;
    },
    close() {
      isClosed = true;
      for (const stop of stops) stop();
    },
  };
}
