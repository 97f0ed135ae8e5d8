import { spawn } from "node:child_process";
import { accessSync, constants, readFileSync, statSync } from "node:fs";
import { delimiter, join } from "node:path";
import process from "node:process";
import { ENDING, type EndingSignal } from "./signals.ts";

/** How a command ended. */
export interface ChildEnd {
  /** The exit status, unless a signal ended the command. */
  readonly status: number | null;
  /** The signal that ended the command. */
  readonly signal: string | null;
  /** The signal that asked this process to end meanwhile. */
  readonly interrupted: EndingSignal | undefined;
}

/** Whether a command can be found and executed. `run` checks it before it turns maintenance on. */
export function findCommand(command: string): "found" | "not-found" | "not-executable" {
  // Windows has its own rules for finding programs.
  if (process.platform === "win32") return "found";
  if (command.includes("/")) return look(command);
  const places = (process.env["PATH"] ?? "").split(delimiter).map((folder) => look(join(folder || ".", command)));
  return places.includes("found") ? "found" : places.includes("not-executable") ? "not-executable" : "not-found";
}

function look(path: string): "found" | "not-found" | "not-executable" {
  try {
    if (!statSync(path).isFile()) return "not-executable";
  } catch {
    return "not-found";
  }
  try {
    accessSync(path, constants.X_OK);
    return "found";
  } catch {
    return "not-executable";
  }
}

/**
 * Runs a command with the standard input and output of this process, and passes signals on to it.
 *
 * @param keepStore Whether the command gets MAINTENANCE_STORE, which may hold a password.
 * @throws {Error} If the command cannot be started: the error of the runtime.
 */
export function runChild([command, ...args]: readonly string[], keepStore: boolean): Promise<ChildEnd> {
  return new Promise((resolve, reject) => {
    let interrupted: EndingSignal | undefined;
    const child = spawn(command!, args, { stdio: "inherit", env: keepStore ? process.env : withoutStore(process.env) });
    const listeners = ENDING.map((name) => {
      const listener = () => {
        interrupted ??= name;
        if (!(isFromKeyboard(name) && sharesTerminal())) pass(child.pid, name);
      };
      process.on(name, listener);
      return [name, listener] as const;
    });
    const stop = () => {
      for (const [name, listener] of listeners) process.off(name, listener);
    };
    child.once("error", (error) => {
      // A signal that could not be sent is also reported here.
      if (child.pid !== undefined) return;
      stop();
      reject(error);
    });
    child.once("exit", (status, signal) => {
      stop();
      resolve({ status, signal, interrupted });
    });
  });
}

/** Windows does not tell upper from lower case in the names of variables. */
function withoutStore(env: Readonly<Record<string, string | undefined>>): Record<string, string | undefined> {
  return Object.fromEntries(Object.entries(env).filter(([name]) => name.toUpperCase() !== "MAINTENANCE_STORE"));
}

/** Passes a signal on. After `child.kill()`, Deno reports that signal as the cause of any end of the child. */
function pass(pid: number | undefined, name: EndingSignal): void {
  try {
    if (pid !== undefined) process.kill(pid, name);
  } catch {
    // It has just ended.
  }
}

function isFromKeyboard(name: EndingSignal): boolean {
  return name === "SIGINT" || name === "SIGQUIT";
}

/**
 * Whether the terminal sends its signals to the command as well as to us. Then we must not pass them on: many programs take
 * a second Ctrl-C as an order to stop at once.
 */
function sharesTerminal(): boolean {
  try {
    // proc_pid_stat(5): after the name in brackets: state, ppid, pgrp, session, tty_nr, tpgid.
    const fields = readFileSync("/proc/self/stat", "utf8").replace(/^.*\) /s, "").split(" ");
    return fields[2] === fields[5];
  } catch {
    return process.stdin.isTTY || process.stdout.isTTY || process.stderr.isTTY;
  }
}
