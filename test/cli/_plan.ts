import { commit } from "../../src/cli/change/commit.ts";
import { plan } from "../../src/cli/change/plan.ts";
import type { Committed, Planned, Target } from "../../src/cli/change/planned.ts";
import type { Context } from "../../src/cli/context.ts";
import { parseCommandLine } from "../../src/cli/input/args.ts";
import type { OpenStore } from "../../src/cli/open/stores.ts";
import { createOutput } from "../../src/cli/output/output.ts";
import { goBack } from "../../src/cli/change/run-end.ts";
import { readStore } from "../../src/state/store-calls.ts";
import { memoryStore } from "../../src/stores/memory.ts";
import type { MaintenanceState } from "../../src/types/maintenance-state.ts";
import type { MaintenanceStore } from "../../src/types/store.ts";
import { withoutAuthors } from "../state/_live.ts";

/** A store in memory, as a command opens it. */
export interface Desk {
  readonly store: MaintenanceStore;
  readonly opened: OpenStore;
  /** Plans a change of the state by a command line, as a process of its own would. */
  plan(...args: string[]): Promise<Planned>;
  /** Makes a planned change. */
  commit(planned: Planned): Promise<Committed>;
  /** Goes back from a run that was made. */
  goBack(written: Committed): Promise<boolean>;
  /** Plans a change and makes it. */
  run(...args: string[]): Promise<Committed>;
  /** The stored state, without what says who has set it and when. */
  // deno-lint-ignore no-explicit-any -- each test knows the form
  read(): Promise<any>;
}

/** The surroundings of a command line with these arguments. As JSON, notes are kept and not printed. */
export function contextOf(...args: string[]): Context {
  return { args: parseCommandLine(args), output: createOutput(true, false), result: {} };
}

/** Opens a store in memory that holds a state. */
export async function openDesk(state?: MaintenanceState): Promise<Desk> {
  const store = memoryStore();
  if (state !== undefined) await store.write!(JSON.stringify(state));
  const opened: OpenStore = { store, label: "memory", flag: "memory", close() {} };
  const planOne = (args: readonly string[]) => {
    const context = contextOf(...args);
    const { command } = context.args;
    return plan(context, opened, (command === "run" ? "on" : command) as Target);
  };
  return {
    store,
    opened,
    plan: (...args) => planOne(args),
    commit: (planned) => commit(contextOf("status"), planned),
    goBack: ({ planned, revision }) => goBack(planned, revision, createOutput(true, false)),
    run: async (...args) => await commit(contextOf(...args), await planOne(args)),
    read: async () => withoutAuthors(JSON.parse((await readStore(store))!.text)),
  };
}
