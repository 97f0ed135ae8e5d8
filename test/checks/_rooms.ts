import { readdirSync, readFileSync } from "node:fs";
import { posix } from "node:path";
import ts from "typescript";

/** One room of `src/`: a folder, or the file of an entry point that joins rooms. */
export interface Room {
  /** One line for people: what the room holds. */
  readonly holds: string;
  /** The rooms that its files may import. */
  readonly imports: readonly string[];
  /** The packages and Node modules that its files may import. */
  readonly packages?: readonly RegExp[];
  /** Whether a file may import only the folder of its own name, as `redis.ts` does with `redis/`. */
  readonly isApart?: boolean;
}

/** Every room may import these two. */
export const EVERYWHERE: readonly string[] = ["util", "types"];

const NODE = /^node:/;
const NOBLE = /^@noble\/hashes\//;

/** The rooms from the ground up: a room imports only rooms that stand above it in this list. */
export const ROOMS: Readonly<Record<string, Room>> = {
  util: { holds: "errors, promises, cookies, durations: small things without a home of their own", imports: [] },
  types: { holds: "the words that rooms share: state, store, fleet, context, decision", imports: [] },
  "match/url": { holds: "URL patterns and the path tree", imports: [], packages: [/^urlpattern-polyfill(\/|$)/] },
  "match/ip": { holds: "addresses, ranges, the client's address behind proxies", imports: [] },
  counting: { holds: "requests that were let in and are not finished", imports: [] },
  bypass: { holds: "the bypass: secret, cookie, link", imports: [], packages: [NOBLE] },
  answer: {
    holds: "the answer: Accept, languages, representations, Response, CORS, Retry-After",
    imports: ["match/url", "bypass"],
  },
  "answer/page": { holds: "the built-in page and its words", imports: ["answer", "bypass"], packages: [NOBLE] },
  gate: {
    holds: "options, the decision, explain, the announcement, the percentage that gets in",
    imports: ["answer", "bypass", "counting", "match/ip", "match/url"],
  },
  "maintenance.ts": {
    holds: "maintenanceMode(): joins gate, page and bypass",
    imports: ["answer", "answer/page", "bypass", "gate"],
  },
  "tiny.ts": {
    holds: "the entry point maintenancemode/tiny: joins gate and plain page",
    imports: ["answer/page", "gate"],
  },
  "tiny-answers.ts": {
    holds: "the answers of the tiny gate without the gate",
    imports: ["answer", "answer/page"],
  },
  "languages.ts": { holds: "the entry point maintenancemode/languages", imports: ["answer", "answer/page"] },
  state: {
    holds: "the state: parsing, windows, following a store, the fleet",
    imports: ["answer", "bypass", "counting", "gate", "match/ip", "match/url"],
    packages: [/^croner$/],
  },
  "state.ts": { holds: "the entry point maintenancemode/state", imports: ["state"] },
  stores: {
    holds: "one store a file, with a folder where it needs more",
    imports: [],
    packages: [NODE],
    isApart: true,
  },
  hosts: {
    holds: "one host a file: Deno, Bun, Node, Connect, any other, Workers, Service Workers",
    imports: ["answer", "counting", "gate", "match/ip", "tiny-answers.ts"],
    packages: [/^@whatwg-node\/server$/],
  },
  frameworks: {
    holds: "one thin adapter a framework",
    imports: ["gate", "hosts"],
    packages: [NODE],
  },
  graphql: {
    holds: "refuses GraphQL mutations while the site is read-only",
    imports: ["answer", "gate", "hosts"],
    packages: [/^graphql$/],
  },
  "graphql.ts": { holds: "the entry point maintenancemode/graphql", imports: ["gate", "graphql", "hosts"] },
  opentelemetry: { holds: "metrics of OpenTelemetry, and log lines", imports: ["gate"] },
  "opentelemetry.ts": { holds: "the entry point maintenancemode/opentelemetry", imports: ["gate", "opentelemetry"] },
  admin: {
    holds: "the panel for operators: its JSON API and its page",
    imports: ["bypass", "gate", "state"],
  },
  "admin.ts": { holds: "the entry point maintenancemode/admin", imports: ["admin"] },
  testing: { holds: "the contract that every store keeps", imports: ["gate", "state"] },
  "testing.ts": { holds: "the entry point maintenancemode/testing", imports: ["testing"] },
  "index.ts": {
    holds: "the entry point maintenancemode",
    imports: ["answer", "answer/page", "gate", "match/ip", "match/url", "maintenance.ts"],
  },
  cli: {
    holds: "the command line",
    imports: [
      "answer",
      "bypass",
      "counting",
      "gate",
      "index.ts",
      "maintenance.ts",
      "match/ip",
      "state",
      "stores",
    ],
    packages: [NODE, /^(io)?redis$/, /^ipaddr\.js$/, /^@bomb\.sh\/tab$/],
  },
};

