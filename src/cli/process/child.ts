import { spawn } from "node:child_process";
import { accessSync, constants, readFileSync, statSync } from "node:fs";
import { delimiter, join } from "node:path";
import process from "node:process";
import { ENDING, type EndingSignal } from "./signals.ts";

/** How a command ended. */
export interface ChildEnd {
  /** Its exit status, unless a signal ended it. */
  readonly status: number | null;
  /** The signal that ended it. */
  readonly signal: string | null;
  /** A signal that arrived here meanwhile and asked for an end. */
  readonly interrupted: EndingSignal | undefined;
}

/** Whether a command can be found and executed, before anything is done for its sake. */
export function findCommand(command: string): "found" | "not-found" | "not-executable" {
  // Windows finds programs in ways of its own.
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
 * @throws If it cannot be started.
 */
export function runChild([command, ...args]: readonly string[]): Promise<ChildEnd> {
  return new Promise((resolve, reject) => {
    let interrupted: EndingSignal | undefined;
    const child = spawn(command!, args, { stdio: "inherit" });
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
      // That a signal could not be sent is an error, too.
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

/** Passes a signal on. After `child.kill()`, Deno takes any end of the child for the work of that signal. */
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
 * Whether what is typed at a terminal reaches the command as well as us: many programs take a second Ctrl-C for an order
 * to drop everything.
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
