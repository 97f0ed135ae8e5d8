import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { CliError } from "../exit-codes.ts";

/** What is known about the app in a folder. */
export interface Project {
  /** What `package.json` names, with the ranges of versions. */
  readonly packages: ReadonlyMap<string, string>;
  readonly runtime: "node" | "bun" | "deno";
  /** The command that adds this package. */
  readonly install: string;
  /** Whether the package is among the packages. */
  readonly isInstalled: boolean;
}

const SELF = "maintenancemode";

/**
 * Reads what the files of a folder tell about its app.
 *
 * @throws {CliError} If `package.json` cannot be read.
 */
export function readProject(folder: string): Project {
  const has = (name: string) => existsSync(join(folder, name));
  const packages = readPackages(folder);
  const isDeno = (has("deno.json") || has("deno.jsonc")) && !has("package.json");
  const isBun = has("bun.lock") || has("bun.lockb");
  const manager = isBun ? "bun" : has("pnpm-lock.yaml") ? "pnpm" : has("yarn.lock") ? "yarn" : "npm";
  return {
    packages,
    runtime: isDeno ? "deno" : isBun ? "bun" : "node",
    install: isDeno ? "deno add jsr:@maintenancemode/maintenancemode" : `${manager} ${ADD[manager]} ${SELF}`,
    isInstalled: packages.has(SELF),
  };
}

const ADD = { npm: "install", pnpm: "add", yarn: "add", bun: "add" } as const;

function readPackages(folder: string): Map<string, string> {
  const file = join(folder, "package.json");
  if (!existsSync(file)) return new Map();
  let manifest: unknown;
  try {
    manifest = JSON.parse(readFileSync(file, "utf8"));
  } catch (cause) {
    throw new CliError("usage", `Cannot read ${file}: ${(cause as Error).message}`);
  }
  const { dependencies, devDependencies } = (manifest ?? {}) as Record<string, unknown>;
  return new Map([dependencies, devDependencies].flatMap((group) => Object.entries(group ?? {})));
}

/** How many files are looked into at most, so that a huge folder holds nobody up. */
const MOST_FILES = 2_000;

const SOURCE = /\.[cm]?[jt]sx?$/;
const NOT_OURS = /^(node_modules|dist|build|out|coverage|test|tests|__tests__|public|\..*)$/;
const NO_ENTRY = /\.(test|spec|d|config)\.[cm]?[jt]sx?$/;

/** The source files of the app that import one of these packages, those first that stand nearest to the root. */
export function findImporters(folder: string, packages: readonly string[]): string[] {
  if (packages.length === 0) return [];
  const names = packages.map((name) => name.replace(/[.*+?^${}()|[\]\\/]/g, "\\$&")).join("|");
  const isImport = new RegExp(`(?:from\\s*|import\\s*|(?:require|import)\\s*\\(\\s*)["'](?:npm:)?(?:${names})["'@/]`);
  const found: string[] = [];
  const folders = [""];
  let looked = 0;
  for (let at = folders.shift(); at !== undefined && looked < MOST_FILES; at = folders.shift()) {
    for (const entry of readdirSync(join(folder, at), { withFileTypes: true })) {
      const path = at === "" ? entry.name : `${at}/${entry.name}`;
      if (entry.isDirectory()) {
        if (!NOT_OURS.test(entry.name)) folders.push(path);
      } else if (entry.isFile() && SOURCE.test(entry.name) && !NO_ENTRY.test(entry.name) && looked++ < MOST_FILES) {
        if (isImport.test(readFileSync(join(folder, path), "utf8"))) found.push(path);
      }
    }
  }
  return found;
}

/** Whether a file is a CommonJS module, as Node tells: by its name, by the nearest `package.json`, and by what it has. */
export function isCommonJs(folder: string, file: string): boolean {
  if (/\.(cts|cjs)$/.test(file)) return true;
  if (!/\.js$/.test(file) || !existsSync(join(folder, file))) return false;
  const text = readFileSync(join(folder, file), "utf8");
  return /\brequire\s*\(/.test(text) && !/^\s*(import|export)\s/m.test(text);
}

/** The same lines for a CommonJS module. */
export function toCommonJs(code: string): string {
  return code.replace(/^import (\{.*\}|\w+) from (".*");$/gm, "const $1 = require($2);");
}

/** The same lines without the types that the recipes have. */
export function toJavaScript(code: string): string {
  return code
    .replace(/^import type .*\n/gm, "")
    .replace(/ as [^;]+;/g, ";")
    .replace(/\): [\w<>]+ \{/g, ") {")
    .replace(/^(export const \w+): [\w.]+(?:\[\])? =/gm, "$1 =")
    .replace(/("\.\/[\w/]+)\.ts"/g, '$1.js"');
}