/** The room of a file, given as a path under `src/`; `undefined` if it has none. */
export function roomOf(file: string): string | undefined {
  if (file in ROOMS) return file;
  for (let folder = posix.dirname(file); folder !== "."; folder = posix.dirname(folder)) {
    if (folder in ROOMS) return folder;
  }
  return undefined;
}

/** The imports of one file that point the wrong way, each as `"from -> to"`. */
export function wrongArrows(file: string, text: string): string[] {
  const room = roomOf(file);
  if (room === undefined) return [`${file} has no room`];
  return importsOf(text)
    .map((specifier) => specifier.startsWith(".") ? posix.join(posix.dirname(file), specifier) : specifier)
    .filter((target) => !isAllowed(file, room, target))
    .map((target) => `${file} -> ${target}`);
}

function isAllowed(file: string, room: string, target: string): boolean {
  const { imports, packages = [], isApart = false } = ROOMS[room]!;
  if (!target.endsWith(".ts")) return packages.some((pattern) => pattern.test(target));
  const targetRoom = roomOf(target);
  if (targetRoom === undefined) return false;
  if (targetRoom !== room) return imports.includes(targetRoom) || EVERYWHERE.includes(targetRoom);
  return !isApart ||
    apartmentOf(target, room) === apartmentOf(file, room) && target !== `${apartmentOf(file, room)}.ts`;
}

/** `stores/redis` for `stores/redis.ts` and for what is in `stores/redis/`. */
function apartmentOf(file: string, room: string): string {
  return `${room}/${/^[^/.]+/.exec(file.slice(room.length + 1))?.[0]}`;
}

/** The specifiers of everything a module imports or re-exports, types and dynamic imports included. */
export function importsOf(text: string): string[] {
  return ts.preProcessFile(text, true, true).importedFiles.map(({ fileName }) => fileName);
}

/** The source files as paths under `src/`, with their text. */
export function sources(): Map<string, string> {
  const root = new URL("../../src/", import.meta.url);
  const files = readdirSync(root, { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".ts"));
  return new Map(files.sort().map((file) => [file, readFileSync(new URL(file, root), "utf8")]));
}

/** The rooms that the files of each room import, as the sources say. */
export function arrowsOf(files: ReadonlyMap<string, string>): Map<string, string[]> {
  const arrows = new Map(Object.keys(ROOMS).map((room) => [room, new Set<string>()]));
  for (const [file, text] of files) {
    const room = roomOf(file);
    for (const specifier of importsOf(text).filter((specifier) => specifier.startsWith("."))) {
      const target = roomOf(posix.join(posix.dirname(file), specifier));
      if (room !== undefined && target !== undefined && target !== room) arrows.get(room)!.add(target);
    }
  }
  const order = Object.keys(ROOMS);
  return new Map([...arrows].map(([room, to]) => [room, order.filter((other) => to.has(other))]));
}

/** Files that import each other in a circle, each circle once. */
export function circlesIn(files: ReadonlyMap<string, string>): string[][] {
  const targets = new Map([...files].map(([file, text]) => [
    file,
    importsOf(text).filter((specifier) => specifier.startsWith("."))
      .map((specifier) => posix.join(posix.dirname(file), specifier)),
  ]));
  const done = new Set<string>();
  const circles: string[][] = [];
  const visit = (file: string, path: readonly string[]): void => {
    if (path.includes(file)) return void circles.push([...path.slice(path.indexOf(file)), file]);
    if (done.has(file)) return;
    for (const target of targets.get(file) ?? []) visit(target, [...path, file]);
    done.add(file);
  };
  for (const file of files.keys()) visit(file, []);
  return circles;
}
