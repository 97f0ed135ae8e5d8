import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";
import process from "node:process";
import { pathToFileURL } from "node:url";

/** The exports of a module. */
export type Module = Readonly<Record<string, unknown>>;

/** Loads a module. The variable keeps bundlers from looking for it. */
async function load(specifier: string): Promise<Module> {
  return await import(specifier) as Module;
}

/** Whether a specifier names a file, not a package. */
export function isPath(specifier: string): boolean {
  return /^(?:\.{0,2}[/\\]|[a-z]:[/\\]|file:)/i.test(specifier) || /\.[cm]?[jt]sx?$/.test(specifier);
}

/**
 * Loads a module of the operator: a path from the working directory, or a package.
 *
 * @throws {Error} If the module does not exist, or fails while it loads.
 */
export async function importOwn(specifier: string): Promise<Module> {
  if (/^file:\/\//i.test(specifier)) return await load(specifier);
  if (!isPath(specifier)) return await importPackage(specifier);
  const path = resolve(process.cwd(), specifier);
  try {
    return await load(pathToFileURL(path).href);
  } catch (error) {
    throw existsSync(path) ? error : new Error("this file does not exist", { cause: error });
  }
}

/**
 * Loads a package from where this program finds it, or else from the working directory: `npx` starts this program from
 * another place.
 *
 * @throws {Error} If the package is not installed, or fails while it loads.
 */
export async function importPackage(name: string): Promise<Module> {
  try {
    return await load(name);
  } catch (error) {
    const path = findFromWorkingDirectory(name);
    if (path !== undefined) return await load(pathToFileURL(path).href);
    throw isInstalled(name) ? error : new Error("this package is not installed here", { cause: error });
  }
}

function findFromWorkingDirectory(name: string): string | undefined {
  try {
    return createRequire(join(process.cwd(), "maintenancemode.js")).resolve(name);
  } catch {
    return undefined;
  }
}

function isInstalled(name: string): boolean {
  try {
    return import.meta.resolve(name) !== "";
  } catch {
    return false;
  }
}

/** The default export of a module. A CommonJS module that was compiled from a default export wraps it once more. */
export function defaultOf(module: Module): unknown {
  const own = module["default"];
  const isNested = typeof own === "object" && own !== null && "__esModule" in own && "default" in own;
  return isNested ? own.default : own;
}
