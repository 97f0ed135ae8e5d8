import { compileAutomaton, type TextTest } from "./path-automaton.ts";
import type { PathPart } from "./path-pattern.ts";

const SLASH = 47;

/** More children than this are found through a table of character codes. */
const FEW = 4;

/** A node of the tree: the text that leads to it, and what may follow. */
class Node {
  label: string;
  /** Whether the path may end here. */
  ends = false;
  /** Whether anything may follow: a pattern that ends in `*`. */
  open = false;
  /** What follows a segment part that takes all up to the next slash. */
  segment: Node | undefined;
  /** The rest of patterns that go on in another way. */
  others: TextTest[] | undefined;
  children: Node[] = [];
  // For each character code, one more than the index of the child whose label starts with it.
  #table: Uint8Array | undefined;

  constructor(label: string) {
    this.label = label;
  }

  child(code: number): Node | undefined {
    if (this.#table) return this.children[this.#table[code]! - 1];
    for (const child of this.children) {
      if (child.label.charCodeAt(0) === code) return child;
    }
    return undefined;
  }

  addChild(child: Node): void {
    this.children.push(child);
    if (this.children.length <= FEW) return;
    this.#table ??= new Uint8Array(128);
    this.children.forEach((each, index) => this.#table![each.label.charCodeAt(0)] = index + 1);
  }

  /** Cuts the label, so that this node stands for its start and a new child for the rest. */
  split(at: number): void {
    const rest = new Node(this.label.slice(at));
    rest.ends = this.ends;
    rest.open = this.open;
    rest.segment = this.segment;
    rest.others = this.others;
    rest.children = this.children;
    rest.#table = this.#table;
    this.label = this.label.slice(0, at);
    this.ends = false;
    this.open = false;
    this.segment = undefined;
    this.others = undefined;
    this.children = [];
    this.#table = undefined;
    this.addChild(rest);
  }
}

/** Path patterns in a radix tree: one walk along a path tells whether any of them matches, however many there are. */
export class PathTree {
  #root = new Node("");

  /** Adds a pattern. */
  add(parts: readonly PathPart[]): void {
    let node = this.#root;
    for (let i = 0; i < parts.length; i++) {
      const part = parts[i]!;
      const next = parts[i + 1];
      if (typeof part === "object" && "literal" in part) {
        node = descend(node, part.literal);
      } else if (part === "any" && next === undefined) {
        node.open = true;
        return;
      } else if (part === "segment" && startsSegment(next)) {
        node = node.segment ??= new Node("");
      } else {
        (node.others ??= []).push(compileAutomaton(parts.slice(i)));
        return;
      }
    }
    node.ends = true;
  }

  /** Whether a pattern matches all of the text between two positions. */
  matches(text: string, start: number, end: number): boolean {
    return walk(this.#root, text, start, end);
  }
}

/** Whether a part can only begin where a segment ends. */
function startsSegment(part: PathPart | undefined): boolean {
  return part === undefined || (typeof part === "object" && "literal" in part && part.literal[0] === "/");
}

function descend(node: Node, literal: string): Node {
  while (literal) {
    let child = node.child(literal.charCodeAt(0));
    if (!child) {
      child = new Node(literal);
      node.addChild(child);
      return child;
    }
    let common = 1;
    while (common < child.label.length && child.label[common] === literal[common]) common++;
    if (common < child.label.length) child.split(common);
    node = child;
    literal = literal.slice(common);
  }
  return node;
}

function walk(node: Node, text: string, at: number, end: number): boolean {
  for (;;) {
    if (node.open) return true;
    if (at === end) return node.ends || (node.others?.some((test) => test(text, at, end)) ?? false);
    const child = node.child(text.charCodeAt(at));
    const fits = child !== undefined && startsWith(text, child.label, at, end);
    const { segment, others } = node;
    if (segment === undefined && others === undefined) {
      if (!fits) return false;
      at += child.label.length;
      node = child;
      continue;
    }
    if (fits && walk(child, text, at + child.label.length, end)) return true;
    if (others?.some((test) => test(text, at, end))) return true;
    if (segment === undefined) return false;
    const from = at;
    while (at < end && text.charCodeAt(at) !== SLASH) at++;
    if (at === from) return false;
    node = segment;
  }
}

function startsWith(text: string, label: string, at: number, end: number): boolean {
  const length = label.length;
  if (at + length > end) return false;
  // The first character is known to be the same.
  for (let i = 1; i < length; i++) {
    if (text.charCodeAt(at + i) !== label.charCodeAt(i)) return false;
  }
  return true;
}
