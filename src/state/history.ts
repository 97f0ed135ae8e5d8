import type { HistoryEntry } from "../types/history.ts";
import type { MaintenanceState, MaintenanceWindow } from "../types/maintenance-state.ts";
import type { LiveState } from "../types/live-state.ts";
import type { MaintenanceStore } from "../types/store.ts";
import { checkNames, invalidOption } from "../util/errors.ts";
import { type Authorship, changedFields, windowsOf } from "./attribution.ts";
import { MODES, OFF } from "./modes.ts";
import { topLevelOf } from "./parts.ts";
import { callStore, nameOf, STORE_TIMEOUT_MS } from "./store-calls.ts";

const TASK = "read the history";

/** How many entries a store keeps. */
export const MOST_ENTRIES = 1_000;

/** How long a store may take to tell the time, in milliseconds. */
const CLOCK_TIMEOUT_MS = 1_000;

/** How many entries are added at once. */
const AT_ONCE = 50;

/** How many characters of a reason an entry holds. */
const LONGEST_REASON = 500;

/** A change that was written. */
export interface Change extends Authorship {
  /** The state before; `undefined` if the stored text was not valid. */
  readonly former: MaintenanceState | undefined;
  /** The revision of it. */
  readonly replaced: string | undefined;
  /** The state afterwards. */
  readonly next: MaintenanceState;
  /** The revision of it. */
  readonly revision: string;
  /** Whether it goes back to an earlier maintenance, which names the author of then. */
  readonly isReturn?: boolean;
}

/**
 * The present by the clock of a store if that has one, in milliseconds since 1970. A store that does not answer must not keep
 * a change from being written, so this process then goes by its own clock.
 */
export async function storeNow(store: MaintenanceStore): Promise<number> {
  if (store.now === undefined) return Date.now();
  try {
    return await callStore("ask for the time", CLOCK_TIMEOUT_MS, () => store.now!());
  } catch {
    return Date.now();
  }
}

/**
 * Adds a change to the history of the store, an entry for each maintenance that is another one now. Does nothing where the store
 * keeps no history.
 *
 * @throws {StoreError} If the store cannot be written. The change itself stands.
 */
export async function recordChange(store: MaintenanceStore, change: Change): Promise<void> {
  const { history } = store;
  if (history === undefined) return;
  const task = `add the change to the history of ${nameOf(store)}`;
  const lines = Array.from(entriesOf(change), (entry) => JSON.stringify(entry)).slice(-MOST_ENTRIES);
  // One state may change a thousand windows.
  for (let from = 0; from < lines.length; from += AT_ONCE) {
    const some = lines.slice(from, from + AT_ONCE);
    await Promise.all(some.map((line) => callStore(task, STORE_TIMEOUT_MS, () => history.append(line))));
  }
}

/**
 * Reads the latest changes, the latest last.
 *
 * @param limit How many, from 1 to 1 000.
 * @returns `undefined` if the store keeps no history.
 * @throws {StoreError} If the store cannot be reached.
 */
export async function readHistory(
  store: MaintenanceStore,
  limit: number = MOST_ENTRIES,
): Promise<HistoryEntry[] | undefined> {
  const { history } = store;
  if (history === undefined) return undefined;
  const task = `read the history of ${nameOf(store)}`;
  // Two processes may append in another order than they wrote in, and the limit must not cut between them.
  const lines = await callStore(task, STORE_TIMEOUT_MS, () => history.list(Math.min(MOST_ENTRIES, limit + 100)));
  // A client that lost its connection may have repeated a command.
  const entries = lines.filter((line, index) => line !== lines[index - 1]).flatMap(parseEntry);
  return inOrder(entries).slice(-limit);
}

/** Makes `LiveState.history`. */
export function createHistoryReader(store: MaintenanceStore): LiveState["history"] {
  return async (options = {}) => {
    checkNames(TASK, options, ["limit"], "the argument of history()");
    const { limit = MOST_ENTRIES } = options;
    if (!Number.isSafeInteger(limit) || limit < 1 || limit > MOST_ENTRIES) {
      throw invalidOption(TASK, "limit", `a number of changes from 1 to ${MOST_ENTRIES}`, limit);
    }
    return await readHistory(store, limit);
  };
}

