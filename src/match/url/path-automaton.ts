import type { PathPart } from "./path-part.ts";

/** Tells whether the text between two positions matches. */
export type TextTest = (text: string, start: number, end: number) => boolean;

/** About how many steps all automata together may take on one path, some milliseconds. */
const MAX_STEPS = 10_000_000;

/** The longest text on which automata for these patterns, all tried, stay within about ten million steps. */
export function longestForAutomata(patterns: readonly (readonly PathPart[])[]): number {
  return Math.floor(MAX_STEPS / patterns.reduce((sum, parts) => sum + countPlaces(parts), 1));
}

function countPlaces(parts: readonly PathPart[]): number {
  return parts.reduce((sum, part) => {
    if (typeof part === "string" || "chars" in part) return sum + 1;
    if ("literal" in part) return sum + part.literal.length;
    return sum + ("anyOf" in part ? part.anyOf : [part.group]).reduce((places, each) => places + countPlaces(each), 0);
  }, 0);
}

const SLASH = 47;

/** What a place in the pattern takes: tells whether it takes a character, by its code. */
export type Taken = (code: number) => boolean;

/** A stretch of the pattern: where it can begin and end, and whether it can be empty. */
interface Stretch {
  first: number[];
  last: number[];
  empty: boolean;
}

/** The places of a pattern and the ways between them: the position automaton (Glushkov's). */
export interface Layout {
  /** What each place takes; the first stands in front of the text. */
  taken: Taken[];
  /** The places that may come behind each. */
  follow: Set<number>[];
  /** The places that the text may end in. */
  last: number[];
  /** Whether there are two ways from one place to the same other one. */
  hasDetours: boolean;
}

/** Lays a pattern out in places. */
export function layOut(parts: readonly PathPart[]): Layout {
  const taken: Taken[] = [];
  const follow: Set<number>[] = [];
  let hasDetours = false;
  const connect = (from: readonly number[], to: readonly number[]) => {
    for (const place of from) {
      for (const next of to) {
        hasDetours ||= follow[place]!.has(next);
        follow[place]!.add(next);
      }
    }
  };
  const place = (takes: Taken, repeats: boolean, empty: boolean): Stretch => {
    const at = taken.push(takes) - 1;
    follow.push(new Set(repeats ? [at] : []));
    return { first: [at], last: [at], empty };
  };
  const sequence = (stretches: readonly Stretch[]): Stretch => {
    const whole: Stretch = { first: [], last: [], empty: true };
    for (const next of stretches) {
      connect(whole.last, next.first);
      if (whole.empty) whole.first.push(...next.first);
      whole.last = next.empty ? [...whole.last, ...next.last] : next.last;
      whole.empty &&= next.empty;
    }
    return whole;
  };
  const choice = (stretches: readonly Stretch[]): Stretch => {
    const empty = stretches.filter(({ empty }) => empty).length;
    hasDetours ||= empty > 1;
    return {
      first: stretches.flatMap(({ first }) => first),
      last: stretches.flatMap(({ last }) => last),
      empty: empty > 0,
    };
  };
  const build = (part: PathPart): Stretch => {
    if (part === "any") return place(() => true, true, true);
    if (part === "segment") return place((code) => code !== SLASH, true, false);
    if ("chars" in part) return place(part.chars, false, false);
    if ("anyOf" in part) return choice(part.anyOf.map((each) => sequence(each.map(build))));
    if ("literal" in part) {
      return sequence(Array.from(part.literal, (char) => place((code) => code === char.charCodeAt(0), false, false)));
    }
    const group = sequence(part.group.map(build));
    hasDetours ||= group.empty;
    if (part.modifier !== "?") connect(group.last, group.first);
    return { ...group, empty: group.empty || part.modifier !== "+" };
  };

  const start = place(() => true, false, false);
  const { last } = sequence([start, sequence(parts.map(build))]);
  return { taken, follow, last, hasDetours };
}

/**
 * Compiles the parts of a path pattern into a test of the text between two positions.
 *
 * All ways to match are followed at once, so that nothing is tried twice and the time grows with the length of the text
 * alone, where a backtracking expression can take its fourth power.
 */
export function compileAutomaton(parts: readonly PathPart[]): TextTest {
  const { taken, follow, last: ends } = layOut(parts);

  // Sets of places as bits, `size` words for each.
  const size = Math.ceil(taken.length / 32);
  const bits = (places: Iterable<number>) => {
    const set = new Uint32Array(size);
    for (const each of places) set[each >>> 5]! |= 1 << (each & 31);
    return set;
  };
  const following = follow.map(bits);
  const taking = Array.from({ length: 128 }, (_, code) => bits(taken.flatMap((takes, at) => takes(code) ? [at] : [])));
  const last = bits(ends);
  let reached = bits([]);
  let next = bits([]);

  return (text, from, to) => {
    reached.fill(0);
    reached[0] = 1;
    for (let i = from; i < to; i++) {
      const code = text.charCodeAt(i);
      if (code > 127) return false;
      next.fill(0);
      let alive = 0;
      for (let word = 0; word < size; word++) {
        for (let rest = reached[word]!; rest !== 0; rest &= rest - 1) {
          const follows = following[word * 32 + 31 - Math.clz32(rest & -rest)]!;
          for (let other = 0; other < size; other++) next[other]! |= follows[other]!;
        }
      }
      for (let word = 0; word < size; word++) alive |= next[word]! &= taking[code]![word]!;
      if (alive === 0) return false;
      [reached, next] = [next, reached];
    }
    return reached.some((word, index) => (word & last[index]!) !== 0);
  };
}
