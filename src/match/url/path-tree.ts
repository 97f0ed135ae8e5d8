import type { PathPart } from "./path-pattern.ts";
import { isPathEnd, pathEnd, skipHarmless, skipHarmlessSegment } from "./url-path.ts";

/** How a path matches: not at all, safely, or in doubt, so that somebody has to check whether it is safe. */
export type PathMatch = 0 | 1 | 2;

const NONE = 0;
const SAFE = 1;
const DOUBTFUL = 2;

/** Matches the path that starts at a position of a URL and ends before the query or the fragment, if there is one. */
export type PathTest = (url: string, start: number) => PathMatch;

/** A node of the tree while it grows: the text that leads to it, and all that may follow. */
interface Node {
  label: string;
  /** Whether the path may end here. */
  ends: boolean;
  /** Whether anything may follow: a pattern that ends in `*`. */
  open: boolean;
  /** The node behind a segment that ends at the next slash. */
  segment: Node | undefined;
  /** The rests of patterns that go on in another way. */
  others: PathPart[][] | undefined;
  /** The nodes behind a text, by its first character. */
  children: Map<string, Node>;
}

function createNode(label: string): Node {
  return { label, ends: false, open: false, segment: undefined, others: undefined, children: new Map() };
}

/**
 * Compiles path patterns into one test: a radix tree. One walk along a path tells whether any pattern matches, however many
 * there are.
 *
 * @param beyond Whether a path that is too long to be tried counts as a match.
 */
export function compilePathTree(patterns: readonly (readonly PathPart[])[], beyond = false): PathTest {
  const root = createNode("");
  for (const parts of patterns) add(root, parts);
  const top = freeze(root, beyond ? DOUBTFUL : NONE);
  return (url, start) => walk(top, url, start, SAFE);
}

function add(root: Node, parts: readonly PathPart[]): void {
  let node = root;
  for (let i = 0; i < parts.length; i++) {
    const part = parts[i]!;
    const next = parts[i + 1];
    if (typeof part === "object" && "literal" in part) {
      node = descend(node, part.literal);
    } else if (part === "any" && next === undefined) {
      node.open = true;
      return;
    } else if (part === "segment" && beginsSegment(next)) {
      node = node.segment ??= createNode("");
    } else {
      (node.others ??= []).push(parts.slice(i));
      return;
    }
  }
  node.ends = true;
}

/** Whether a part can only begin where a segment ends. */
function beginsSegment(part: PathPart | undefined): boolean {
  return part === undefined || (typeof part === "object" && "literal" in part && part.literal[0] === "/");
}

/** The node behind a text, created if needed. */
function descend(node: Node, literal: string): Node {
  while (literal) {
    const child = node.children.get(literal[0]!);
    if (child === undefined) {
      const leaf = createNode(literal);
      node.children.set(literal[0]!, leaf);
      return leaf;
    }
    let common = 1;
    while (common < child.label.length && child.label[common] === literal[common]) common++;
    if (common < child.label.length) {
      // The labels part here: a node for the text that they share takes the child's place.
      const shared = createNode(child.label.slice(0, common));
      node.children.set(literal[0]!, shared);
      child.label = child.label.slice(common);
      shared.children.set(child.label[0]!, child);
      node = shared;
    } else {
      node = child;
    }
    literal = literal.slice(common);
  }
  return node;
}

const SLASH = 47;

/** A node, ready for walks. */
interface Place {
  readonly label: string;
  readonly ends: boolean;
  readonly open: boolean;
  /** Whether the label may make a path unsafe. */
  readonly doubt: boolean;
  /** Whether there is more than one way on. */
  readonly branches: boolean;
  /** The code of the first character with a child, and from it on the child of each. */
  readonly first: number;
  readonly children: readonly (Place | undefined)[];
  readonly segment: Place | undefined;
  readonly others: Others | undefined;
}

/** Other ways to go on, and the longest rest of a path on which they are tried. */
interface Others {
  readonly ways: readonly (readonly PathPart[])[];
  readonly longest: number;
  /** How a longer one matches. */
  readonly beyond: PathMatch;
}

/** About how many steps the other ways from a node may take on one path: some milliseconds. */
const MAX_STEPS = 5_000_000;

