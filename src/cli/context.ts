import type { Args } from "./input/args.ts";
import type { Output } from "./output/output.ts";

/** What a command works with. */
export interface Context {
  readonly args: Args;
  readonly output: Output;
  /** What `--json` prints: filled as things are known, so that an error comes with what was done before it. */
  readonly result: Record<string, unknown>;
}
