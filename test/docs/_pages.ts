/** README.md and the pages of docs/, in pieces. */
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** A fenced block. */
export interface Block {
  /** The page, such as `docs/cli.md`. */
  readonly page: string;
  /** The language behind the fence. */
  readonly language: string;
  /** The nearest heading above. */
  readonly heading: string;
  /** The line of its fence, for messages. */
  readonly line: number;
  readonly text: string;
}

/** A table: its header and its rows, each cell as it is written. */
export interface Table {
  readonly heading: string;
  readonly header: string[];
  readonly rows: string[][];
}

/** A page. */
export interface Page {
  /** Its path in the repository. */
  readonly path: string;
  readonly text: string;
  readonly headings: readonly string[];
  readonly blocks: readonly Block[];
  readonly tables: readonly Table[];
  /** The blocks under a heading that are in a language. */
  blocksUnder(heading: string, ...languages: string[]): Block[];
  /** The only block of code under a heading. */
  codeUnder(heading: string): string;
  /** The tables under a heading. */
  tablesUnder(heading: string): Table[];
}

const root = fileURLToPath(new URL("../../", import.meta.url));
const isWritten = (path: string) => path.endsWith(".md") && !/^(?:node_modules|api|\.vitepress)\b/.test(path);

/** The pages, README.md first. The API reference is made from docstrings, which have tests of their own. */
export const pages: readonly Page[] = [
  "README.md",
  ...readdirSync(`${root}docs`, { recursive: true, encoding: "utf8" }).filter(isWritten).sort().map((path) =>
    `docs/${path}`
  ),
].map((path) => parsePage(path, readFileSync(root + path, "utf8")));

/** A page by its path, in which `docs/` may be left out. */
export function page(path: string): Page {
  const found = pages.find((one) => one.path === path || one.path === `docs/${path}`);
  if (found === undefined) throw new Error(`There is no page ${path}`);
  return found;
}

/** All blocks of all pages. */
export const blocks: readonly Block[] = pages.flatMap((page) => page.blocks);

/** How a block is tested. */
export type Kind =
  /** Code with results in comments: it runs in Node, Deno and Bun. */
  | "results"
  /** Code that listens on port 3000: it is started and asked. */
  | "server"
  /** A Worker: it is started in workerd and asked. */
  | "worker"
  /** A state: it has to be valid. */
  | "state"
  /** Lines of a shell: they run beside a site, in the order of the page. */
  | "commands"
  /** A line with `curl`, or what it prints: it is compared with what a site answers. */
  | "curl"
  /** Code with the mark `no-eval`, for a framework that only the suite over the frameworks installs: it is in an app there. */
  | "app"
  /** Text that nothing can run: a type, a tree of files. */
  | "text"
  /** Anything else: a test of its own, named in {@link TESTS_OF_OTHERS}. */
  | "other";

/** What code may import to run anywhere. */
// The helper for Workers takes a Request in any runtime.
const NEUTRAL = ["", "/tiny", "/languages", "/state", "/admin", "/stores/memory", "/fetch", "/cloudflare"]
  .map((subpath) => `maintenancemode${subpath}`);

/** Tells how a block is tested. */
export function kindOf({ language, text }: Block): Kind {
  const imports = Array.from(text.matchAll(/from "([^"]+)"|import "([^"]+)"/g), ([, from, bare]) => from ?? bare!);
  if (language === "ts") {
    if (/^[^/].*; \/\/ /m.test(text) && imports.every((name) => NEUTRAL.includes(name))) return "results";
    if (text.includes("3000")) return "server";
    return text.includes("/cloudflare") ? "worker" : "other";
  }
  if (language === "vue" || language.endsWith(" no-eval")) return "app";
  if (language === "sh") return text.startsWith("curl") ? "curl" : "commands";
  if (language === "json") return "state";
  if (language === "http") return "curl";
  return language === "" ? "text" : "other";
}

/** The blocks that are tested in one way. */
export function blocksOf(kind: Kind): Block[] {
  return blocks.filter((block) => kindOf(block) === kind);
}

