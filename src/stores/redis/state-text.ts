import { quote } from "../../util/received.ts";
import type { StoredState } from "../../types/store.ts";
import type { ScriptRunner } from "./runner.ts";
import { LONGEST, NOW, READ, RESTORE, STAMP_LENGTH, TOKEN_LENGTH, WRITE } from "./scripts.ts";
import { LIMIT_MS } from "./time-limit.ts";

/** The text of the state under a key of Redis, with its version. */
export interface StateText {
  /**
   * Reads the text. If Redis has lost its data or gone back to older ones, puts back what this process knew last.
   *
   * @param notify Called if this process has put back a newer state.
   */
  read(signal: AbortSignal, notify?: (message: string) => void): Promise<StoredState | undefined>;
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
    if (outcome === "text") known = { text, version: detail };
    if (outcome === "off") known = { text: undefined, version: detail };
    if (outcome !== "text" || text === undefined) return { outcome, stored: undefined };
    return { outcome, stored: { text, version: detail?.slice(0, TOKEN_LENGTH) || undefined } };
  }

  async function write(text: string, expected: readonly string[]): Promise<StoredState | undefined> {
    const bytes = new TextEncoder().encode(text).length;
    if (bytes > LONGEST) throw new RangeError(`the text has ${bytes} bytes, but a state has at most ${LONGEST}`);
    const random = createRandomPart();
    const start = performance.now();
    // Redis itself refuses the text after the limit, so a command that hangs in a queue never stores it later.
    const [now] = await run(NOW, [key], []);
    const leftMs = LIMIT_MS - (performance.now() - start);
    const latest = String(Math.floor(Number(now) + leftMs));
    const { outcome, stored } = understand(
      await run(WRITE, keys, [channel, random, text, latest, known?.version ?? "", ...expected], leftMs),
    );
    if (outcome === "late") throw new Error(`Redis did not answer within ${LIMIT_MS} ms: nothing was stored`);
    return stored;
  }

  return {
    async read(signal, notify) {
      const args = [channel, createRandomPart()];
      const reply = await run(READ, keys, [...args, known?.version ?? ""], LIMIT_MS, signal);
      const [outcome, found = ""] = reply;
      if (known === undefined || (outcome !== "nothing" && outcome !== "older")) return understand(reply).stored;
      const newer = known;
      const lost = newer.version || `${crypto.randomUUID()} ?`;
      const text = newer.text === undefined ? [] : [newer.text];
      const restored = await run(RESTORE, keys, [...args, lost, found, ...text], LIMIT_MS, signal);
      if (restored[0] === "older") throw new Error("it has gone back to an older state more than once");
      if (outcome === "older" && restored[3] === "restored") {
        notify?.(
          `it came back with an older state, of ${timeOf(found)}: this process has put back the newer one, of ${
            timeOf(lost)
          }`,
        );
      }
      return understand(restored).stored;
    },
    write: (text) => write(text, ["any"]),
    replace: (text, expected) => write(text, expected === undefined ? ["nothing"] : ["text", expected]),
  };
}

/** The part of a token that tells a writing from others of the same millisecond. */
function createRandomPart(): string {
  return crypto.randomUUID().slice(STAMP_LENGTH);
}

/** The time of a stamp, for people. */
function timeOf(version: string): string {
  return new Date(parseInt(version.slice(0, 8) + version.slice(9, 13), 16)).toISOString();
}
