import { SHELLS } from "../complete/shells.ts";
import type { Context } from "../context.ts";
import { EXIT, usageError } from "../exit-codes.ts";
import { show } from "../output/secrets.ts";

/** Runs `complete`: prints the script of a shell, or, for that script, what completes a command line. */
export async function complete({ args: { shell, argv }, output }: Context): Promise<number> {
  // Loaded for this command alone: the others should not take longer to start.
  const { completionsFor, scriptFor } = await import("../complete/completions.ts");
  if (shell === undefined) {
    output.raw(completionsFor(argv));
    return EXIT.ok;
  }
  const known = SHELLS.find((name) => name === shell);
  if (known === undefined) {
    throw usageError(
      `the shell must be ${SHELLS.slice(0, -1).join(", ")} or ${SHELLS.at(-1)}, received ${show(shell)}`,
    );
  }
  output.raw(scriptFor(known));
  return EXIT.ok;
}
