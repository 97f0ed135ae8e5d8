import { createSecret, hashSecret } from "../bypass/secret.ts";
import type { Snapshot } from "../gate/live.ts";
import { BYPASS_NAME } from "../bypass/request-secret.ts";
import { formatState, OFF } from "../state/parse.ts";
import { StateError } from "../state/state-error.ts";
import type { Instance } from "../types/fleet.ts";
import type { MaintenanceState } from "../types/maintenance-state.ts";
import { prepareSnapshot } from "../state/snapshot.ts";
import { createOwner } from "../state/owner.ts";
import { replaceStored } from "../state/store-calls.ts";
import { composeAdmit, formatPart, parsePart } from "./admit.ts";
import { composeState } from "./change.ts";
import type { Context } from "./context.ts";
import { CliError, usageError } from "./exit-codes.ts";
import { viewInstances } from "./fleet-table.ts";
import { PROGRAM } from "./program.ts";
import { describeAdmissions, describeState, headline, printRows, type Row } from "./render.ts";
import { reasonOf } from "./secrets.ts";
import type { OpenStore } from "./stores.ts";
import { readCurrent, requireValid, showable, type Situation, situationOf, type Stored } from "./stored.ts";
import { formatTime, toInstant } from "./times.ts";
import { tryReadFleet } from "./wait.ts";

/** A change of the state that is ready to be written. */
export interface Planned {
  readonly opened: OpenStore;
  readonly former: Stored;
  readonly snapshot: Snapshot;
  readonly text: string;
  /** Whether it is to be written: what is stored says something else. */
  readonly isChange: boolean;
  readonly situation: Situation;
  /** When it was planned, in milliseconds since 1970. */
  readonly now: number;
  /** The processes before it, if the store knows them. */
  readonly instances: readonly Instance[] | undefined;
  /** The secret of a bypass that is new: it is shown once, and stored nowhere. */
  readonly secret: string | undefined;
}

/** What to switch to: a mode, or the same mode with another part of the visitors that gets in. */
export type Target = "on" | "read-only" | "off" | "admit";

/** Checks that a store can be written at all. */
function requireWritable({ store, label }: OpenStore): void {
  if (store.write !== undefined || store.replace !== undefined) return;
  throw usageError(`${label} can only be read: change the state where it comes from`);
}

/**
 * Plans to change the state.
 *
 * @throws {CliError} If an option is not valid.
 * @throws {StoreError} If the store cannot be reached.
 */
export async function plan(context: Context, opened: OpenStore, target: Target): Promise<Planned> {
  const { output, args } = context;
  requireWritable(opened);
  const now = Date.now();
  const part = target === "admit" ? parsePart(args.part!) : undefined;
  const [former, instances] = await Promise.all([readCurrent(opened.store), tryReadFleet(opened.store)]);
  const composed = target === "admit"
    ? composeAdmit(situationOf(requireValid(former, opened.label), now), part!)
    : target === "off"
    ? OFF
    : compose(context, target, former.snapshot?.state, now);
  const owner = args.command === "run" ? createOwner("run") : undefined;
  const secret = needsBypass(context, composed, instances) ? createSecret() : undefined;
  const state = {
    ...composed,
    ...(secret !== undefined && { bypass: hashSecret(secret) }),
    ...(owner !== undefined && { owner }),
  };
  if (former.problem !== undefined) {
    const verb = args.options["dry-run"] ? "would be" : "is";
    output.note(`what was stored ${verb} overwritten, it was no valid state: ${reasonOf(former.problem)}`);
  }
  const snapshot = await prepare(state);
  const isOff = target === "off" && former.stored === undefined;
  const text = formatState(state);
  // Text that says the same in other words is left alone.
  const isSame = former.snapshot !== undefined && formatState(former.snapshot.state) === text;
  const isChange = !isOff && !isSame;
  return { opened, former, snapshot, text, isChange, situation: situationOf(snapshot, now), now, instances, secret };
}

/** Whether to make a bypass: it is asked for, or `on` would lock the operator out, as far as is known here. */
function needsBypass(
  { args }: Context,
  state: MaintenanceState,
  instances: readonly Instance[] | undefined,
): boolean {
  if (args.options["with-bypass"] === true) return true;
  if (args.command !== "on" || state.mode !== "on" || state.bypass !== undefined) return false;
  if (state.internalIps?.length) return false;
  return !instances?.some(({ admits }) => admits.some((word) => word !== "ignored-url"));
}

function compose(
  { args, output }: Context,
  mode: "on" | "read-only",
  former: MaintenanceState | undefined,
  now: number,
): MaintenanceState {
  const { state, notes } = composeState(mode, former, args.options, now);
  for (const note of notes) output.note(note);
  return state;
}

async function prepare(state: MaintenanceState): Promise<Snapshot> {
  try {
    return await prepareSnapshot(state);
  } catch (error) {
    throw error instanceof StateError ? usageError(reasonOf(error)) : error;
  }
}

/**
 * Writes what was planned, if nobody has written anything else meanwhile.
 *
 * @returns The revision of what is stored now.
 * @throws {CliError} If somebody has.
 * @throws {StoreError} If the store cannot be reached or written.
 */
