/** README.md in pieces. */
import { readFileSync } from "node:fs";

/** A fenced block. */
export interface Block {
  /** What is written behind the fence. */
  language: string;
  /** The nearest heading above. */
  heading: string;
  /** The line of its fence, for messages. */
  line: number;
  text: string;
}

/** A table: its header and its rows, each cell as it is written. */
export interface Table {
  heading: string;
  header: string[];
  rows: string[][];
}

/** The whole text. */
export const readme = readFileSync(new URL("../../README.md", import.meta.url), "utf8");

/** The texts of the headings. */
export const headings: string[] = [];

/** The blocks, in their order. */
export const blocks: Block[] = [];

/** The tables, in their order. */
export const tables: Table[] = [];

const lines = readme.split("\n");
for (let at = 0; at < lines.length; at++) {
  const line = lines[at]!;
  const heading = headings.at(-1) ?? "";
  if (line.startsWith("```")) {
    const end = lines.indexOf("```", at + 1);
    const text = `${lines.slice(at + 1, end).join("\n")}\n`;
    blocks.push({ language: line.slice(3), heading, line: at + 1, text });
    at = end;
  } else if (line.startsWith("#")) {
    headings.push(line.replace(/^#+ /, ""));
  } else if (line.startsWith("| ")) {
    const end = lines.findIndex((other, index) => index > at && !other.startsWith("|"));
    const [header = [], , ...rows] = lines.slice(at, end).map(cells);
    tables.push({ heading, header, rows });
    at = end - 1;
  }
}

function cells(row: string): string[] {
  return row.slice(1, -1).split("|").map((cell) => cell.trim());
}

/** The blocks under a heading that are in a language. */
export function blocksUnder(heading: string, ...languages: string[]): Block[] {
  return blocks.filter((block) => block.heading === heading && languages.includes(block.language));
}

/** The tables under a heading. */
export function tablesUnder(heading: string): Table[] {
  return tables.filter((table) => table.heading === heading);
}

/** The pieces of code in a text, without their backticks. */
export function codeIn(text: string): string[] {
  return Array.from(text.matchAll(/`([^`]+)`/g), (match) => match[1]!);
}

/** The headings whose blocks are run by live.full.test.ts; snippets.full.test.ts runs the others. */
export const liveHeadings: readonly string[] = [
  "Turning it on and off",
  "From a terminal",
  "Before a migration",
  "Reopening gradually",
  "With an editor",
  "On several machines",
  "The state",
  "In Workers",
  "A store of your own",
  "Command line",
];