function freeze({ label, ends, open, segment, others, children }: Node, beyond: PathMatch): Place {
  const codes = [...children.keys()].map((char) => char.charCodeAt(0));
  const first = Math.min(128, ...codes);
  const list = codes.length === 0 ? [] : new Array<Place | undefined>(Math.max(...codes) - first + 1).fill(undefined);
  for (const [char, child] of children) list[char.charCodeAt(0) - first] = freeze(child, beyond);
  return {
    // A copy: a slice of another text would be read through that text each time.
    label: Array.from(label).join(""),
    ends,
    open,
    doubt: skipHarmless(label.replace(/\.(?=[\w-])/g, "-"), 0) < label.length,
    branches: segment !== undefined || others !== undefined,
    first,
    children: list,
    segment: segment && freeze(segment, beyond),
    others: others && { ways: others, longest: Math.floor(MAX_STEPS / others.flat().length), beyond },
  };
}

/**
 * Walks on from a node. The first character of its label has been compared already.
 *
 * @param match How the path matches if the rest is safe.
 */
function walk(node: Place, url: string, at: number, match: PathMatch): PathMatch {
  const length = url.length;
  for (;;) {
    const label = node.label;
    const size = label.length;
    if (at + size - 1 > length) return NONE;
    for (let i = 1; i < size; i++) {
      if (url.charCodeAt(at++) !== label.charCodeAt(i)) return NONE;
    }
    if (node.doubt) match = DOUBTFUL;
    if (node.open) {
      at = skipHarmless(url, at);
      // A raw NUL does not end a path.
      return at >= length || (isPathEnd(url.charCodeAt(at)) && url.charCodeAt(at) !== 0) ? match : DOUBTFUL;
    }
    const code = at < length ? url.charCodeAt(at) : 0;
    if (isPathEnd(code)) {
      if (code === 0 && at < length) match = DOUBTFUL;
      return node.ends ? match : node.others !== undefined ? tryOthers(node.others, url, at) : NONE;
    }
    const index = code - node.first;
    const children = node.children;
    const child = index >= 0 && index < children.length ? children[index] : undefined;
    if (!node.branches) {
      if (child === undefined) return NONE;
      node = child;
      at++;
      continue;
    }
    if (child !== undefined) {
      const found = walk(child, url, at + 1, match);
      if (found !== NONE) return found;
    }
    if (node.others !== undefined && tryOthers(node.others, url, at) !== NONE) return DOUBTFUL;
    if (node.segment === undefined || code === SLASH) return NONE;
    node = node.segment;
    at = skipHarmlessSegment(url, at);
    while (at < length) {
      const next = url.charCodeAt(at);
      if (next === SLASH || isPathEnd(next)) break;
      match = DOUBTFUL;
      at++;
    }
  }
}

function tryOthers({ ways, longest, beyond }: Others, url: string, at: number): PathMatch {
  const end = pathEnd(url, at);
  if (end - at > longest) return beyond;
  const rest = url.slice(at, end);
  return ways.some((parts) => matchRest(parts, 0, rest, 0, [])) ? DOUBTFUL : NONE;
}

/**
 * Whether the parts of a pattern from an index on match a text from a position on.
 *
 * The positions at which a part is tried only grow. Each part therefore remembers how far it went and never goes there
 * again. The time is linear in the length of the text, where a backtracking engine can take its fourth power.
 *
 * @param tried The position behind the last one that each part has tried to end at.
 */
function matchRest(parts: readonly PathPart[], index: number, text: string, from: number, tried: number[]): boolean {
  const part = parts[index];
  if (part === undefined) return from === text.length;
  const next = parts[index + 1];
  if (typeof part === "object") {
    return text.startsWith(part.literal, from) && matchRest(parts, index + 1, text, from + part.literal.length, tried);
  }
  if (part === "any" && next === undefined) return true;
  if (from < (tried[index] ?? 0)) return false;
  const slash = part === "segment" ? text.indexOf("/", from) : -1;
  const end = slash < 0 ? text.length : slash;
  for (let at = part === "segment" ? from + 1 : from; at <= end; at++) {
    if (typeof next === "object") {
      // Go to the end, if the path has to end with this text, or else to its next occurrence.
      if (index + 2 === parts.length) at = Math.max(at, text.length - next.literal.length);
      else if (part === "any") at = text.indexOf(next.literal, at);
      if (at < 0 || at > end) break;
    }
    tried[index] = at + 1;
    if (matchRest(parts, index + 1, text, at, tried)) return true;
  }
  tried[index] = end + 1;
  return false;
}
