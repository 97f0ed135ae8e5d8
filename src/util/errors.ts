import { quote, received } from "./received.ts";
import { likeliest } from "./likeliest.ts";

/** The codes of this package's errors. They stay the same from version to version. */
export type ErrorCode =
  | "ERR_OPTION_INVALID"
  | "ERR_STATE_INVALID"
  | "ERR_STORE"
  | "ERR_CONFLICT"
  | "ERR_FLEET"
  | "ERR_VERSION"
  | "ERR_RUNTIME";

/** The parts of an error about one value. */
export interface Problem {
  /** The place: an option such as `"ignoreUrls[0]"`, or a JSON path in a state such as `"$.urls[0]"`. */
  readonly path?: string | undefined;
  /** The accepted values. */
  readonly expected?: string | undefined;
  /** The given value, as the message shows it; `undefined` if it may be a secret. */
  readonly received?: string | undefined;
  /** How to fix it, if that is known. */
  readonly hint?: string | undefined;
}

/** Marks the errors of this package, for other copies of it in the process. */
const BRAND: unique symbol = Symbol.for("maintenancemode.error") as never;

/**
 * The base of all errors of this package: `instanceof MaintenanceError` holds for each of them. {@link OptionError} and
 * `StateError` are `TypeError`s as well.
 */
export class MaintenanceError extends Error implements Problem {
  /** The name of the class. */
  override readonly name: string = "MaintenanceError";
  /** The kind of error. */
  readonly code: ErrorCode;
  /** The place: an option, or a JSON path in a state. */
  readonly path?: string | undefined;
  /** The accepted values. */
  readonly expected?: string | undefined;
  /** The given value, as the message shows it; `undefined` if it may be a secret. */
  readonly received?: string | undefined;
  /** How to fix it, if that is known. */
  readonly hint?: string | undefined;

  /**
   * Makes an error.
   *
   * @param code The kind of error.
   * @param message The whole message.
   * @param options The cause.
   */
  constructor(code: ErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }

  /** Whether a value is an error of this class. For the base class, that is any error of any copy of this package. */
  static override [Symbol.hasInstance](value: unknown): boolean {
    if (this !== MaintenanceError) return Function.prototype[Symbol.hasInstance].call(this, value);
    return typeof value === "object" && value !== null && BRAND in value;
  }

  static {
    brand(this);
  }
}

/** Makes `instanceof MaintenanceError` hold for the instances of a class. */
function brand(ErrorClass: { readonly prototype: Error }): void {
  Object.defineProperty(ErrorClass.prototype, BRAND, { value: true });
}

/** An option or an argument is not valid, or a function of the options returned something else than it has to. */
export class OptionError extends TypeError implements Problem {
  /** The name of the class. */
  override readonly name: string = "OptionError";
  /** The kind of error. */
  readonly code: ErrorCode = "ERR_OPTION_INVALID";
  /** The place: an option, or a JSON path in a state. */
  readonly path: string;
  /** The accepted values. */
  readonly expected: string;
  /** The given value, as the message shows it; `undefined` if it may be a secret. */
  readonly received: string | undefined;
  /** How to fix it, if that is known. */
  readonly hint: string | undefined;
  /** The problem in words, if the parts alone do not put it well. */
  readonly text: string | undefined;

  static {
    brand(this);
  }

  /**
   * Makes an error.
   *
   * @param task The task that failed: the first words of the message.
   * @param problem The parts.
   * @param text The problem in words, if the parts alone do not put it well.
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

/** A problem whose place and accepted values are known. */
export interface OptionProblem extends Problem {
  /** The place: an option, or a JSON path in a state. */
  readonly path: string;
  /** The accepted values. */
  readonly expected: string;
}

/**
 * Puts a problem into words, alike for options, states and flags of the command line.
 *
 * @param name The name of the place there.
 */
export function describeProblem({ path, expected, received, hint }: OptionProblem, name: string = path): string {
  return `"${name}" must be ${expected}${received === undefined ? "" : `, received ${received}`}${
    hint === undefined ? "" : `: ${hint}`
  }`;
}

/** Makes an {@link OptionError} that shows the value. */
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
 * @param hints Hints for names that people are likely to try here.
 * @throws {OptionError} If not. For a misspelt name, the message suggests the likely one.
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
  // Own members alone are read. An option of a class would be left out in silence.
  const inherited = known.find((name) =>
    name in options && !Object.prototype.propertyIsEnumerable.call(options, name) && !(name in Object.prototype)
  );
  if (inherited !== undefined) {
    const hint = "options are read from the object itself, not from its class: write { ...values }";
    const problem = { path: inherited, expected: "an own member", received: "an inherited one", hint };
    throw new OptionError(task, problem, `"${inherited}" must be a member of ${what} itself: ${hint}`);
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
