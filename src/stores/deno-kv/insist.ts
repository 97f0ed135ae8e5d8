import { messageOf } from "../../util/received.ts";

/** For how long to try, in milliseconds: a store has five seconds for a call. */
const TRY_FOR_MS = 4_000;

/** The longest pause between two tries in milliseconds. */
const PAUSE_MS = 40;

/**
 * Writes to a database or opens it, and tries again while another process does: a database in a file refuses then instead of
 * waiting.
 */
export async function insist<Result>(use: () => Promise<Result>): Promise<Result> {
  const deadline = performance.now() + TRY_FOR_MS;
  for (;;) {
    try {
      return await use();
    } catch (error) {
      if (performance.now() >= deadline || !/database is locked/i.test(messageOf(error))) throw error;
      await new Promise((resolve) => setTimeout(resolve, Math.random() * PAUSE_MS));
    }
  }
}
