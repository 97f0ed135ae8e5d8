import { OptionError } from "../../util/errors.ts";

/** How many steps an expression may cost at worst on one text, which takes some milliseconds. */
const MAX_STEPS = 1_000_000;

/** So many ways through the choices of an expression do not matter. */
const FEW_WAYS = 16;

/**
 * The longest text on which a backtracking engine stays within about a million steps with an expression; `undefined` if the
 * steps may double with each character.
 *
 * If two places of an expression can come next and both take the next character of the text, the engine may have to try
 * both. Within a repetition, it may have to do so at each character: such an expression has no bound. At the end of a
 * repetition, it may have to try each length of it, so that the steps grow with a power of the length.
 *
 * @param share How many expressions share the million steps.
 */
export function longestText(expression: { source: string; flags: string }, share = 1): number | undefined {
  const bounds = layOut(expression)?.map((places) => longestFor(places, MAX_STEPS / share));
  return bounds?.includes(undefined) ? undefined : bounds && Math.min(...bounds as number[]);
}

function longestFor(places: readonly Place[], steps: number): number | undefined {
  // The repetitions that may end in more than one place, and all of them.
  const unsure = new Set<number>();
  const loops = new Set<number>();
  let ways = 1;
  for (const { loop, next } of places) {
    let inside = 0n;
    let outside = 0n;
    let isFork = false;
    for (const other of next) {
      const { set } = places[other]!;
      if (loop !== undefined && places[other]!.loop === loop) {
        if (set & inside) return undefined;
        inside |= set;
      } else {
        isFork ||= (set & outside) !== 0n;
        outside |= set;
      }
    }
    if (loop !== undefined) loops.add(loop);
    if (inside & outside) unsure.add(loop!);
    else if (isFork) ways *= 2;
  }
  // The engine walks through the last repetition once more, unless it is counted already.
  const degree = unsure.size + (loops.size > 0 && !unsure.has(Math.max(...loops)) ? 1 : 0);
  if (degree < 2 && ways <= FEW_WAYS) return Infinity;
  let factorial = 1;
  for (let k = 2; k <= degree; k++) factorial *= k;
  return Math.floor((steps / ways * factorial) ** (1 / Math.max(degree, 1)));
}

/**
 * Returns the bound of a pattern.
 *
 * @param longest The result of {@link longestText}.
 * @throws {OptionError} If the cost of the pattern has no bound.
 */
export function boundOrThrow(longest: number | undefined, task: string, name: string, text: string): number {
  if (longest !== undefined) return longest;
  throw new OptionError(task, {
    path: name,
    expected: "a pattern whose cost is bounded",
    received: text,
    hint:
      "it repeats a part that can match the same text in more than one way, so that one request could take the server " +
      'down: write it without that, or test it yourself in "allow"',
  });
}

/** How deep groups may stand in each other. */
const DEEPEST = 200;

/** A character of an expression: a place in Glushkov's automaton. */
interface Place {
  /** The characters of a text that it takes, as bits. */
  readonly set: bigint;
  /** The places that can come next. */
  readonly next: number[];
  /** The outermost repetition that it stands in, by a number that grows from left to right. */
  loop: number | undefined;
}

/** A stretch of an expression: the places where it can begin and end, and whether it can be empty. */
interface Stretch {
  readonly first: readonly number[];
  readonly last: readonly number[];
  readonly isEmpty: boolean;
}

const EMPTY: Stretch = { first: [], last: [], isEmpty: true };

/**
 * The places of each alternative of an expression. The first place stands in front of the text.
 *
 * @returns `undefined` if a part can be empty in two ways, or stands too deep in others.
 */
