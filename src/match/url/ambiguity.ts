import { layOut } from "./path-automaton.ts";
import type { PathPart } from "./path-part.ts";

/** Above so many ways from place to place, pairs of them are too many to be looked at. */
const MOST_WAYS = 400;

// One space and one letter from outside ASCII stand for all others.
const ALPHABET = [...Array.from({ length: 128 }, (_, code) => code), 0xa0, 0xe9];

/**
 * In how many ways a backtracking engine can go through a text with a pattern.
 *
 * `"one"`: each character says which way to go. `"some"`: their number grows with a power of the length. `"unknown"`: it
 * may double with each character.
 *
 * @param parts The parts of a pattern whose classes tell no two characters from outside ASCII apart but spaces and others.
 */
export function countWays(parts: readonly PathPart[]): "one" | "some" | "unknown" {
  const { taken, follow, hasDetours } = layOut(parts);
  if (hasDetours) return "unknown";
  const sets = taken.map((takes) => ALPHABET.map(takes));
  const overlaps = sets.map((set) => sets.map((other) => set.some((takes, at) => takes && other[at])));
  const ways = follow.map((places) => [...places]);
  if (ways.every((next) => next.every((a, index) => next.every((b, other) => other >= index || !overlaps[a]![b])))) {
    return "one";
  }
  return ways.reduce((sum, next) => sum + next.length, 0) <= MOST_WAYS && !meetAgain(ways, overlaps)
    ? "some"
    : "unknown";
}

/**
 * Whether two ways that part at a place can both come back to it with the same text: going round again and again, they
 * double each time.
 *
 * @see {@link https://doi.org/10.1016/0304-3975(91)90381-B | Weber and Seidl, On the degree of ambiguity of finite automata}
 */
function meetAgain(ways: readonly (readonly number[])[], overlaps: readonly (readonly boolean[])[]): boolean {
  const size = ways.length;
  const next = (pair: number): number[] => {
    const [a, b] = [Math.floor(pair / size), pair % size];
    return ways[a]!.flatMap((x) => ways[b]!.flatMap((y) => overlaps[x]![y] ? [x * size + y] : []));
  };
  const isApart = (pair: number) => Math.floor(pair / size) !== pair % size;

  // The pairs of places that one text leads to from the same place, and from where.
  const before = new Map<number, number[]>();
  const pairs = ways.map((_, place) => place * size + place);
  const seen = new Set(pairs);
  for (const pair of pairs) {
    for (const other of next(pair)) {
      const from = before.get(other);
      if (from === undefined) before.set(other, [pair]);
      else from.push(pair);
      if (seen.has(other)) continue;
      seen.add(other);
      pairs.push(other);
    }
  }
  // Each place, by what leads to it from pairs that are apart, and what leads to those.
  return ways.some((_, place) => {
    const target = place * size + place;
    const reaching = new Set([target]);
    let wasApart = false;
    for (const pair of reaching) {
      wasApart ||= isApart(pair);
      for (const from of before.get(pair) ?? []) reaching.add(from);
    }
    if (!wasApart) return false;
    // From the place to a pair that is apart and leads back.
    const reached = new Set([target]);
    for (const pair of reached) {
      if (isApart(pair)) return true;
      for (const other of next(pair)) if (reaching.has(other)) reached.add(other);
    }
    return false;
  });
}