/** For how many milliseconds a maintenance has been in force until an instant; `undefined` if that is not known. */
export function lastedMs(window: MaintenanceWindow, at: number): number | undefined {
  const { mode, since, start, end, recurring } = window;
  if (mode === "off" || recurring !== undefined || (since ?? start) === undefined) return undefined;
  const from = Math.max(...[since, start].map((instant) => instant === undefined ? -Infinity : Date.parse(instant)));
  const to = Math.min(at, end === undefined ? Infinity : Date.parse(end));
  return to >= from ? to - from : undefined;
}

/** The changes of the single maintenances. */
function* entriesOf(change: Change): Generator<HistoryEntry> {
  const { former = OFF, next } = change;
  if (change.former === undefined) yield entryOf(change, undefined, topLevelOf(former), topLevelOf(next), next.mode);
  else yield* entryIfChanged(change, undefined, topLevelOf(former), topLevelOf(next));
  const [before, after] = [windowsOf(former), windowsOf(next)];
  for (const name of new Set([...Object.keys(before), ...Object.keys(after)])) {
    const [old, window] = [before, after].map((windows) => Object.hasOwn(windows, name) ? windows[name]! : OFF);
    yield* entryIfChanged(change, name, old!, window!);
  }
}

function* entryIfChanged(
  change: Change,
  name: string | undefined,
  former: MaintenanceWindow,
  next: MaintenanceWindow,
): Generator<HistoryEntry> {
  if (next === former) return;
  const fields = changedFields(next, former);
  if (next.mode !== former.mode) yield entryOf(change, name, former, next, next.mode);
  else if (fields.length > 0) yield { ...entryOf(change, name, former, next, "changed"), fields };
}

function entryOf(
  { by, at, revision, replaced, isReturn = false }: Change,
  window: string | undefined,
  former: MaintenanceWindow,
  next: MaintenanceWindow,
  what: HistoryEntry["what"],
): HistoryEntry {
  const when = stampOf(revision) ?? at;
  const { note, start, recurring, end, expectedEnd } = next;
  const reason = firstReason(next);
  const lasted = what === "changed" ? undefined : lastedMs(former, when);
  return {
    at: new Date(when).toISOString(),
    by: isReturn ? by : next.by ?? by,
    ...(window !== undefined && { window }),
    from: former.mode,
    to: next.mode,
    what,
    ...(note !== undefined && { note }),
    ...(reason !== undefined && { reason }),
    ...(start !== undefined && { start }),
    ...(recurring !== undefined && { recurring }),
    ...(end !== undefined && { end }),
    ...(expectedEnd !== undefined && { expectedEnd }),
    ...(lasted !== undefined && { lastedMs: lasted }),
    revision,
    ...(replaced !== undefined && { replaced }),
  };
}

/** The time in a revision whose version is a UUID of version 7 (RFC 9562), by the clock of the store. */
function stampOf(revision: string): number | undefined {
  const [, high, low] = /\.([0-9a-f]{8})-([0-9a-f]{4})-7[0-9a-f]{3}-/.exec(revision) ?? [];
  return high === undefined ? undefined : parseInt(high + low, 16);
}

function firstReason({ reason }: MaintenanceWindow): string | undefined {
  const text = typeof reason === "object" ? Object.values(reason)[0] : reason;
  return text === undefined || text.length <= LONGEST_REASON ? text : `${text.slice(0, LONGEST_REASON - 1)}…`;
}

function isMode(value: unknown): boolean {
  return (MODES as readonly unknown[]).includes(value);
}

/** Reads an entry. Skips what is none: people may have edited the file. */
function parseEntry(line: string): HistoryEntry[] {
  let entry: Partial<Record<keyof HistoryEntry, unknown>> | null;
  try {
    entry = JSON.parse(line);
  } catch {
    return [];
  }
  const isEntry = typeof entry?.at === "string" && !Number.isNaN(Date.parse(entry.at)) &&
    typeof entry.by === "string" && typeof entry.revision === "string" && isMode(entry.from) && isMode(entry.to) &&
    (isMode(entry.what) || entry.what === "changed") &&
    (entry.window === undefined || typeof entry.window === "string");
  return isEntry ? [entry as unknown as HistoryEntry] : [];
}

/** Sorts entries by their time. Of two at the same time, the one that replaced the other comes later. */
function inOrder(entries: readonly HistoryEntry[]): HistoryEntry[] {
  const order = (a: HistoryEntry, b: HistoryEntry) => Date.parse(a.at) - Date.parse(b.at);
  const isAfter = (a: HistoryEntry, b: HistoryEntry) => a.replaced === b.revision && b.replaced !== a.revision ? 1 : 0;
  return [...entries].sort((a, b) => order(a, b) || isAfter(a, b) - isAfter(b, a));
}