function layOut({ source, flags }: { source: string; flags: string }): Place[][] | undefined {
  const tokens = source.match(TOKENS) ?? [];
  let places: Place[] = [];
  let at = 0;
  let depth = 0;
  let isAmbiguous = false;

  const connect = (from: readonly number[], to: readonly number[]) => {
    for (const place of from) places[place]!.next.push(...to);
  };
  const readAlternatives = (): Stretch => {
    const all: Stretch[] = [];
    do all.push(readSequence()); while (tokens[at++] === "|");
    const empty = all.filter(({ isEmpty }) => isEmpty).length;
    isAmbiguous ||= empty > 1;
    return { first: all.flatMap(({ first }) => first), last: all.flatMap(({ last }) => last), isEmpty: empty > 0 };
  };
  const readSequence = (): Stretch => {
    let { first, last, isEmpty } = EMPTY;
    // Deeper groups would use up the stack.
    isAmbiguous ||= depth > DEEPEST;
    while (!isAmbiguous && at < tokens.length && tokens[at] !== "|" && tokens[at] !== ")") {
      const piece = readRepeated();
      connect(last, piece.first);
      if (isEmpty) first = [...first, ...piece.first];
      last = piece.isEmpty ? [...last, ...piece.last] : piece.last;
      isEmpty &&= piece.isEmpty;
    }
    return { first, last, isEmpty };
  };
  const readRepeated = (): Stretch => {
    const from = places.length;
    const piece = readPiece();
    const quantifier = tokens[at] ?? "";
    if (!/^(?:[*+?]|{\d)/.test(quantifier)) return piece;
    // Whether it is lazy does not matter.
    if (tokens[++at] === "?") at++;
    const isOptional = /^(?:[*?]|{0)/.test(quantifier);
    if (quantifier !== "?") {
      // Engines skip empty repetitions, but not those that have to be there.
      isAmbiguous ||= piece.isEmpty && !isOptional;
      // A counted repetition costs no more than an unlimited one.
      connect(piece.last, piece.first);
      for (const place of places.slice(from)) place.loop = from;
    }
    return { ...piece, isEmpty: piece.isEmpty || isOptional };
  };
  const readPiece = (): Stretch => {
    const token = tokens[at++]!;
    if (token.startsWith("(")) {
      depth++;
      const inner = readAlternatives();
      depth--;
      return /[=!]$/.test(token) ? EMPTY : inner;
    }
    if (/^(?:[\^$]|\\b)$/i.test(token)) return EMPTY;
    const place = places.push({ set: setOf(token, flags.replace(/[gy]/g, "")), next: [], loop: undefined }) - 1;
    return { first: [place], last: [place], isEmpty: false };
  };

  const alternatives: Place[][] = [];
  do {
    places = [{ set: ALL, next: [], loop: undefined }];
    alternatives.push(places);
    // Without `^`, the engine tries each start.
    const isAnchored = tokens[at] === "^";
    connect([0], readSequence().first);
    if (isAnchored) continue;
    connect([0], [0]);
    places[0]!.loop = 0;
  } while (tokens[at++] === "|");
  return isAmbiguous ? undefined : alternatives;
}

/** The characters that are told apart: bytes, as a server may pass them on. */
const CHARACTERS = Array.from({ length: 256 }, (_, code) => String.fromCharCode(code));
const ALL = (1n << 256n) - 1n;

const known = new Map<string, bigint>();

/** The characters that a class, an escape or a character takes, as the engine says. */
function setOf(token: string, flags: string): bigint {
  const key = flags + token;
  let set = known.get(key);
  if (set === undefined) {
    set = 0n;
    try {
      // A back reference matches the text of its group, which may be any.
      const test = new RegExp(`^(?:${/^\\[1-9k]/.test(token) ? "" : token})$`, flags);
      for (const char of CHARACTERS) set = set << 1n | BigInt(test.test(char));
    } catch {
      // Not a token of its own, such as a part of a nested class.
    }
    // A token that takes none of them may take others.
    set ||= ALL;
    if (known.size > 1_000) known.clear();
    known.set(key, set);
  }
  return set;
}

// Escapes, classes, the starts of groups, quantifiers and characters.
const TOKENS =
  /\\(?:[pu]\{.*?\}|u.{4}|x..|c.|k<.*?>|[^])|\[(?:\\[^]|[^\\\]])*\]|\((?:\?(?:<?[=!]|.*?[:>]))?|\{\d+,?\d*\}|[^]/gi;
