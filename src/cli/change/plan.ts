import { createSecret, hashSecret } from "../../bypass/secret.ts";
import type { StateSnapshot } from "../../gate/live.ts";
import { OFF } from "../../state/modes.ts";
import { formatState } from "../../state/parse.ts";
import { withWindow } from "../../state/parts.ts";
import { StateError } from "../../state/state-error.ts";
import type { Instance } from "../../types/fleet.ts";
import type { MaintenanceState, MaintenanceWindow } from "../../types/maintenance-state.ts";
import { prepareSnapshot } from "../../state/state-snapshot.ts";
import { findFormer, markOf } from "../../state/former.ts";
import { createOwner, isProcessThere } from "../../state/owner.ts";
import { attribute } from "../../state/attribution.ts";
import { storeNow } from "../../state/history.ts";
import type { Context } from "../context.ts";
import { usageError } from "../exit-codes.ts";
import { readRanges } from "../input/addresses.ts";
import { readOperator } from "../input/operator.ts";
import type { OptionValues } from "../input/options.ts";
import { readSite } from "../input/site.ts";
import type { OpenStore } from "../open/stores.ts";
import { reasonOf } from "../output/secrets.ts";
import { readCurrent, requireValid, situationOf, type Stored } from "../situation.ts";
import { viewWindows } from "../windows.ts";
import { tryReadFleet } from "../wait/fleet.ts";
import { composeAdmit, parsePercentage } from "./admit.ts";
import { composeState, toUsageError } from "./compose.ts";
import type { Planned, Target } from "./planned.ts";
import { readSubject, requireSubject } from "./subject.ts";

/**
 * Plans a change of the state.
 *
 * @throws {CliError} If an option is not valid, or the store cannot be written.
 * @throws {StoreError} If the store cannot be reached.
 */
export async function plan(context: Context, opened: OpenStore, target: Target): Promise<Planned> {
  requireWritable(opened);
  const { output, args } = context;
  // Once something is written, it is too late to refuse what the link is printed with.
  if (target === "on" || target === "read-only") readSite(args.options);
  const subject = readSubject(args.options);
  const { name, isAll } = subject;
  const now = Date.now();
  const by = readOperator(args.options);
  const [former, instances] = await Promise.all([readCurrent(opened.store), tryReadFleet(opened.store)]);
  // Of a state that is not valid, nobody knows which other windows it has.
  if (name !== undefined) requireValid(former, opened.label);
  const before = former.snapshot?.state;
  if (former.snapshot !== undefined) requireSubject(target, args.options, former.snapshot, opened, now);
  const composed = await compose(context, opened, former, target, name, now);
  const secret = needsBypass(context, composed, instances) ? createSecret() : undefined;
  const back = args.command === "run"
    ? findFormer(former.stored, name, (owner) => isProcessThere(owner) !== false)
    : undefined;
  // Whoever changes a setting is its author from then on.
  const { by: _, ...own } = composed;
  const author = { by, at: await storeNow(opened.store) };
  const window = {
    ...own,
    ...(secret !== undefined && { bypass: hashSecret(secret) }),
    ...(back !== undefined && markOf(createOwner("run"), back)),
  };
  // The processes keep the last valid state, which may be on. A run could only open the site afterwards.
  if (args.command === "run") requireValid(former, opened.label);
  if (former.problem !== undefined) {
    const verb = args.options["dry-run"] ? "would be" : "is";
    output.note(`the stored state was not valid and ${verb} replaced: ${reasonOf(former.problem)}`);
  }
  // Alone first, so that an error is one about the options.
  await prepare(window);
  const state = attribute(isAll ? OFF : withWindow(before ?? OFF, name, window), before ?? OFF, author);
  const snapshot = await prepareSnapshot(state);
  const text = formatState(state);
  // A text that means the same in other words stays.
  const isSame = before !== undefined && formatState(before) === text;
  const isOff = target === "off" && former.stored === undefined;
  const isChange = !isOff && !isSame;
  const situation = situationOf(snapshot, now, name);
  const others = viewWindows(snapshot, now).filter((other) => other.name !== name);
  return {
    opened,
    subject,
    former,
    snapshot,
    text,
    isChange,
    situation,
    others,
    now,
    author,
    instances,
    back,
    secret,
  };
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
  name: string | undefined,
  now: number,
): Promise<MaintenanceWindow> {
  if (target === "off") {
    return args.options.restore ? fromBefore(situationOf(requireValid(former, opened.label), now, name).state) : OFF;
  }
  if (target === "admit") {
    return composeAdmit(situationOf(requireValid(former, opened.label), now, name), parsePercentage(args.percentage!));
  }
  const { state, notes } = composeState(
    target,
    former.snapshot?.find(name)?.state,
    await normalise(args.options),
    now,
  );
  for (const note of notes) output.note(note);
  return state;
}

/** The state from before a run, which has left its own. */
function fromBefore({ owner, former }: MaintenanceWindow): MaintenanceWindow {
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
    throw error instanceof StateError ? toUsageError(error) : error;
  }
}
