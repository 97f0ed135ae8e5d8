/** What the operators, the visitors and the history of a night have to say, held against each other. */
import type { HistoryEntry, MaintenanceState } from "../../src/state.ts";
import type { Entry } from "./_ledger.ts";
import type { Site, Switching } from "./_operators.ts";
import {
  ALL_OPEN,
  answerOf,
  type Asked,
  type Held,
  heldAfter,
  isPartOf,
  type Place,
  placeOf,
  PLACES,
  type Standing,
} from "./_tenants.ts";

/** What somebody has seen of a site: the answer to a request, or all of its state. */
export interface Seen {
  readonly site: Site;
  readonly sentAt: number;
  readonly answeredAt: number;
  readonly asked?: Asked;
  readonly status?: number;
  /** The switching that the answer names. */
  readonly by?: string | undefined;
  readonly state?: MaintenanceState;
}

/** A state that was in the store. */
export interface Kept {
  readonly held: Standing;
  /** The change that has made it. */
  readonly entry: HistoryEntry | undefined;
  /** When it came, by the clock of the store. */
  readonly at: number;
}

/** How long a process may take to follow, in milliseconds: the machine may be slow, and each process polls. */
const FOLLOWS_WITHIN_MS = 30_000;

/** Clocks tell whole milliseconds. */
const ROUNDED_MS = 2;

/** Checks that the history tells what operators were told, each of it once and in order. Gives the states that it makes. */
export function checkHistory(
  entries: readonly HistoryEntry[],
  switchings: readonly Switching[],
): { states: Kept[]; failures: string[]; gaps: number } {
  const failures: string[] = [];
  const states: Kept[] = [{ held: ALL_OPEN, entry: undefined, at: 0 }];
  const byName = new Map(switchings.map((made) => [made.by, made]));
  const told = new Map<string, number>();
  const gaps: string[] = [];
  for (const [index, entry] of entries.entries()) {
    const { held, at: formerAt, entry: former } = states.at(-1)!;
    const place = placeOf(entry.window);
    const there = held[place];
    const line = JSON.stringify(entry);
    const at = Date.parse(entry.at);
    if (entry.from !== there.mode) failures.push(`Before it was ${there.mode}: ${line}`);
    if (at < formerAt) failures.push(`It is older than the one before: ${line}`);
    if (index > 0 && entry.replaced !== former!.revision) gaps.push(line);
    if (entry.replaced === undefined) failures.push(`It does not say what it has replaced: ${line}`);
    if (entries.some((other, at) => at > index && other.revision === entry.revision)) failures.push(`Twice: ${line}`);
    const next = heldAfter(entry);
    const made = byName.get(entry.by);
    const isBack = made?.what === "run" && there.by === made.by && next.by !== made.by;
    if (made === undefined) failures.push(`Nobody of that name has switched: ${line}`);
    else if (made.place !== place) failures.push(`They have switched ${made.place}: ${line}`);
    else if (at < made.startedAt - ROUNDED_MS || at > made.endedAt + ROUNDED_MS) {
      failures.push(`They have switched at another time, ${new Date(made.startedAt).toISOString()}: ${line}`);
    } else if (!isBack) {
      told.set(made.by, (told.get(made.by) ?? 0) + 1);
      if (made.what === "open" ? next.mode !== "off" : next.by !== made.by) {
        failures.push(`They did another thing: ${line}`);
      }
    }
    states.push({ held: { ...held, [place]: next }, entry, at });
  }
  for (const made of switchings) {
    const times = told.get(made.by) ?? 0;
    const what = `${made.by} ${made.way} ${made.what} ${made.place} (${made.outcome}: ${made.told})`;
    if (times > 1) failures.push(`The history tells ${times} times of ${what}`);
    if (made.outcome === "nothing" && times > 0) failures.push(`The history tells of ${what}`);
    if (made.outcome === "lost" && made.what !== "run" && times > 0) failures.push(`The loser was the winner: ${what}`);
    if (made.outcome === "lost" && !hasRival(made, states)) failures.push(`Nobody else has switched: ${what}`);
    const wasOff = made.what === "open" &&
      overlap(states, made.startedAt, made.endedAt).some((index) => states[index]!.held[made.place].mode === "off");
    if ((made.outcome === "done" || made.outcome === "not safe") && times === 0 && !wasOff) {
      failures.push(`The history does not tell of ${what}`);
    }
  }
  // A run that does not go back gives its maintenance up, which changes nothing that the history tells.
  const givenUp = switchings.filter(({ what, outcome }) => what === "run" && outcome !== "done").length;
  if (gaps.length > givenUp) {
    failures.push(...gaps.map((line) => `It follows another change than the one before: ${line}`));
  }
  return { states, failures, gaps: gaps.length };

  /** Whether somebody else has changed the same at the same time, or was at work on it. */
  function hasRival(made: Switching, states: readonly Kept[]): boolean {
    return states.some(({ entry, at }) =>
      entry !== undefined && entry.by !== made.by && placeOf(entry.window) === made.place &&
      at <= made.endedAt + ROUNDED_MS && at >= made.startedAt - FOLLOWS_WITHIN_MS
    );
  }
}

