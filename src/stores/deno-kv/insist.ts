import { messageOf } from "../../util/received.ts";

/** How many times to try, and the longest pause between two tries in milliseconds. */
const TRIES = 50;
const PAUSE_MS = 40;

/**
 * Writes to a database or opens it, and tries again while another process does: a database in a file refuses then instead of
 * waiting.
 */
export async function insist<Result>(use: () => Promise<Result>): Promise<Result> {
  for (let tries = 1;; tries++) {
    try {
      return await use();
    } catch (error) {
      if (tries === TRIES || !/database is locked/i.test(messageOf(error))) throw error;
      await new Promise((resolve) => setTimeout(resolve, Math.random() * PAUSE_MS));
    }
  }
}
