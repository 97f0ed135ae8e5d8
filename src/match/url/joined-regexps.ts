// Literal characters and escaped punctuation, with no quantifier behind.
const LITERAL = /(?:\\[!-/:-@[-`{-~]|[\w/%~@!&'",;:=<>#` -])(?![*+?{])/y;

/** The literal characters that a source begins with, and the rest of it. */
interface Alternative {
  readonly head: readonly string[];
  readonly rest: string;
}

/**
 * One source that matches what any of some sources does, none of which has a `|` outside of its groups.
 *
 * What they begin with alike is written once: engines try one alternative after the other, but see by a character which of
 * `a(?:b|c)|d(?:e|f)` it is to be.
 */
export function joinSources(sources: readonly string[]): string {
  return joinBehind(sources.map(readHead), 0);
}

function readHead(source: string): Alternative {
  const head: string[] = [];
  LITERAL.lastIndex = 0;
  let at = 0;
  for (let match = LITERAL.exec(source); match !== null; match = LITERAL.exec(source)) {
    head.push(match[0]);
    at = LITERAL.lastIndex;
  }
  return { head, rest: source.slice(at) };
}

/** The alternatives from behind so many characters of their heads, which they have in common. */
function joinBehind(alternatives: readonly Alternative[], from: number): string {
  const [first] = alternatives;
  let to = from;
  while (to < first!.head.length && alternatives.every(({ head }) => head[to] === first!.head[to])) to++;
  const common = first!.head.slice(from, to).join("");
  if (alternatives.length === 1) return common + first!.rest;
  const byNext = new Map<string | undefined, Alternative[]>();
  for (const alternative of alternatives) {
    const next = alternative.head[to];
    const same = byNext.get(next);
    if (same === undefined) byNext.set(next, [alternative]);
    else same.push(alternative);
  }
  const branches = [...byNext].flatMap(([next, same]) =>
    next === undefined ? same.map(({ rest }) => rest) : [joinBehind(same, to)]
  );
  return `${common}(?:${branches.join("|")})`;
}
