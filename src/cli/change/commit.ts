import { storeNow } from "../../state/history.ts";
import { OFF } from "../../state/modes.ts";
import { formatState } from "../../state/parse.ts";
import { windowOf, withWindow } from "../../state/parts.ts";
import { prepareSnapshot } from "../../state/state-snapshot.ts";
import { replaceStored } from "../../state/store-calls.ts";
import { isSameJson } from "../../util/same-json.ts";
import type { Context } from "../context.ts";
import { CliError } from "../exit-codes.ts";
import { CHANGED } from "../output/verdict.ts";
import { commandFor } from "../process/program.ts";
import { readCurrent, showable } from "../situation.ts";
import { viewWindows } from "../windows.ts";
import type { Committed, Planned } from "./planned.ts";
import { record } from "./record.ts";

/** How often a change is tried if others change other windows at the same moment. */
const MOST_ATTEMPTS = 100;

/** The longest pause before another attempt, in milliseconds. */
const PAUSE_MS = 20;

/**
 * Writes a planned change, and adds it to the history. If someone else has changed other windows in between, both changes hold.
 *
 * @throws {CliError} If someone else has changed the same window.
 * @throws {StoreError} If the store cannot be reached or written.
 */
export async function commit({ output }: Context, planned: Planned): Promise<Committed> {
  if (!planned.isChange) return { planned, revision: planned.former.revision };
  let current: Planned | undefined = planned;
  for (let attempt = 1; current !== undefined && attempt <= MOST_ATTEMPTS; attempt++) {
    const revision = await replaceStored(current.opened.store, current.text, current.former.stored?.text);
    if (revision !== undefined) {
      const { opened: { store }, author, former, snapshot } = current;
      const change = { ...author, former: former.snapshot?.state, replaced: former.revision, next: snapshot.state };
      await record(store, { ...change, revision }, output);
      return { planned: current, revision };
    }
    await new Promise((resolve) => setTimeout(resolve, Math.random() * PAUSE_MS));
    current = await planAgain(current);
  }
  const { opened, subject: { name } } = planned;
  throw new CliError(
    "conflict",
    `Someone else changed ${name === undefined ? "the state" : `window "${name}"`} at the same time. ` +
      "Their change stays: run the command again to replace it",
    {
      lines: await describeStored(planned).catch(() => [`to see it: ${commandFor(opened, "windows")}`]),
      notSafe: CHANGED,
    },
  );
}

/** The same change on what the store holds now; `undefined` if someone else has changed the window. */
async function planAgain(planned: Planned): Promise<Planned | undefined> {
  const { opened, subject: { name, isAll }, snapshot, now } = planned;
  const before = planned.former.snapshot;
  const former = await readCurrent(opened.store);
  if (isAll || before === undefined || former.snapshot === undefined) return undefined;
  if (!isSameJson(windowOf(before.state, name), windowOf(former.snapshot.state, name))) return undefined;
  const state = withWindow(former.snapshot.state, name, windowOf(snapshot.state, name));
  const next = await prepareSnapshot(state);
  const others = viewWindows(next, now).filter((other) => other.name !== name);
  // The history would tell it as older than the change that it follows.
  const author = { ...planned.author, at: await storeNow(planned.opened.store) };
  return { ...planned, former, snapshot: next, text: formatState(state), others, author };
}

/** The stored state, in lines for an error. */
async function describeStored({ opened, subject: { name } }: Planned): Promise<string[]> {
  const { snapshot } = await readCurrent(opened.store);
  if (snapshot === undefined) return [];
  if (name === undefined) return [`the state is now: ${JSON.stringify(showable(snapshot.state))}`];
  return [`it is now: ${JSON.stringify(showable(windowOf(snapshot.state, name) ?? OFF))}`];
}
