import type { Instance } from "../types/fleet.ts";
import type { InstanceRegistry } from "../types/store.ts";
import { formatFarewell, RECORD_EVERY_MS, RECORD_TTL_MS } from "./instance-record.ts";
import { callStore, STORE_TIMEOUT_MS } from "./store-calls.ts";
import { createTimer } from "./timer.ts";

const TASK = "report this process to the fleet, so the command line does not see it";

/** Keeps the record of this process in a store up to date. */
export interface Reporter {
  /** Writes the record now, or once more if it is being written. Resolves when it is written or the writing has failed. */
  report(): Promise<void>;
  /**
   * Stops, and ends the record: replaces it by a farewell, which tells that the process closed its live state, and how far it
   * had come, since a record that is just gone may belong to a process that went silent; deletes it, where nobody would miss
   * the process; or leaves it until it expires.
   */
  close(end: "farewell" | "delete" | "leave"): Promise<void>;
}

/**
 * Makes a reporter. After its first report it renews the record on its own.
 *
 * @param registry The records in the store.
 * @param describe Makes the record.
 * @param onResult Called with each failure, and with `undefined` after each success.
 */
export function createReporter(
  registry: InstanceRegistry,
  describe: () => Instance,
  onResult: (error: unknown) => void,
): Reporter {
  const renew = createTimer(() => void report());
  let writing: Promise<void> | undefined;
  let again = false;
  let id: string | undefined;
  let isClosed = false;

  async function write(): Promise<void> {
    do {
      // What begins in this turn belongs into the record, such as work that waited for the site to open.
      await new Promise((resolve) => setTimeout(resolve, 0));
      if (isClosed) break;
      again = false;
      try {
        const record = describe();
        id = record.id;
        const put = () => registry.put(record.id, JSON.stringify(record), RECORD_TTL_MS);
        await callStore(TASK, STORE_TIMEOUT_MS, put);
        if (!isClosed) onResult(undefined);
      } catch (error) {
        if (!isClosed) onResult(error);
        break;
      }
    } while (again && !isClosed);
    writing = undefined;
    if (!isClosed) renew.set(RECORD_EVERY_MS);
  }

  function report(): Promise<void> {
    if (isClosed) return Promise.resolve();
    if (writing !== undefined) again = true;
    return writing ??= write();
  }

  return {
    report,
    async close(end) {
      isClosed = true;
      renew.clear();
      await writing;
      if (id === undefined || end === "leave") return;
      const last = describe();
      const leave = () =>
        end === "delete" ? registry.delete(last.id) : registry.put(last.id, formatFarewell(last), RECORD_TTL_MS);
      // A record that cannot be ended expires.
      await callStore("leave the fleet", STORE_TIMEOUT_MS, leave).catch(() => {});
    },
  };
}
