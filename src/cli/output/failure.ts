import { OptionError } from "../../util/errors.ts";
import { StoreError } from "../../state/errors.ts";
import { StateError } from "../../state/state-error.ts";
import { CliError } from "../exit-codes.ts";
import { reasonOf, withoutSecrets } from "./secrets.ts";

/** A thrown value as an error for the operator. */
export function toCliError(error: unknown): CliError {
  if (error instanceof CliError) return error;
  if (error instanceof StoreError) return new CliError("store", error.message, { cause: error });
  if (error instanceof StateError) return new CliError("state", error.message, { cause: error });
  return new CliError("internal", `Unexpected error: ${reasonOf(error)}`);
}

/** An error as `--json` prints it. */
export function errorJson({ code, message, exitCode, lines, last, cause }: CliError): Record<string, unknown> {
  const details = (last === undefined ? lines : [...lines, last]).map(withoutSecrets);
  return { code, message: withoutSecrets(message), exitCode, details, problem: problemOf(cause) };
}

/** The parts of an error of the library, for programs; `null` for any other error. */
function problemOf(cause: unknown): Record<string, unknown> | null {
  if (!(cause instanceof OptionError)) return null;
  const { code, path, expected, received = null, hint = null } = cause;
  return { code, path, expected, received: received && withoutSecrets(received), hint: hint && withoutSecrets(hint) };
}
