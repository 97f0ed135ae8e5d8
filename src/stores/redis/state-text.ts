import { quote } from "../../util/received.ts";
import type { StoredState } from "../../types/store.ts";
import type { ScriptRunner } from "./runner.ts";
import { LONGEST, NOW, READ, RESTORE, TOKEN_LENGTH, WRITE } from "./scripts.ts";
import { LIMIT_MS } from "./time-limit.ts";

/** The text of the state under a key of Redis, with its version. */
export interface StateText {
  /** Reads the text. If Redis has lost its data, puts back what this process knew last. */
  read(signal: AbortSignal): Promise<StoredState | undefined>;
  /** Writes a text. */
  write(text: string): Promise<StoredState | undefined>;
  /** Writes a text if the key still holds the expected one, or nothing for `undefined`. */
  replace(text: string, expected: string | undefined): Promise<StoredState | undefined>;
}

/** The keys and the channel of a state. */
export interface StateKeys {
  /** The key of the text. */
  readonly text: string;
  /** The key of its version. */
  readonly version: string;
  /** The channel on which the scripts publish changes. */
  readonly channel: string;
}

/** The text and version that this process read or wrote last. */
interface Known {
  readonly text: string | undefined;
  /** The value of the version's key. It is empty where Redis refused to set it. */
  readonly version: string | undefined;
}

/** The answer of a script that looks at the text. */
interface Answer {
  readonly outcome: string | undefined;
  readonly stored: StoredState | undefined;
}

/** Makes the access to a text. */
export function createStateText({ run }: ScriptRunner, { text: key, version, channel }: StateKeys): StateText {
  const keys = [key, version];
  let known: Known | undefined;

  /** Parses the answer of a script and remembers what it says. */
  function understand([outcome, detail, text]: string[]): Answer {
    if (outcome === "kind") {
      throw new TypeError(
        `the key ${quote(key)} holds a ${detail}, not text: delete it, or give the store another key`,
      );
    }
    if (outcome === "size") {
      throw new RangeError(
        `the key ${quote(key)} holds ${detail} bytes, but a state has at most ${LONGEST}: delete it`,
      );
    }
    if (outcome === "text" || outcome === "off") known = { text, version: detail };
    if (outcome !== "text" || text === undefined) return { outcome, stored: undefined };
    return { outcome, stored: { text, version: detail?.slice(0, TOKEN_LENGTH) || undefined } };
  }

  async function write(text: string, expected: readonly string[]): Promise<StoredState | undefined> {
    const bytes = new TextEncoder().encode(text).length;
    if (bytes > LONGEST) throw new RangeError(`the text has ${bytes} bytes, but a state has at most ${LONGEST}`);
    const token = crypto.randomUUID();
    const start = performance.now();
    // Redis itself refuses the text after the limit, so a command that hangs in a queue never stores it later.
    const [now] = await run(NOW, [key], []);
    const leftMs = LIMIT_MS - (performance.now() - start);
    const latest = String(Math.floor(Number(now) + leftMs));
    const { outcome, stored } = understand(
      await run(WRITE, keys, [channel, token, text, latest, ...expected], leftMs),
    );
    if (outcome === "late") throw new Error(`Redis did not answer within ${LIMIT_MS} ms: nothing was stored`);
    return stored;
  }

  return {
    async read(signal) {
      const args = [channel, crypto.randomUUID()];
      const reply = await run(READ, keys, args, LIMIT_MS, signal);
      if (reply[0] !== "nothing" || known === undefined) return understand(reply).stored;
      const lost = known.version || `${crypto.randomUUID()} ?`;
      const text = known.text === undefined ? [] : [known.text];
      return understand(await run(RESTORE, keys, [...args, lost, ...text], LIMIT_MS, signal)).stored;
    },
    write: (text) => write(text, ["any"]),
    replace: (text, expected) => write(text, expected === undefined ? ["nothing"] : ["text", expected]),
  };
}