/** The numbers of the states that were there at some time of a span. */
function overlap(states: readonly Kept[], from: number, to: number): number[] {
  const last = states.findLastIndex(({ at }) => at <= to + ROUNDED_MS);
  let first = last;
  while (first > 0 && states[first]!.at > from) first--;
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
}

/**
 * Checks that each answer is one of a state that was there, as a whole, and that no process goes back to an older one: not
 * behind what it has answered before, not behind what was switched in it, and not behind what it has called safe.
 */
export function checkVisits(
  states: readonly Kept[],
  switchings: readonly Switching[],
  seen: readonly Seen[],
  lines: readonly Entry[],
): { failures: string[]; longestMs: number } {
  const failures: string[] = [];
  let longestMs = 0;
  const openedBy = (by: string) => states.findIndex(({ entry }) => entry?.by === by);
  const sites = new Set(seen.map(({ site }) => site));
  for (const site of sites) {
    // From when on it knows at least which state.
    const known: { at: number; index: number }[] = [];
    for (const made of switchings) {
      const index = openedBy(made.by);
      if (made.site === site && made.outcome === "done" && index > 0) known.push({ at: made.endedAt, index });
    }
    for (const { mark, request, detail } of lines) {
      if (mark === "from") known.push({ at: Number(detail), index: openedBy(request) });
    }
    const own = seen.filter((visit) => visit.site === site).sort((one, other) => one.sentAt - other.sentAt);
    for (const visit of own) {
      const floor = Math.max(0, ...known.filter(({ at }) => at < visit.sentAt - ROUNDED_MS).map(({ index }) => index));
      const all = overlap(states, visit.sentAt - FOLLOWS_WITHIN_MS, visit.answeredAt).filter((index) => index >= floor);
      const index = all.find((index) => fits(states[index]!.held, visit));
      if (index === undefined) {
        const held = all.map((index) => `${index} ${show(states[index]!.held)}`).join(" | ");
        const { site: _, ...what } = visit;
        failures.push(`${site.name} has answered ${JSON.stringify(what)}, and the states were ${held}`);
        continue;
      }
      known.push({ at: visit.answeredAt, index });
      const next = states[index + 1];
      // Of the states that it fits, the latest says how late it came.
      const latest = all.findLast((index) => fits(states[index]!.held, visit))!;
      if (next !== undefined && states[latest + 1] !== undefined) {
        longestMs = Math.max(longestMs, visit.sentAt - states[latest + 1]!.at);
      }
    }
  }
  return { failures, longestMs };
}

function show(held: Standing): string {
  return PLACES.map((place) => `${place}:${held[place].mode}:${held[place].by}`).join(" ");
}

function fits(held: Standing, { asked, status, by, state }: Seen): boolean {
  if (state !== undefined) {
    return PLACES.every((place) => {
      const there = place === "top" ? state : state.windows?.[place];
      const { mode, by }: Held = held[place];
      return (there?.mode ?? "off") === mode && (mode === "off" || there?.reason === by);
    });
  }
  const answer = answerOf(held, asked!);
  return answer === by && status === (answer === undefined ? 200 : 503);
}

/**
 * Checks that whoever was told "safe" was safe: what had begun in their part before they switched had ended, and until somebody
 * else could have opened it, nothing began there.
 */
export function checkSafety(
  states: readonly Kept[],
  switchings: readonly Switching[],
  lines: readonly Entry[],
): { failures: string[]; safe: number; finished: number } {
  const failures: string[] = [];
  let [safe, finished] = [0, 0];
  const askedAt = new Map(
    lines.flatMap(({ instance, request }, index) => instance === "operator" ? [[request, index] as const] : []),
  );
  for (const [from, { mark, request: by }] of lines.entries()) {
    if (mark !== "from") continue;
    safe++;
    const { place } = switchings.find((made) => made.by === by)!;
    const asked = askedAt.get(by)!;
    const own = states.findIndex(({ entry }) => entry?.by === by);
    const next = states.findIndex(({ entry }, index) => index > own && placeOf(entry!.window) === place);
    const opener = states[next]?.entry?.by;
    const to = lines.findIndex((line) => line.mark === "to" && line.request === by);
    // Until then, nobody can have opened it.
    const closedUntil = opener === undefined || opener === by ? to : Math.min(to, askedAt.get(opener)!);
    const open = new Map<string, number>();
    for (const [index, line] of lines.slice(0, to).entries()) {
      const id = `${line.instance}/${line.request}`;
      const isHere = line.mark === "begin" && isIn(place, line.detail);
      if (isHere && index > from && index < closedUntil) {
        failures.push(`${by} was safe, and it began: ${JSON.stringify(line)}`);
      }
      if (isHere && index < from) open.set(id, index);
      if (line.mark === "end" && index < from && open.delete(id) && index > asked) finished++;
    }
    for (const [id, began] of open) {
      if (began < asked || from < closedUntil) {
        failures.push(`${by} was safe with ${place} at work: ${id} ${lines[began]!.detail}`);
      }
    }
  }
  return { failures, safe, finished };
}

function isIn(place: Place, detail: string): boolean {
  const [method = "", host = "", path = ""] = detail.split(" ");
  return isPartOf(place, { host, path, method });
}
