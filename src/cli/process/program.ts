import process from "node:process";
import type { OpenStore } from "../open/stores.ts";

/** How the command line was started, so that a printed command can be pasted. */
export const PROGRAM: string = nameProgram();

function nameProgram(): string {
  if ("Deno" in globalThis) return "deno run -A jsr:@maintenancemode/maintenancemode/cli";
  // A package manager names itself here, and its programs are not on the PATH of the shell.
  const manager = /^[a-z]+/.exec(process.env["npm_config_user_agent"] ?? "")?.[0];
  switch (manager) {
    case "npm":
      return "npx maintenancemode";
    case "bun":
      return "bunx maintenancemode";
    case "pnpm":
    case "yarn":
      return `${manager} exec maintenancemode`;
    default:
      return "maintenancemode";
  }
}

/** The text to type for a command on the same store. */
export function commandFor({ flag }: OpenStore, words: string): string {
  return `${PROGRAM} ${words}${flag === undefined ? "" : ` --store ${quoteForShell(flag)}`}`;
}

function quoteForShell(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
