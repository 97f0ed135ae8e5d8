/** What the suite installs: the frameworks in this folder, and among them the package as it would be published. */
import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { skipping } from "../_needs.ts";

const here = import.meta.dirname;
const repository = join(here, "../..");
/** Where the frameworks are. */
export const modules: string = join(here, "node_modules");

/** Where the package is. */
export const installed: string = join(modules, "maintenancemode");

/** Whether the frameworks are installed, for tests beside the suite. Tells if they are not. */
export function hasFrameworks(): boolean {
  const isThere = existsSync(join(modules, ".package-lock.json"));
  if (!isThere) skipping('the frameworks are missing: "npm run test:frameworks" installs them');
  return isThere;
}

/** Installs the frameworks, unless they are there, and packs the package and puts it among them. */
export function install(): void {
  const lock = readFileSync(join(here, "package-lock.json"), "utf8");
  const marker = join(modules, ".package-lock.json");
  if (!existsSync(marker) || !isSame(JSON.parse(lock), JSON.parse(readFileSync(marker, "utf8")))) {
    execFileSync("npm", ["ci", "--no-audit", "--no-fund"], { cwd: here, stdio: ["ignore", "ignore", "inherit"] });
  }
  const folder = mkdtempSync(join(tmpdir(), "maintenancemode-frameworks-"));
  try {
    const pack = ["pack", "--ignore-scripts", "--silent", "--pack-destination", folder];
    execFileSync("npm", pack, { cwd: repository, stdio: ["ignore", "ignore", "inherit"] });
    execFileSync("tar", ["-xzf", readdirSync(folder).find((name) => name.endsWith(".tgz"))!], { cwd: folder });
    rmSync(installed, { recursive: true, force: true });
    cpSync(join(folder, "package"), installed, { recursive: true });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

interface Lock {
  readonly packages: Readonly<Record<string, { readonly version?: string; readonly optional?: boolean }>>;
}

/** Whether what was installed is what the lock file names. What is optional may be missing on this system. */
function isSame({ packages }: Lock, { packages: there }: Lock): boolean {
  return Object.entries(packages).every(([path, { version, optional }]) =>
    path === "" || there[path]?.version === version || optional === true && there[path] === undefined
  );
}

/** The version of an installed framework. */
export function versionOf(name: string): string {
  return JSON.parse(readFileSync(join(modules, name, "package.json"), "utf8")).version;
}

/**
 * Makes a fresh copy of an app among the installed frameworks.
 *
 * @param folders What is copied, in this order: paths from the root of the repository.
 * @param aliases Packages that stand for others in this app: `{ express: "express4" }`.
 */
export function makeApp(
  name: string,
  folders: readonly string[],
  aliases: Readonly<Record<string, string>> = {},
): string {
  const app = join(here, ".apps", name);
  rmSync(app, { recursive: true, force: true });
  mkdirSync(app, { recursive: true });
  for (const folder of folders) cpSync(join(repository, folder), app, { recursive: true });
  cpSync(join(here, "kit.mjs"), join(app, "kit.mjs"));
  cpSync(join(here, "kit.d.mts"), join(app, "kit.d.mts"));
  for (const [name, target] of Object.entries(aliases)) {
    const link = join(app, "node_modules", name);
    mkdirSync(dirname(link), { recursive: true });
    symlinkSync(join(modules, target), link);
  }
  return app;
}
