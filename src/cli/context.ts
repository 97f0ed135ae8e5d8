import type { Args } from "./input/args.ts";
import type { Output } from "./output/output.ts";

/** The surroundings of a command. */
export interface Context {
  readonly args: Args;
  readonly output: Output;
  /** The object that `--json` prints. A command fills it step by step, so that an error shows the steps before it. */
  readonly result: Record<string, unknown>;
}
