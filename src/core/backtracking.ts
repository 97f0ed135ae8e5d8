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
      choice = false;
    } else if (token === ")" || token === "}") {
      choicePiece = choice;
      choice = (groups.pop() ?? false) || choice;
    } else if (token === "|") {
      choice = true;
    } else if (token === "?") {
      // Behind a quantifier it makes that lazy.
      if (!behindQuantifier) repetitions++;
      choice = true;
    } else if (/^(?:[*+]|\{\d)/.test(token)) {
      if (behindChoice) return undefined;
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
  if (repetitions < 2) return Infinity;
  let factorial = 1;
  for (let k = 2; k <= repetitions; k++) factorial *= k;
  return Math.floor((MAX_STEPS / share * factorial) ** (1 / repetitions));
}

// Escapes, classes, the starts of groups, quantifiers, names without a regular expression of their own, and characters.
const TOKENS =
  /\\.|\[(?:\\.|[^\]\\])*\]|\((?:\?(?:[:=!]|<[=!]|<\w+>|[a-z-]+:))?|\{\d+(?:,\d*)?\}|[){}|*+?]|:[\w$]+(?![\w$(])|[^]/g;
