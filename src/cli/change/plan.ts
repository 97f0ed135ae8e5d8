import { createSecret, hashSecret } from "../../bypass/secret.ts";
import type { StateSnapshot } from "../../gate/live.ts";
import { OFF } from "../../state/modes.ts";
import { formatState } from "../../state/parse.ts";
import { putWindow } from "../../state/parts.ts";
import { StateError } from "../../state/state-error.ts";
import type { Instance } from "../../types/fleet.ts";
import type { MaintenanceState, MaintenanceWindow } from "../../types/maintenance-state.ts";
import { prepareSnapshot } from "../../state/state-snapshot.ts";
import { findFormer, type Former, markOf } from "../../state/former.ts";
import { createOwner, isProcessThere } from "../../state/owner.ts";
import { attribute, type Authorship } from "../../state/attribution.ts";
import { storeNow } from "../../state/history.ts";
import { replaceStored } from "../../state/store-calls.ts";
import type { Context } from "../context.ts";
import { CliError, usageError } from "../exit-codes.ts";
import { readRanges } from "../input/addresses.ts";
import { readOperator } from "../input/operator.ts";
import type { OptionValues } from "../input/options.ts";
import { readSite } from "../input/site.ts";
import type { OpenStore } from "../open/stores.ts";
import { reasonOf } from "../output/secrets.ts";
import { readCurrent, requireValid, showable, type Situation, situationOf, type Stored } from "../situation.ts";
import { CHANGED, tryReadFleet } from "../wait/fleet.ts";
import { composeAdmit, parsePercentage } from "./admit.ts";
import { composeState } from "./compose.ts";
import { record } from "./record.ts";

/** A change of the state that is ready to be written. */
export interface Planned {
  readonly opened: OpenStore;
  /** What the store held before. */
  readonly former: Stored;
  readonly snapshot: StateSnapshot;
  /** The text to store. */
  readonly text: string;
  /** Whether the text differs from the stored one, so that it has to be written. */
  readonly isChange: boolean;
  readonly situation: Situation;
  /** When it was planned, in milliseconds since 1970. */
  readonly now: number;
  /** Who makes the change, and when by the clock of the store. */
  readonly author: Authorship;
  /** The processes before the change; `undefined` if the store does not record them. */
  readonly instances: readonly Instance[] | undefined;
  /** The state that `run` goes back to; `undefined` for other commands. */
  readonly back: Former | undefined;
  /** The secret of a new bypass link: printed once, and stored only as a hash. */
  readonly secret: string | undefined;
}

/** The goal of a change: a mode, or the same mode with another percentage of visitors that gets in. */
export type Target = "on" | "read-only" | "off" | "admit";

/**
 * Plans a change of the state.
 *
 * @throws {CliError} If an option is not valid, or the store cannot be written.
 * @throws {StoreError} If the store cannot be reached.
 */
export async function plan(context: Context, opened: OpenStore, target: Target): Promise<Planned> {
  requireWritable(opened);
  // Once something is written, it is too late to refuse what the link is printed with.
  if (target === "on" || target === "read-only") readSite(context.args.options);
  const now = Date.now();
  const by = readOperator(context.args.options);
  const [former, instances] = await Promise.all([readCurrent(opened.store), tryReadFleet(opened.store)]);
  const composed = await compose(context, opened, former, target, now);
  const { output, args } = context;
  const secret = needsBypass(context, composed, instances) ? createSecret() : undefined;
  const back = args.command === "run"
    ? findFormer(former.stored, undefined, (owner) => isProcessThere(owner) !== false)
    : undefined;
  // Whoever changes a setting is its author from then on.
  const { by: _, ...own } = composed;
  const author = { by, at: await storeNow(opened.store) };
  const stored = former.snapshot?.state ?? OFF;
  const next = putWindow(stored, undefined, {
    ...own,
    ...(secret !== undefined && { bypass: hashSecret(secret) }),
    ...(back !== undefined && markOf(createOwner("run"), back)),
  });
  const state = attribute(next, stored, author);
  // The processes keep the last valid state, which may be on. A run could only open the site afterwards.
  if (args.command === "run") requireValid(former, opened.label);
  if (former.problem !== undefined) {
    const verb = args.options["dry-run"] ? "would be" : "is";
    output.note(`the stored state was not valid and ${verb} replaced: ${reasonOf(former.problem)}`);
  }
  const snapshot = await prepare(state);
  const isOff = target === "off" && former.stored === undefined;
  const text = formatState(state);
  // A text that means the same in other words stays.
  const isSame = former.snapshot !== undefined && formatState(former.snapshot.state) === text;
  const isChange = !isOff && !isSame;
  const situation = situationOf(snapshot, now);
  return { opened, former, snapshot, text, isChange, situation, now, author, instances, back, secret };
}

