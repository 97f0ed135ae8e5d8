import { received } from "../util/received.ts";
import type { MaintenanceStore, StoredState } from "../types/store.ts";
import { StoreError } from "./errors.ts";
import { keepSchema } from "./schema-key.ts";

/** How long a store may take for one call, in milliseconds. */
export const STORE_TIMEOUT_MS = 5_000;

/**
 * Calls a store and waits for a limited time.
 *
 * @param task The task that fails otherwise, for the message.
 * @throws {StoreError} If it fails or does not answer in time.
 */
export async function callStore<Result>(
  task: string,
  timeoutMs: number,
  call: (signal: AbortSignal) => Result | Promise<Result>,
): Promise<Result> {
  const controller = new AbortController();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const timeout = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      const error = new Error(`the store did not answer within ${timeoutMs} ms`);
      reject(error);
      controller.abort(error);
    }, timeoutMs);
  });
  try {
    return await Promise.race([call(controller.signal), timeout]);
  } catch (cause) {
    throw new StoreError(task, cause);
  } finally {
    clearTimeout(timer);
  }
}

/**
 * Reads the state in a store.
 *
 * @param notify Called with what the store has met and mended.
 */
export async function readStore(
  store: MaintenanceStore,
  timeoutMs: number = STORE_TIMEOUT_MS,
  notify?: (message: string) => void,
): Promise<StoredState | undefined> {
  const task = `read the state from ${nameOf(store)}`;
  const stored = await callStore(task, timeoutMs, (signal) => store.read(signal, notify));
  if (stored !== undefined && typeof stored?.text !== "string") {
    throw new StoreError(task, `its read() must return { text } or undefined, received ${received(stored)}`);
  }
  return stored;
}

/** The name of a store in messages. */
export function nameOf(store: MaintenanceStore): string {
  return store.name ?? "the store";
}

/**
 * The revision of a stored state. It differs between two writings if the store numbers them or their texts differ.
 *
 * @param stored The state that was read or written.
 */
export function revisionOf(stored: StoredState | undefined): string {
  return `${stored === undefined ? "none" : hash(stored.text)}.${stored?.version ?? ""}`;
}

/** A hash of 64 bits, to compare texts. It is not secure: anybody could make another text with the same hash. */
function hash(text: string): string {
  let a = 0x811c9dc5;
  let b = 0x1b873593;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    a = Math.imul(a ^ code, 0x01000193);
    b = Math.imul(b ^ code, 0x85ebca6b) ^ (b >>> 13);
  }
  return [a, b].map((word) => (word >>> 0).toString(16).padStart(8, "0")).join("");
}

/**
 * Stores a state if the store still holds the expected one. If the store cannot compare and write in one step, it is read
 * first, so that a change in between is lost.
 *
 * @param given The text of the state. It gets the `$schema` of the expected one.
 * @param expected The text that the store has to hold; `undefined` if it has to be empty.
 * @returns The new revision; `undefined` if the store holds something else.
 * @throws {StoreError} If the store cannot be reached or written.
 */
export async function replaceStored(
  store: MaintenanceStore,
  given: string,
  expected: string | undefined,
): Promise<string | undefined> {
  const text = keepSchema(given, expected);
  const { replace } = store;
  if (replace === undefined) {
    const stored = await readStore(store);
    return stored?.text === expected ? await writeStored(store, text) : undefined;
  }
  const task = `write the state to ${nameOf(store)}`;
  const replaced = await callStore(task, STORE_TIMEOUT_MS, () => replace.call(store, text, expected));
  return replaced && revisionOf({ text, version: replaced.version });
}

/**
 * Stores a state in place of the current one.
 *
 * @returns The new revision.
 * @throws {StoreError} If the store cannot be reached or written.
 */
export async function writeStored(store: MaintenanceStore, text: string): Promise<string> {
  const task = `write the state to ${nameOf(store)}`;
  const { write } = store;
  if (write === undefined) throw new StoreError(task, "it can only be read: change the state where it comes from");
  const version = await callStore(task, STORE_TIMEOUT_MS, () => write.call(store, text));
  return revisionOf({ text, version });
}