export async function commit({ opened, former, text, isChange }: Planned): Promise<string> {
  if (!isChange) return former.revision;
  const revision = await replaceStored(opened.store, text, former.stored?.text);
  if (revision !== undefined) return revision;
  const lines = await describeStored(opened).catch(() => []);
  throw new CliError(
    "conflict",
    "Somebody else changed the state at the same time, and theirs stays; run the command again to replace it",
    {
      lines,
    },
  );
}

/** What a store holds now, in lines. */
async function describeStored({ store }: OpenStore): Promise<string[]> {
  const { snapshot } = await readCurrent(store);
  return snapshot === undefined ? [] : [`it is now: ${JSON.stringify(showable(snapshot.state))}`];
}

/** Notes what was planned in what `--json` prints. */
export function fillResult({ result, args, output }: Context, planned: Planned, revision: string | undefined): void {
  const { opened, former, situation, isChange, instances, secret } = planned;
  const isWritten = args.options["dry-run"] !== true;
  Object.assign(result, {
    store: opened.label,
    ...jsonOf(situation),
    former: former.snapshot === undefined ? null : showable(former.snapshot.state),
    changed: isChange && isWritten,
    dryRun: !isWritten,
    bypass: secret === undefined || !isWritten ? null : { secret, query: `${BYPASS_NAME}=${secret}` },
    revision: revision ?? null,
    undo: situation.state.mode === "off" ? null : undoOf(opened),
    instances: viewInstances(instances, revision ?? former.revision, Date.now()) ?? null,
    notes: output.notes,
  });
}

/** A situation as JSON. */
export function jsonOf({ state, inForce, phase, beginsAt, endsAt }: Situation): Record<string, unknown> {
  const instant = (ms: number | undefined) => ms === undefined ? null : toInstant(ms);
  return { state: showable(state), inForce, phase, beginsAt: instant(beginsAt), endsAt: instant(endsAt) };
}

/** Says what was done, or would be. */
export function report(context: Context, planned: Planned): void {
  const { output, args } = context;
  const { opened, former, situation, now, isChange, instances, secret } = planned;
  const isDry = args.options["dry-run"] === true;
  const wasInForce = former.snapshot !== undefined && situationOf(former.snapshot, now).inForce;
  const isSame = wasInForce && former.snapshot?.state.mode === situation.state.mode;
  const verb = isDry ? "would be" : !isChange ? "is already" : isSame ? "stays" : "is now";
  output.line(headline(output, situation, verb));
  const { rows, isNobody } = describeAdmissions(situation.state, instances);
  const undo: Row[] = situation.state.mode === "off" ? [] : [["undo", undoOf(opened)]];
  printRows(output, [...describeState(situation, now), ...rows, ["store", opened.label], ...undo]);
  if (secret !== undefined) {
    output.line(
      isDry
        ? "It would make a bypass link."
        : `To get in yourself, open any page of the site with this behind its address, once:
  ?${BYPASS_NAME}=${secret}
It is not shown again. Programs send the header field Maintenance-Bypass: ${secret}`,
    );
  }
  if (isNobody && situation.phase !== "ended") {
    output.note("nobody gets in, not even you: --with-bypass or --allow-ip <your address> would change that");
  }
  if (situation.phase === "scheduled") output.note(explainSchedule(situation));
  if (args.command === "admit" && situation.state.admit === 1) {
    output.note(`everybody gets in: to end maintenance, ${undoOf(opened)}`);
  }
  // With --wait it is an error, which is told later.
  const isSilent = situation.state.mode === "off" && isChange;
  if (instances?.length === 0 && !isSilent && args.options.wait === undefined) {
    output.note("no process reports to this store: is it the store of the site?");
  }
  if (args.command === "run" && wasInForce) {
    output.note("maintenance was on already: it is switched off if the command succeeds");
  }
  if (isDry) output.line("Nothing was changed (--dry-run).");
}

/**
 * Checks that maintenance is on from now on and no part of the visitors gets in, where something is to rely on it.
 *
 * @param what What would be done too early.
 * @throws {CliError} If it is not.
 */
export function requireClosed({ args, output }: Context, { opened, situation }: Planned, what: string): void {
  const { inForce, beginsAt, state } = situation;
  if (state.admit) {
    const part = `${formatPart(state.admit)} of the visitors get in`;
    throw usageError(`${what} while ${part}: ${commandFor(opened, "admit none")} comes first (Nothing was changed.)`);
  }
  // Who says when it begins knows; who only finds out by the text may have gone on to migrate.
  if (inForce || (args.command !== "run" && args.options.start !== undefined)) return;
  const [when, hint] = beginsAt === undefined
    ? ["not the time of its windows", "switch it off first, which forgets them"]
    : [`it begins ${formatTime(beginsAt, Date.now())}`, "give --start now"];
  const plain = headline({ ...output, paint: (_, text) => text }, situation);
  throw usageError(`${what} outside maintenance, ${when}: ${hint} (${plain} Nothing was changed.)`);
}

function explainSchedule({ beginsAt }: Situation): string {
  return beginsAt === undefined
    ? "it is on only in its recurring windows; to switch it on now, switch it off first, which forgets them"
    : "it is not on yet; to begin at once: --start now";
}

/** The command that switches maintenance off. */
export function undoOf(opened: OpenStore): string {
  return commandFor(opened, "off");
}

/** What to type for a command on the same store. */
export function commandFor({ flag }: OpenStore, words: string): string {
  return `${PROGRAM} ${words}${flag === undefined ? "" : ` --store ${quoteForShell(flag)}`}`;
}

function quoteForShell(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
