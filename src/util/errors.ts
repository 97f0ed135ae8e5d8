import { quote, received } from "./received.ts";
import { likeliest } from "./likeliest.ts";

/** The codes of the errors of this package. They stay the same from version to version. */
export type ErrorCode =
  | "ERR_OPTION_INVALID"
  | "ERR_STATE_INVALID"
  | "ERR_STORE"
  | "ERR_FLEET"
  | "ERR_VERSION"
  | "ERR_RUNTIME";

/** The parts of an error about one value. */
export interface Problem {
  /** Where: the option, such as `"ignoreUrls[0]"`, or a JSON path in a state, such as `"$.urls[0]"`. */
  readonly path?: string | undefined;
  /** What is accepted there. */
  readonly expected?: string | undefined;
  /** What was given, as the message shows it; `undefined` where it may be a secret. */
  readonly received?: string | undefined;
  /** How to fix it, where that is known. */
  readonly hint?: string | undefined;
}

/** Marks our errors, also for other copies of this package in the process. */
const BRAND: unique symbol = Symbol.for("maintenancemode.error") as never;

/**
 * The base of all errors of this package: `instanceof MaintenanceError` holds for each of them. {@link OptionError} and
 * `StateError` are `TypeError`s as well.
 */
export class MaintenanceError extends Error implements Problem {
  /** The name of the class. */
  override readonly name: string = "MaintenanceError";
  /** Tells this error from others. */
  readonly code: ErrorCode;
  /** Where: the option, or a JSON path in a state. */
  readonly path?: string | undefined;
  /** What is accepted there. */
  readonly expected?: string | undefined;
  /** What was given, as the message shows it; `undefined` where it may be a secret. */
  readonly received?: string | undefined;
  /** How to fix it, where that is known. */
  readonly hint?: string | undefined;

  /**
   * Makes an error.
   *
   * @param code Tells it from others.
   * @param message All of it, for people.
   * @param options The cause.
   */
  constructor(code: ErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }

  /** Whether a value is an error of this class: for the base class, any error of any copy of this package. */
  static override [Symbol.hasInstance](value: unknown): boolean {
    if (this !== MaintenanceError) return Function.prototype[Symbol.hasInstance].call(this, value);
    return typeof value === "object" && value !== null && BRAND in value;
  }

  static {
    brand(this);
  }
}

/** Makes the instances of a class count as {@link MaintenanceError}. */
export function brand(ErrorClass: { readonly prototype: Error }): void {
  Object.defineProperty(ErrorClass.prototype, BRAND, { value: true });
}

/** An option or an argument that is not valid, or a function of the options that does not do what it has to. */
export class OptionError extends TypeError implements Problem {
  /** The name of the class. */
  override readonly name: string = "OptionError";
  /** Tells this error from others. */
  readonly code: ErrorCode = "ERR_OPTION_INVALID";
  /** Where: the option, or a JSON path in a state. */
  readonly path: string;
  /** What is accepted there. */
  readonly expected: string;
  /** What was given, as the message shows it; `undefined` where it may be a secret. */
  readonly received: string | undefined;
  /** How to fix it, where that is known. */
  readonly hint: string | undefined;
  /** What is wrong in words, where {@link describeProblem} does not say it well. */
  readonly text: string | undefined;

  static {
    brand(this);
  }

  /**
   * Makes an error.
   *
   * @param task What could not be done: the first words of the message.
   * @param problem The parts.
   * @param text What is wrong in words, where {@link describeProblem} does not say it well.
   * @param options The cause.
   */
  constructor(
    task: string,
    problem: Problem & { readonly path: string; readonly expected: string },
    text?: string,
    options?: ErrorOptions,
  ) {
    super(`Cannot ${task}: ${text ?? describeProblem(problem)}`, options);
    this.text = text;
    this.path = problem.path;
    this.expected = problem.expected;
    this.received = problem.received;
    this.hint = problem.hint;
  }
}

/** A problem whose place and rule are known. */
export interface OptionProblem extends Problem {
  /** Where: the option, or a JSON path in a state. */
  readonly path: string;
  /** What is accepted there. */
  readonly expected: string;
}

/**
 * A problem in words, the same for each face: an option, a state, a flag of the command line.
 *
 * @param name What the place is called there.
 */
export function describeProblem({ path, expected, received, hint }: OptionProblem, name: string = path): string {
  return `"${name}" must be ${expected}${received === undefined ? "" : `, received ${received}`}${
    hint === undefined ? "" : `: ${hint}`
  }`;
}

/** An {@link OptionError} about a value that is shown in it. */
export function invalidOption(
  task: string,
  path: string,
  expected: string,
  value: unknown,
  hint?: string,
): OptionError {
  return new OptionError(task, { path, expected, received: received(value), hint });
}

/** Checks that an option is a function. */
export function checkFunction(task: string, name: string, value: unknown, accepted = "a function"): void {
  if (typeof value !== "function") throw invalidOption(task, name, accepted, value);
}

/**
 * Checks that options are an object with known names only.
 *
 * @param hints What to say of names that are likely tried here.
 * @throws {OptionError} If not; for a misspelt name the message suggests the likely one.
 */
export function checkNames(
  task: string,
  options: unknown,
  known: readonly string[],
  what = "options",
  hints: Readonly<Record<string, string>> = {},
): void {
  if (typeof options !== "object" || options === null || Array.isArray(options)) {
    const problem = { path: unquoted(what), expected: "an object", received: received(options) };
    throw new OptionError(task, problem, `${what} must be an object, received ${problem.received}`);
  }
  for (const name of Object.keys(options)) {
    if (known.includes(name)) continue;
    const likely = likeliest(name, known);
    const hint = Object.hasOwn(hints, name) ? hints[name] : undefined;
    const problem = {
      path: unquoted(what),
      expected: `one of ${known.join(", ")}`,
      received: quote(name),
      hint: hint ?? (likely === undefined ? `accepted are ${known.join(", ")}` : `did you mean "${likely}"?`),
    };
    throw new OptionError(task, problem, `unknown name ${problem.received} in ${what}: ${problem.hint}`);
  }
}

function unquoted(name: string): string {
  return name.replaceAll('"', "");
}
