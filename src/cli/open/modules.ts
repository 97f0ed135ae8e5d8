import { createRequire } from "node:module";
import { join, resolve } from "node:path";
import process from "node:process";
import { pathToFileURL } from "node:url";

/** What a module exports. */
export type Module = Readonly<Record<string, unknown>>;

/** Loads a module by a specifier that is not known before. */
async function load(specifier: string): Promise<Module> {
  return await import(specifier) as Module;
}

/** Whether a specifier means a file, not a package. */
export function isPath(specifier: string): boolean {
  return /^(?:\.{0,2}[/\\]|[a-z]:[/\\]|file:)/i.test(specifier) || /\.[cm]?[jt]sx?$/.test(specifier);
}

/** Loads a module of the operator's: a path from the working directory, or a package. */
export function importOwn(specifier: string): Promise<Module> {
  if (/^file:\/\//i.test(specifier)) return load(specifier);
  if (!isPath(specifier)) return importPackage(specifier);
  return load(pathToFileURL(resolve(process.cwd(), specifier)).href);
}

/**
 * Loads a package: where this program finds it, or, as it may have been started by `npx`, where the working directory does.
 *
 * @throws What the first attempt did, if no attempt succeeds.
 */
export async function importPackage(name: string): Promise<Module> {
  try {
    return await load(name);
  } catch (error) {
    let path: string;
    try {
      path = createRequire(join(process.cwd(), "maintenancemode.js")).resolve(name);
    } catch {
      throw error;
    }
    return await load(pathToFileURL(path).href);
  }
}

/** The default export of a module, also of one in CommonJS that was compiled from a default export. */
export function defaultOf(module: Module): unknown {
  const own = module["default"];
  const isNested = typeof own === "object" && own !== null && "__esModule" in own && "default" in own;
  return isNested ? own.default : own;
}
