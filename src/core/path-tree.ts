import { compileAutomaton, longestForAutomata, type TextTest } from "./path-automaton.ts";
import type { PathPart } from "./path-pattern.ts";
import { isPathEnd, pathEnd, skipHarmless, skipHarmlessSegment } from "./url-path.ts";

/** How a path matches: not at all, or so that it is safe, or so that it has to be looked at whether it is safe. */
export type PathMatch = 0 | 1 | 2;

const NONE = 0;
const SAFE = 1;
const DOUBTFUL = 2;

/** Matches the path that starts at a position of a URL; it ends before the query, the fragment or nothing. */
export type PathTest = (url: string, start: number) => PathMatch;

/** A node of the tree while it grows: the text that leads to it, and what may follow. */
interface Node {
  label: string;
  /** Whether the path may end here. */
  ends: boolean;
  /** Whether anything may follow: a pattern that ends in `*`. */
  open: boolean;
  /** What follows a segment part that takes all up to the next slash. */
  segment: Node | undefined;
  /** The rest of patterns that go on in another way. */
  others: PathPart[][] | undefined;
  /** What follows literally, by the first character. */
  children: Map<string, Node>;
}

function createNode(label: string): Node {
  return { label, ends: false, open: false, segment: undefined, others: undefined, children: new Map() };
}

/**
 * Compiles path patterns into one test: a radix tree, in which one walk along the path tells whether any of them matches,
 * however many there are.
 */
export function compilePathTree(patterns: readonly (readonly PathPart[])[]): PathTest {
  const root = createNode("");
  for (const parts of patterns) add(root, parts);
  return flatten(root);
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

/** The node behind a literal text, made if there is none. */
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
      // The labels part here: a node for what they share takes the child's place.
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

/** More children than this are found through a table of character codes. */
const FEW = 4;

// The fields of a node among the numbers of the tree.
const LABEL_START = 0;
const LABEL_END = 1;
const FLAGS = 2;
const CHILDREN = 3;
const FIRST_CHILD = 4;
const TABLE = 5;
const SEGMENT = 6;
const OTHERS = 7;
const FIELDS = 8;

const ENDS = 1;
const OPEN = 2;
const BRANCHES = 4;
const DOUBT = 8;

/**
 * Writes the tree into one array of numbers and one text of all labels, which a walk reads with hardly a miss of the
 * processor's cache. The children of a node stand next to each other.
 */
function flatten(root: Node): PathTest {
  const order = [root];
  const numbers: number[] = [];
  const tables: number[] = [];
  const others: { tests: TextTest[]; longest: number }[] = [];
  let labels = "";
  for (let index = 0; index < order.length; index++) {
    const { label, ends, open, segment, others: rest, children } = order[index]!;
    const firstChild = order.length;
    order.push(...children.values());
    let table = 0;
    if (children.size > FEW) {
      table = tables.length;
      tables.push(...new Array<number>(128).fill(0));
      [...children.keys()].forEach((char, child) => tables[table + char.charCodeAt(0)] = firstChild + child);
    }
    const doubt = skipHarmless(label.replace(/\.(?=[\w-])/g, "-"), 0) < label.length;
    const flags = (ends ? ENDS : 0) | (open ? OPEN : 0) | (segment || rest ? BRANCHES : 0) | (doubt ? DOUBT : 0);
    numbers.push(labels.length, labels.length + label.length, flags, children.size, firstChild, table);
    // No node leads to the root, so 0 stands for none; the lists of other tests are counted from 1.
    numbers.push(
      segment ? order.push(segment) - 1 : 0,
      rest ? others.push({ tests: rest.map(compileAutomaton), longest: longestForAutomata(rest) }) : 0,
    );
    labels += label;
  }
  const nodes = Int32Array.from(numbers);
  const childTables = Int32Array.from(tables);
  // Joined from many pieces, the text would be put together anew where it is read.
  const text = Array.from(labels).join("");

  /**
   * Walks on from a node, of whose label all but the first character is still to be compared.
   *
   * @param match How the path matches if the rest is safe.
   */
  function walk(node: number, url: string, at: number, match: PathMatch): PathMatch {
    for (;;) {
      const base = node * FIELDS;
      const labelEnd = nodes[base + LABEL_END]!;
      for (let i = nodes[base + LABEL_START]! + 1; i < labelEnd; i++) {
        if (url.charCodeAt(at++) !== text.charCodeAt(i)) return NONE;
      }
      const flags = nodes[base + FLAGS]!;
      if ((flags & DOUBT) !== 0) match = DOUBTFUL;
      if ((flags & OPEN) !== 0) {
        at = skipHarmless(url, at);
        return at >= url.length ? match : DOUBTFUL;
      }
      // Behind the last character this is NaN, which is 0 among integers.
      const code = url.charCodeAt(at) | 0;
      if (isPathEnd(code)) {
        if (code === 0 && at < url.length) match = DOUBTFUL;
        return (flags & ENDS) !== 0 ? match : (flags & BRANCHES) !== 0 ? tryOthers(base, url, at) : NONE;
      }
      const child = childOf(base, code);
      if ((flags & BRANCHES) === 0) {
        if (child === 0) return NONE;
        node = child;
        at++;
        continue;
      }
      const found = (child !== 0 && walk(child, url, at + 1, match)) || tryOthers(base, url, at);
      if (found !== NONE) return found;
      node = nodes[base + SEGMENT]!;
      if (node === 0) return NONE;
      const from = at;
      at = skipHarmlessSegment(url, at);
      for (let next = url.charCodeAt(at) | 0; next !== SLASH && !isPathEnd(next); next = url.charCodeAt(++at) | 0) {
        match = DOUBTFUL;
      }
      if (at === from) return NONE;
    }
  }

  function childOf(base: number, code: number): number {
    const count = nodes[base + CHILDREN]!;
    if (count > FEW) return code < 128 ? childTables[nodes[base + TABLE]! + code]! : 0;
    const first = nodes[base + FIRST_CHILD]!;
    for (let child = first; child < first + count; child++) {
      if (text.charCodeAt(nodes[child * FIELDS + LABEL_START]!) === code) return child;
    }
    return 0;
  }

  function tryOthers(base: number, url: string, at: number): PathMatch {
    const list = nodes[base + OTHERS]!;
    if (list === 0) return NONE;
    const { tests, longest } = others[list - 1]!;
    const end = pathEnd(url, at);
    return end - at <= longest && tests.some((test) => test(url, at, end)) ? DOUBTFUL : NONE;
  }

  return (url, start) => walk(0, url, start, SAFE);
}
