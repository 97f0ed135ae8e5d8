import type { RedisLink } from "./link.ts";
import { LIMIT_MS, within } from "./time-limit.ts";
import { withoutSecrets } from "./without-secrets.ts";

/** How many commands may wait for an answer. While Redis hangs, they must not fill the memory. */
const MOST_PENDING = 1_000;

/** Runs the scripts of one store. */
export interface ScriptRunner {
  /**
   * Runs a script and returns the texts of its answer.
   *
   * @param limitMs How long Redis may take. {@link LIMIT_MS} by default.
   * @param signal Gives up when it is aborted.
   */
  run(
    script: string,
    keys: readonly string[],
    args: readonly string[],
    limitMs?: number,
    signal?: AbortSignal,
  ): Promise<string[]>;
  /** Refuses every script from now on. */
  close(): void;
}

/** Makes the runner for a client. The key tells a cluster which node to ask. */
export function createScriptRunner(link: RedisLink, key: string): ScriptRunner {
  let pending = 0;
  let isClosed = false;
  return {
    async run(script, keys, args, limitMs = LIMIT_MS, signal) {
      if (isClosed) throw new Error("the store is closed");
      if (pending >= MOST_PENDING) throw new Error(`Redis has not answered the last ${pending} commands`);
      signal?.throwIfAborted();
      const unsent = new AbortController();
      pending++;
      const reply = link.send(["eval", script, String(keys.length), ...keys, ...args], key, unsent.signal);
      const settled = (): void => void pending--;
      reply.then(settled, settled);
      try {
        return textsOf(await within(limitMs, reply, signal));
      } catch (error) {
        unsent.abort();
        throw withoutSecrets(link.explain(error));
      }
    },
    close: () => void (isClosed = true),
  };
}

/** The texts of an answer. Some settings of a client make it return bytes. */
function textsOf(reply: unknown): string[] {
  if (!Array.isArray(reply)) throw new TypeError("Redis gave an answer that the store does not understand");
  return reply.map((item) => item instanceof Uint8Array ? new TextDecoder().decode(item) : String(item));
}
