import { countWays } from "./ambiguity.ts";
import { OptionError } from "../../util/errors.ts";
import type { PathPart } from "./path-part.ts";
import { parseRegExp } from "./regexp-parser.ts";

/** About how many steps an expression may cost at worst on one text, some milliseconds. */
const MAX_STEPS = 1_000_000;

/**
 * The longest text on which the runtime stays within about a million steps with an expression, or `undefined` if the
 * steps double with each character.
 *
 * k repetitions in a row can share out the same n characters among themselves in n^k / k! ways, and a backtracking engine
 * tries all of them. A repetition of what itself repeats, may be missing or has alternatives can share them out in 2^n
 * ways.
 *
 * @param source The source of a regular expression, or a component of a URL pattern with `^` in front.
 * @param share How many expressions share the million.
 */
export function longestText(source: string, share = 1): number | undefined {
  const read = readRepetitions(source);
  return read.mayDouble ? undefined : longestWith(read, share);
}

/** The pieces of an expression that can share out a text. */
interface Repetitions {
  repetitions: number;
  /** How many pieces may be missing. */
  optional: number;
  /** In how many ways one alternative of each group can be chosen. */
  choices: number;
  /** Whether a repetition is of what has a choice itself. */
  mayDouble: boolean;
}

function readRepetitions(source: string): Repetitions {
  let optional = 0;
  let choices = 1;
  const alternatives = [1];
  let mayDouble = false;
  // Of each open group, and of what is open now, whether there is a choice of how much it takes.
  const groups: boolean[] = [];
  let choice = false;
  let repetitions = 0;
  // Whether what was read last is a piece with such a choice, and whether it is a quantifier.
  let choicePiece = false;
  let quantifier = false;
  let previous = "";
  for (const [token] of source.matchAll(TOKENS)) {
    const behindChoice = choicePiece;
    const behindQuantifier = quantifier;
    choicePiece = false;
    quantifier = false;
    if (token.startsWith("(") || token === "{") {
      groups.push(choice);
      alternatives.push(1);
      choice = false;
    } else if (token === ")" || token === "}") {
      choicePiece = choice;
      choice = (groups.pop() ?? false) || choice;
      choices *= alternatives.length > 1 ? alternatives.pop()! : 1;
    } else if (token === "|") {
      choice = true;
      alternatives[alternatives.length - 1]!++;
    } else if (token === "?") {
      // Behind a quantifier it makes that lazy.
      if (!behindQuantifier) optional++;
      choice = true;
    } else if (/^(?:[*+]|\{\d)/.test(token)) {
      mayDouble ||= behindChoice;
      repetitions++;
      choice = true;
      quantifier = true;
      // In a URL pattern, `*` is a piece itself, and what follows it repeats it.
      choicePiece = token === "*";
    } else if (/^(?::|\\[1-9k])/.test(token)) {
      // A name in a URL pattern takes a segment, a back reference what its group took.
      repetitions++;
      choice = true;
      // In "/:name*" the slash is repeated with the name, and tells one from the next.
      choicePiece = previous !== "/";
    }
    previous = token;
  }
  // Where nothing holds it to the start, each start is tried.
  if (!/^[\^/]/.test(source)) repetitions++;
  return { repetitions, optional, choices: choices * alternatives[0]!, mayDouble };
}

/** So many ways to leave parts out and to choose alternatives can all be tried on each path. */
const FEW_WAYS = 16;

/** The longest text that the pieces of an expression may share out. */
function longestWith({ repetitions, optional, choices }: Omit<Repetitions, "mayDouble">, share: number): number {
  const ways = 2 ** optional * choices;
  if (repetitions < 2 && ways <= FEW_WAYS) return Infinity;
  const steps = MAX_STEPS / share;
  // Both say too much, this or that of them less.
  return Math.max(longestFor(repetitions, steps / ways), longestFor(repetitions + optional, steps / choices));
}

function longestFor(repetitions: number, steps: number): number {
  let factorial = 1;
  for (let k = 2; k <= repetitions; k++) factorial *= k;
  return Math.floor((steps * factorial) ** (1 / Math.max(repetitions, 1)));
}

/**
 * The same for a regular expression with its flags, which says more than its source: in `^(?:/[^/]+)+$` each character says
 * which way to go, so that the repetitions have nothing to share out.
 */
export function longestForRegExp({ source, flags }: RegExp, share = 1): number | undefined {
  const read = readRepetitions(source);
  const { mayDouble } = read;
  // What stands in a repetition may be missing each time.
  const counted = mayDouble ? { ...read, repetitions: read.repetitions + read.optional, optional: 0 } : read;
  const longest = longestWith(counted, share);
  if (longest === Infinity && !mayDouble) return longest;
  // How classes tell characters from outside ASCII apart is not looked at.
  const parts = NON_ASCII.test(source) ? undefined : parseRegExp(source, flags, false);
  const [only] = parts ?? [];
  const alternatives = typeof only === "object" && "anyOf" in only && parts!.length === 1 ? only.anyOf : [parts ?? []];
  const ways = parts === undefined ? ["unknown"] : alternatives.map((each) => countWays(withoutEnds(each)));
  if (ways.includes("unknown")) return mayDouble ? undefined : longest;
  if (ways.includes("some")) return longest;
  // Where nothing holds it to the start, each start is tried.
  return alternatives.every(([first]) => first !== "any")
    ? Infinity
    : longestWith({ repetitions: 2, optional: 0, choices: 1 }, share);
}

const NON_ASCII = /[^\0-\x7f]|\\u|\\x[89a-f]/i;

/** Without what the parser puts in place of a `^` or `$` that is not there. */
function withoutEnds(parts: readonly PathPart[]): readonly PathPart[] {
  return parts.slice(parts[0] === "any" ? 1 : 0, parts.at(-1) === "any" ? -1 : undefined);
}

/**
 * The bound of a pattern.
 *
 * @param longest What {@link longestText} says.
 * @throws {TypeError} If there is none.
 */
export function boundOrThrow(longest: number | undefined, task: string, name: string, text: string): number {
  if (longest !== undefined) return longest;
  throw new OptionError(task, {
    path: name,
    expected: "a pattern whose cost is bounded",
    received: text,
    hint:
      "it repeats what itself repeats, may be missing or has alternatives, so that one request could take the server " +
      'down: write it without that, or test it yourself in "allow"',
  });
}

// Escapes, classes, the starts of groups, quantifiers, names without a regular expression of their own, and characters.
const TOKENS =
  /\\.|\[(?:\\.|[^\]\\])*\]|\((?:\?(?:[:=!]|<[=!]|<\w+>|[a-z-]+:))?|\{\d+(?:,\d*)?\}|[){}|*+?]|:[\w$]+(?![\w$(])|[^]/g;
