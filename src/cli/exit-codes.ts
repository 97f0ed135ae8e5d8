/** What the command line ends with. `run` ends with the status of its command once that was started. */
export const EXIT = {
  /** Done. */
  ok: 0,
  /** Something unexpected, a fault of this program most likely. */
  internal: 1,
  /** The command line is not valid, or the store cannot do what was asked for. */
  usage: 2,
  /** The store cannot be reached, read or written. */
  store: 3,
  /** What is stored is no valid state. */
  state: 4,
  /** Not every process was ready in time, or none reports at all. */
  stragglers: 5,
  /** Somebody else changed the state at the same time. */
  conflict: 6,
  /** `run`: the command was found and cannot be executed. */
  notExecutable: 126,
  /** `run`: the command was not found. */
  notFound: 127,
  /** SIGINT arrived, as in shells: 128 and the number of the signal. */
  interrupted: 130,
} as const;

/** The word for an exit code in `--json`. */
export type FailureCode = Exclude<keyof typeof EXIT, "ok">;

/** An error whose message says all that an operator has to know. */
export class CliError extends Error {
  /** What kind of failure it is. */
  readonly code: FailureCode;
  /** What the process ends with. */
  readonly exitCode: number;
  /** More lines, one for each process that was not ready, say. */
  readonly lines: readonly string[];

  /**
   * @param code What kind of failure it is.
   * @param message What is wrong.
   * @param options More lines, an exit code other than that of the kind, and the error that it comes from.
   */
  constructor(
    code: FailureCode,
    message: string,
    { lines = [], exitCode = EXIT[code], cause }: {
      lines?: readonly string[];
      exitCode?: number;
      cause?: unknown;
    } = {},
  ) {
    super(message, { cause });
    this.code = code;
    this.exitCode = exitCode;
    this.lines = lines;
  }
}

/** A command line that is not valid. */
export function usageError(message: string, cause?: unknown): CliError {
  return new CliError("usage", message, { cause });
}
