import type { PathPart } from "./path-part.ts";

/** Above this many parts an expression is left to the runtime: `{n,m}` is written out, and all of it costs on each path. */
const MAX_PARTS = 200;

const DIGIT = /\d/;
const WORD = /\w/;
const SPACE = /\s/;

/** Thrown where an expression holds what an automaton does not know. */
class Unknown extends Error {}

/**
 * Reads a regular expression that is made of characters, classes, groups, alternatives and repetitions, with `^` and `$`
 * around it only.
 *
 * @param source The source of the expression.
 * @param flags Its flags.
 * @param whole Whether it has to match all of the text, as in a URL pattern, or may match any of it.
 * @returns Its parts, for a text of ASCII characters without line breaks; `undefined` if it holds anything else, such as
 * lookarounds and back references.
 */
export function parseRegExp(source: string, flags: string, whole: boolean): PathPart[] | undefined {
  try {
    return new Parser(source, flags).parse(whole);
  } catch (error) {
    if (error instanceof Unknown) return undefined;
    throw error;
  }
}

class Parser {
  #source: string;
  #at = 0;
  #parts = 0;
  #ignoreCase: boolean;
  #sets: boolean;

  constructor(source: string, flags: string) {
    this.#source = source;
    this.#ignoreCase = flags.includes("i");
    // Unicode folds some letters from outside ASCII to letters in it.
    if (this.#ignoreCase && /[uv]/.test(flags)) throw new Unknown();
    this.#sets = flags.includes("v");
  }

  parse(whole: boolean): PathPart[] {
    const alternatives: PathPart[][] = [];
    do {
      const parts: PathPart[] = [];
      if (!whole && !this.#take("^")) parts.push("any");
      parts.push(...this.#sequence());
      if (!whole && !this.#take("$")) parts.push("any");
      alternatives.push(parts);
    } while (this.#take("|"));
    if (this.#at < this.#source.length) throw new Unknown();
    return alternatives.length === 1 ? alternatives[0]! : [{ anyOf: alternatives }];
  }

  #take(text: string): boolean {
    if (!this.#source.startsWith(text, this.#at)) return false;
    this.#at += text.length;
    return true;
  }

  /** What matches `pattern`, which is sticky, from here on. */
  #match(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = this.#at;
    const match = pattern.exec(this.#source);
    if (match) this.#at = pattern.lastIndex;
    return match;
  }

  #sequence(): PathPart[] {
    const parts: PathPart[] = [];
    while (this.#at < this.#source.length && !/[|)$]/.test(this.#source[this.#at]!)) {
      parts.push(...this.#repeated(this.#atom()));
    }
    return parts;
  }

  /** The atom as often as the quantifier behind it says. Whether it is greedy does not matter to whether it matches. */
  #repeated(atom: PathPart): PathPart[] {
    this.#count(1);
    const quantifier = this.#match(/(?:([?*+])|\{(\d+)(,?)(\d*)\})\??/y);
    if (!quantifier) return [atom];
    const [, sign, least, comma, most] = quantifier;
    if (sign) return [{ group: [atom], modifier: sign as "?" | "*" | "+" }];
    const min = Number(least);
    const max = comma ? (most ? Number(most) : Infinity) : min;
    this.#count(max === Infinity ? min : max);
    const parts = new Array<PathPart>(min).fill(atom);
    if (max === Infinity) parts.push({ group: [atom], modifier: "*" });
    // Each of the rest only behind the one before: (a(a(a)?)?)?
    let rest: PathPart | undefined;
    for (let i = min; i < max && max !== Infinity; i++) {
      rest = { group: rest === undefined ? [atom] : [atom, rest], modifier: "?" };
    }
    return rest === undefined ? parts : [...parts, rest];
  }

  #count(parts: number): void {
    this.#parts += parts;
    if (this.#parts > MAX_PARTS) throw new Unknown();
  }

  #atom(): PathPart {
    if (this.#take("(")) return this.#group();
    if (this.#take("[")) return this.#class();
    const char = this.#source[this.#at]!;
    if (/[\^*+?{}\]]/.test(char)) throw new Unknown();
    if (char === ".") {
      this.#at++;
      return { chars: () => true };
    }
    return { chars: this.#fold(this.#character()) };
  }

  #group(): PathPart {
    if (this.#take("?") && !this.#take(":") && !this.#match(/<[a-z_$][\w$]*>/iy)) throw new Unknown();
    const before = this.#parts;
    // Bounds how deep groups stand in each other, and with it the stack.
    this.#count(1);
    const anyOf = [this.#sequence()];
    while (this.#take("|")) anyOf.push(this.#sequence());
    if (!this.#take(")")) throw new Unknown();
    // A quantifier behind it writes out all that is in it.
    const quantifier = /\{(\d+),?(\d*)\}/y;
    quantifier.lastIndex = this.#at;
    const times = quantifier.exec(this.#source);
    if (times) this.#count((this.#parts - before) * Math.max(Number(times[1]), Number(times[2])));
    return { anyOf };
  }

  /** A character or an escape for one or for a class, as a test of a character by its code. */
  #character(): (code: number) => boolean {
    const char = this.#source[this.#at++]!;
    if (char !== "\\") return (code) => code === char.charCodeAt(0);
    const escape = this.#match(/x[\da-f]{2}|u[\da-f]{4}/iy)?.[0];
    if (escape) {
      const value = Number.parseInt(escape.slice(1), 16);
      return (code) => code === value;
    }
    const escaped = this.#source[this.#at++];
    switch (escaped) {
      case "d":
        return (code) => DIGIT.test(String.fromCharCode(code));
      case "D":
        return (code) => !DIGIT.test(String.fromCharCode(code));
      case "w":
        return (code) => WORD.test(String.fromCharCode(code));
      case "W":
        return (code) => !WORD.test(String.fromCharCode(code));
      case "s":
        return (code) => SPACE.test(String.fromCharCode(code));
      case "S":
        return (code) => !SPACE.test(String.fromCharCode(code));
    }
    // Of the other letters and digits, what they mean depends on flags and on what stands elsewhere.
    if (escaped === undefined || /[\w\u0080-\uffff]/.test(escaped)) throw new Unknown();
    return (code) => code === escaped.charCodeAt(0);
  }

  #class(): PathPart {
    // With the flag v, classes nest and have operators.
    if (this.#sets && this.#hasOperators()) throw new Unknown();
    const negated = this.#take("^");
    const tests: ((code: number) => boolean)[] = [];
    while (!this.#take("]")) {
      if (this.#at >= this.#source.length) throw new Unknown();
      const from = this.#at;
      const first = this.#character();
      const single = this.#source[from] !== "\\";
      const range = /-([^\]\\])/y;
      range.lastIndex = this.#at;
      const last = range.exec(this.#source)?.[1];
      if (last === undefined) {
        // A range up to an escape.
        if (/^-\\/.test(this.#source.slice(this.#at, this.#at + 2))) throw new Unknown();
        tests.push(first);
      } else {
        if (!single) throw new Unknown();
        const low = this.#source.charCodeAt(from);
        const high = last.charCodeAt(0);
        this.#at += 2;
        tests.push((code) => code >= low && code <= high);
      }
    }
    const folded = this.#fold((code) => tests.some((test) => test(code)));
    return { chars: negated ? (code) => !folded(code) : folded };
  }

  /** Whether the class that begins here holds more than characters, ranges and escapes. */
  #hasOperators(): boolean {
    const [text = ""] = /^(?:\\.|[^\]\\])*/.exec(this.#source.slice(this.#at)) ?? [];
    return /[([{}/|]|--|&&|([!#$%*+,.:;<=>?@^`~])\1/.test(text.replace(/\\./g, "")) || text.startsWith("-") ||
      text.endsWith("-");
  }

  /** The test with upper and lower case alike, if the expression ignores case. */
  #fold(test: (code: number) => boolean): (code: number) => boolean {
    if (!this.#ignoreCase) return test;
    return (code) => {
      const char = String.fromCharCode(code);
      return test(code) || test(char.toLowerCase().charCodeAt(0)) || test(char.toUpperCase().charCodeAt(0));
    };
  }
}
