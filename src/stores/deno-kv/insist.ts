import { messageOf } from "../../util/received.ts";

/** How many times to try, and the longest pause between two tries in milliseconds. */
const TRIES = 50;
const PAUSE_MS = 40;

/** Writes, and tries again while another process writes: a database in a file refuses to write then instead of waiting. */
export async function insist<Result>(write: () => Promise<Result>): Promise<Result> {
  for (let tries = 1;; tries++) {
    try {
      return await write();
    } catch (error) {
      if (tries === TRIES || !/database is locked/i.test(messageOf(error))) throw error;
      await new Promise((resolve) => setTimeout(resolve, Math.random() * PAUSE_MS));
    }
  }
}
