import process from "node:process";

/** How the command line was started, so that a command that is printed can be pasted. */
export const PROGRAM: string = nameProgram();

function nameProgram(): string {
  if ("Deno" in globalThis) return "deno run -A jsr:@maintenancemode/maintenancemode/cli";
  // A package manager that starts a program tells of itself, and none puts the program where the shell finds it.
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
