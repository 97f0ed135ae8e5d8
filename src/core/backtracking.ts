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
 * @param source The source of a regular expression, or a component of a URL pattern.
 * @param share How many expressions share the million.
 */
export function longestText(source: string, share = 1): number | undefined {
  // Each open group: whether there is a choice in it of how much it takes.
  const groups: boolean[] = [];
  let choice = false;
  let repetitions = 0;
  let closed = false;
  const tokens = /\\.|\[(?:\\.|[^\]\\])*\]|\((?:\?(?:[:=!]|<[=!]|<\w+>|[a-z-]+:))?|\{\d+(?:,\d*)?\}|[){}|*+?]|[^]/g;
  for (const [token] of source.matchAll(tokens)) {
    let ends = false;
    if (token.startsWith("(") || token === "{") {
      groups.push(choice);
      choice = false;
    } else if (token === ")" || token === "}") {
      ends = choice;
      choice = (groups.pop() ?? false) || ends;
    } else if (token === "|" || token === "?") {
      choice = true;
    } else if (token === "*" || token === "+" || /^\{\d/.test(token) || /^\\[1-9k]/.test(token)) {
      if (closed) return undefined;
      repetitions++;
      choice = true;
    } else if (token === ":") {
      // A name in a URL pattern takes a segment.
      repetitions++;
    }
    closed = ends;
  }
  // Where nothing holds it to the start, each start is tried.
  if (!source.startsWith("^") && !source.startsWith("/")) repetitions++;
  if (repetitions < 2) return Infinity;
  let factorial = 1;
  for (let k = 2; k <= repetitions; k++) factorial *= k;
  return Math.floor((MAX_STEPS / share * factorial) ** (1 / repetitions));
}
