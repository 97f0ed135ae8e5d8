/** The exit codes. Once its command has started, `run` ends with the status of the command instead. */
export const EXIT = {
  /** Done. */
  ok: 0,
  /** An unexpected error, most likely a fault of this program. */
  internal: 1,
  /** The command line is not valid, or the store cannot do the task. */
  usage: 2,
  /** The store cannot be reached, read or written. */
  store: 3,
  /** The stored state is not valid. */
  state: 4,
  /** The wait timed out, or no process was found. */
  stragglers: 5,
  /** Someone else changed the state at the same time. */
  conflict: 6,
  /** `run`: the command was found but cannot be executed. */
  notExecutable: 126,
  /** `run`: the command was not found. */
  notFound: 127,
  /** SIGINT arrived, as in shells: 128 and the number of the signal. */
  interrupted: 130,
} as const;

/** The exit codes of `status --exit-code`. They differ from those of failures. */
export const STATUS_EXIT = { off: 0, ended: 0, on: 10, "read-only": 11, scheduled: 12 } as const;

/** The name of a failure in `--json`. */
export type FailureCode = Exclude<keyof typeof EXIT, "ok">;

/** A failure whose message is complete for the operator. It never leaves the command line. */
export class CliError extends Error {
  /** The kind of failure. */
  readonly code: FailureCode;
  /** The exit code of the process. */
  readonly exitCode: number;
  /** Further lines, such as one for each process that is not ready. */
  readonly lines: readonly string[];
  /** Why it is not safe to migrate, for the verdict; `undefined` where nobody has asked. */
  readonly notSafe: string | undefined;
  /** A last line that may hold the secret of a bypass link, which only the text shows. */
  readonly last: string | undefined;

  /**
   * Creates an error.
   *
   * @param code The kind of failure.
   * @param message The first line.
   * @param options Further lines, an exit code other than that of the kind, and the cause.
   */
  constructor(
    code: FailureCode,
    message: string,
    { lines = [], exitCode = EXIT[code], notSafe, last, cause }: {
      lines?: readonly string[];
      exitCode?: number;
      notSafe?: string | undefined;
      last?: string | undefined;
      cause?: unknown;
    } = {},
  ) {
    super(message, { cause });
    this.code = code;
    this.exitCode = exitCode;
    this.lines = lines;
    this.notSafe = notSafe;
    this.last = last;
  }
}

/** The error for a command line that is not valid. */
export function usageError(message: string, cause?: unknown): CliError {
  return new CliError("usage", message, { cause });
}