/** The page and the heading of each block of the kind `"other"`, and the file of the test that runs it. */
export const TESTS_OF_OTHERS: Readonly<Record<string, string>> = {
  "docs/announcing.md: Buttons that wait": "servers.full.test.ts",
  "docs/bypass.md: A field on the page": "../hosts/bypass-form.test.ts",
  "docs/cli.md: JSON": "output.full.test.ts",
  "docs/cli.md: The page as a file": "commands.full.test.ts",
  "docs/frameworks/aws-lambda.md: The handler": "../frameworks/pages.test.ts",
  "docs/frameworks/elysia.md: The plugin": "../frameworks/fetch-routers.test.ts",
  "docs/frameworks/itty-router.md: Around the router": "../frameworks/fetch-routers.test.ts",
  "docs/frameworks/nest.md: Staff": "../frameworks/nest.test.ts",
  "docs/frameworks/nest.md: Static assets": "../frameworks/nest.test.ts",
  "docs/frameworks/nest.md: The module": "../frameworks/nest.test.ts",
  "docs/frameworks/netlify.md: A function": "../frameworks/pages.test.ts",
  "docs/frameworks/react-router.md: Around the server": "../frameworks/pages.test.ts",
  "docs/frameworks/react-router.md: Root middleware": "../frameworks/pages.test.ts",
  "docs/frameworks/srvx.md: The plugin": "../frameworks/fetch-routers.test.ts",
  "docs/frameworks/tanstack-start.md: Around the server": "../frameworks/pages.test.ts",
  "docs/frameworks/tanstack-start.md: Request middleware": "../frameworks/pages.test.ts",
  "docs/frameworks/vercel.md: A function": "../frameworks/pages.test.ts",
  "docs/frameworks/vite.md: The plugin": "../frameworks/pages.test.ts",
  "docs/hosts.md: Service Worker": "servers.full.test.ts",
  "docs/kubernetes.md: Health checks and Kubernetes": "claims.test.ts",
  "docs/metrics.md: Alerts": "metrics.full.test.ts",
  "docs/metrics.md: Log lines": "results.test.ts",
  "docs/runtimes.md: URLPattern": "results.test.ts",
  "docs/service-worker.md: A page of your own": "service-worker.full.test.ts",
  "docs/service-worker.md: Removing it": "service-worker.full.test.ts",
  "docs/service-worker.md: When the origin cannot be reached": "service-worker.full.test.ts",
  "docs/state.md: When maintenance begins": "servers.full.test.ts",
  "docs/stores/unstorage.md: From the command line": "commands.full.test.ts",
  "docs/stores/your-own.md: Test it": "commands.full.test.ts",
  "docs/stores/your-own.md: Your own store": "commands.full.test.ts",
  "docs/workers.md: BullMQ": "workers.full.test.ts",
  "docs/workers.md: Cron in the process": "results.test.ts",
  "docs/workers.md: pg-boss": "workers.full.test.ts",
};

/** The pieces of code in a text, without their backticks. */
export function codeIn(text: string): string[] {
  return Array.from(text.matchAll(/`([^`]+)`/g), (match) => match[1]!);
}

/** The anchor of a heading, as GitHub and VitePress make it. */
export function anchorOf(heading: string): string {
  return heading.toLowerCase().replace(/[^\w\- ]/g, "").replace(/ /g, "-");
}

function parsePage(path: string, text: string): Page {
  const headings: string[] = [];
  const blocks: Block[] = [];
  const tables: Table[] = [];
  const lines = text.split("\n");
  for (let at = 0; at < lines.length; at++) {
    const line = lines[at]!;
    const heading = headings.at(-1) ?? "";
    const [, indent, language] = /^( *)```(.*)$/.exec(line) ?? [];
    if (language !== undefined) {
      const end = lines.indexOf(`${indent}\`\`\``, at + 1);
      if (end === -1) throw new Error(`${path}:${at + 1}: the block has no end`);
      const code = lines.slice(at + 1, end).map((one) => one.slice(indent!.length));
      blocks.push({ page: path, language, heading, line: at + 1, text: `${code.join("\n")}\n` });
      at = end;
    } else if (/^#+ /.test(line)) {
      headings.push(line.replace(/^#+ /, ""));
    } else if (line.startsWith("| ")) {
      const end = lines.findIndex((other, index) => index > at && !other.startsWith("|"));
      const [header = [], , ...rows] = lines.slice(at, end).map(cells);
      tables.push({ heading, header, rows });
      at = end - 1;
    }
  }
  const blocksUnder = (heading: string, ...languages: string[]) =>
    blocks.filter((block) => block.heading === heading && languages.includes(block.language));
  const codeUnder = (heading: string) => {
    const [block, ...others] = blocksUnder(heading, "ts");
    if (block === undefined || others.length > 0) throw new Error(`${path}: not one block of code under ${heading}`);
    return block.text;
  };
  const tablesUnder = (heading: string) => tables.filter((table) => table.heading === heading);
  return { path, text, headings, blocks, tables, blocksUnder, codeUnder, tablesUnder };
}

function cells(row: string): string[] {
  return row.slice(1, -1).split("|").map((cell) => cell.trim());
}
