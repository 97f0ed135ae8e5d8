import { type Command as Completed, type Complete, RootCommand, ShellCompDirective } from "@bomb.sh/tab";
import { COMMANDS, type OptionName, OPTIONS } from "../input/options.ts";
import { SUMMARIES } from "../input/usage.ts";
import { BASH } from "./bash.ts";
import type { Shell } from "./shells.ts";
import { valuesOf } from "./values.ts";

/** The script that a shell reads. */
export function scriptFor(shell: Shell): string {
  if (shell === "bash") return BASH;
  return printed(() => new RootCommand().setup("maintenancemode", "maintenancemode", shell));
}

/**
 * What completes the last word of a command line: one completion a line, with its description behind a tab, and a last line
 * with what the shell has to do, as `@bomb.sh/tab` has it.
 *
 * @param words The words behind the name of the program. The last one may be empty.
 */
export function completionsFor(words: readonly string[]): string {
  // What `run` runs has completions of its own.
  if (words.slice(0, -1).includes("--")) return `:${ShellCompDirective.ShellCompDirectiveDefault}\n`;
  const text = printed(() => describe(words.at(-1) ?? "").parse([...words]));
  const completions = text.split("\n").filter((line) => line !== "" && !line.startsWith(":"));
  // Behind "file:" and "folder/" goes more.
  const isOpen = completions.length > 0 && completions.every((line) => /[:/]$/.test(line.split("\t")[0]!));
  const { ShellCompDirectiveNoFileComp, ShellCompDirectiveNoSpace } = ShellCompDirective;
  return isOpen ? text.replace(/:\d+\n$/, `:${ShellCompDirectiveNoFileComp | ShellCompDirectiveNoSpace}\n`) : text;
}

/** Gives what a function prints with `console.log`, which the library knows alone. */
function printed(run: () => void): string {
  const { log } = console;
  let text = "";
  console.log = (line: string) => void (text += `${line}\n`);
  try {
    run();
  } finally {
    console.log = log;
  }
  return text;
}

/** Describes the command line to the library. */
function describe(current: string): RootCommand {
  const root = new RootCommand();
  for (const command of COMMANDS) {
    const described = root.command(command, SUMMARIES[command]);
    for (const name of Object.keys(OPTIONS) as OptionName[]) {
      if (OPTIONS[name].of.includes(command)) describeOption(described, name, current);
    }
    const operands = valuesOf(command, current);
    if (operands !== undefined) described.argument("operand", handlerOf(operands));
  }
  root.command("help", "print the help of a command")
    .argument("command", handlerOf(COMMANDS.map((command) => [command, SUMMARIES[command]])));
  for (const name of ["store", "json", "help"] as const) describeOption(root, name, current);
  root.option("version", "print the version", "V");
  return root;
}

function describeOption(command: Completed, name: OptionName, current: string): void {
  const { short, value, help } = OPTIONS[name];
  if (value === undefined) command.option(name, help, short);
  else command.option(name, help, handlerOf(valuesOf(`--${name}`, current) ?? []), short);
}

function handlerOf(values: readonly (readonly [string, string])[]): (complete: Complete) => void {
  return (complete) => {
    for (const [value, description] of values) complete(value, description);
  };
}