/** Checks that a store can be written at all. */
function requireWritable({ store, label }: OpenStore): void {
  if (store.write !== undefined || store.replace !== undefined) return;
  throw usageError(`${label} can only be read: change the state where it comes from`);
}

async function compose(
  { args, output }: Context,
  opened: OpenStore,
  former: Stored,
  target: Target,
  now: number,
): Promise<MaintenanceWindow> {
  if (target === "off") return args.options.restore ? stateFromBefore(requireValid(former, opened.label)) : OFF;
  if (target === "admit") {
    return composeAdmit(situationOf(requireValid(former, opened.label), now), parsePercentage(args.percentage!));
  }
  const { state, notes } = composeState(
    target,
    former.snapshot?.find(undefined)?.state,
    await normalise(args.options),
    now,
  );
  for (const note of notes) output.note(note);
  return state;
}

/** The state from before a run, which has left its own. */
function stateFromBefore({ state: { owner, former } }: StateSnapshot): MaintenanceWindow {
  if (owner !== undefined || former !== undefined) return former ?? OFF;
  throw usageError('"--restore" goes back to the state from before a run, and no run has left this one: run off alone');
}

/** The options with the addresses in their shortest form. */
async function normalise(options: OptionValues): Promise<OptionValues> {
  const ranges = options["allow-ip"];
  return ranges === undefined ? options : { ...options, "allow-ip": await readRanges("--allow-ip", ranges) };
}

/** Whether to create a bypass link: with the option, or if `on` would lock out the operator, as far as the CLI can see. */
function needsBypass(
  { args }: Context,
  state: MaintenanceWindow,
  instances: readonly Instance[] | undefined,
): boolean {
  if (args.options["with-bypass"] === true) return true;
  if (args.command !== "on" || state.mode !== "on" || state.bypass !== undefined) return false;
  if (state.internalIps?.length) return false;
  return !instances?.some(({ admits }) => admits.some((word) => word !== "ignored-url" && word !== "safe-method"));
}

async function prepare(state: MaintenanceState): Promise<StateSnapshot> {
  try {
    return await prepareSnapshot(state);
  } catch (error) {
    throw error instanceof StateError ? usageError(reasonOf(error)) : error;
  }
}

/**
 * Writes a planned change, unless someone else has changed the state in between, and adds it to the history.
 *
 * @returns The revision of the stored state.
 * @throws {CliError} If someone else has changed the state.
 * @throws {StoreError} If the store cannot be reached or written.
 */
export async function commit({ output }: Context, planned: Planned): Promise<string> {
  const { opened, former, text, isChange, author, snapshot: { state: next } } = planned;
  if (!isChange) return former.revision;
  const revision = await replaceStored(opened.store, text, former.stored?.text);
  if (revision !== undefined) {
    const change = { ...author, former: former.snapshot?.state, replaced: former.revision, next, revision };
    await record(opened.store, change, output);
    return revision;
  }
  throw new CliError(
    "conflict",
    "Someone else changed the state at the same time. Their change stays: run the command again to replace it",
    { lines: await describeStored(opened).catch(() => []), notSafe: CHANGED },
  );
}

/** The stored state, in lines for an error. */
async function describeStored({ store }: OpenStore): Promise<string[]> {
  const { snapshot } = await readCurrent(store);
  return snapshot === undefined ? [] : [`the state is now: ${JSON.stringify(showable(snapshot.state))}`];
}
