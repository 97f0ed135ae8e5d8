import { LIVE, type LiveInternals } from "../gate/live.ts";
import { formatState, parseState } from "../state/parse.ts";
import type { LiveState } from "../types/live-state.ts";
import type { MaintenanceState } from "../types/maintenance-state.ts";
import type { MaintenanceStore } from "../types/store.ts";
import { liveState } from "../state/live-state.ts";
import type { Case } from "./case.ts";
import { check, inTime, same, until } from "./check.ts";
import { type Abilities, type Place, read } from "./place.ts";

const canChange = ({ canWrite, canPut }: Abilities): boolean => canWrite || canPut;

const ON: MaintenanceState = { mode: "on", reason: "Größere Datenbank 🚧" };
const READ_ONLY: MaintenanceState = { mode: "read-only", end: "2999-01-01T00:00:00+02:00", urls: ["/shop/*"] };
const OFF: MaintenanceState = { mode: "off" };

/** The promises about a live state that follows the store. */
export const liveCases: readonly Case[] = [
  {
    name: "liveState() is off where nothing is stored, and on for an empty text or a state that is on",
    appliesTo: canChange,
    async run(place) {
      // The initial state differs from what is stored, so that the store has to be read.
      const one = await follow(place, place.store, true, { initial: "on" });
      await until(() => one.sees("off"), "It is off");
      await place.give(place.fixture.refusesEmpty ? formatState(ON) : "");
      await until(() => one.sees("on"), "The text that was stored is on");
      if (place.fixture.remove) {
        await place.fixture.remove();
        await until(() => one.sees("off"), "It is off once the text was removed");
      }
      await one.close();
    },
  },
  {
    name: "liveState() takes over the state that another process sets",
    appliesTo: ({ canWrite, hasAnother }) => canWrite && hasAnother,
    async run(place) {
      const [one, two] = await followTwice(place);
      for (const state of [ON, READ_ONLY, ON, OFF]) {
        await one.live.set(state);
        same(one.text(), formatState(state), "The state in force in the process that set it");
        await until(() => two.has(state), `Another process has ${state.mode} in force`);
      }
      await two.live.set(ON);
      await until(() => one.has(ON), "The first process has the state of the other one in force");
      same(one.errors[0] ?? two.errors[0], undefined, "The errors");
      await Promise.all([one.close(), two.close()]);
    },
  },
  {
    name: "liveState() of several processes that set at once agree on one state",
    appliesTo: ({ canWrite, hasAnother }) => canWrite && hasAnother,
    async run(place) {
      const [one, two] = await followTwice(place);
      for (let round = 0; round < 5; round++) {
        const states = ["a", "b"].map((who): MaintenanceState => ({ mode: "on", reason: `${round} ${who}` }));
        await Promise.all([one.live.set(states[0]!), two.live.set(states[1]!)]);
        const text = textOf(parseState((await read(place.store))!.text));
        check(states.some((state) => formatState(state) === text), "The stored text is neither of the states");
        for (const who of [one, two]) {
          await until(async () => (await who.look(), who.text() === text), "Both have the stored state in force");
        }
      }
      await Promise.all([one.close(), two.close()]);
    },
  },
  {
    name: "liveState() ends with the last of many states that are set at once",
    appliesTo: ({ canWrite, hasAnother }) => canWrite && hasAnother,
    async run(place) {
      const [one, two] = await followTwice(place);
      const states = Array.from({ length: 50 }, (_, i): MaintenanceState => ({ mode: "on", retryAfter: i }));
      const seen: (number | string)[] = [];
      two.live.on("change", ({ retryAfter }) => seen.push(retryAfter!));
      await Promise.all(states.map((state) => one.live.set(state)));
      await until(() => two.has(states.at(-1)!), "Another process has the last one in force");
      same(one.text(), formatState(states.at(-1)!), "The state in force in the first process");
      same(seen, [...seen].sort((a, b) => Number(a) - Number(b)), "The order in which another process saw them");
      await Promise.all([one.close(), two.close()]);
    },
  },
  {
    name: "liveState() tells the changes of two processes in the order in which they were made",
    appliesTo: ({ canReplace, hasHistory, hasAnother }) => canReplace && hasHistory && hasAnother,
    async run(place) {
      const [one, two] = await followTwice(place);
      const names = Array.from({ length: 10 }, (_, i) => `window-${i}`);
      await Promise.all(names.map((name, i) => (i % 2 ? one : two).live.windows.set(name, { mode: "on", by: name })));
      await one.live.set({ mode: "on", reason: "Last" });
      const told = (await two.live.history())!;
      same(told.length, 11, "The number of changes");
      same(told.map(({ by }) => by).slice(0, 10).sort(), names, "Who made them");
      same(
        told.slice(1).every(({ replaced }, i) => replaced === told[i]!.revision),
        true,
        "Each replaced the one before",
      );
      same(told.at(-1)!.reason, "Last", "The reason of the last one");
      await Promise.all([one.close(), two.close()]);
    },
  },
  {
    name: "liveState() never takes over an invalid state, and reports it",
    appliesTo: canChange,
    async run(place) {
      await place.give(formatState(ON));
      const one = await follow(place, place.store, true);
      await until(() => one.has(ON), "It has the state in force");
      const changes: unknown[] = [];
      one.live.on("change", (state) => changes.push(state));
      for (
        const text of ['{ "mode": "of', '{ "mode": "offf" }', "<!doctype html>", '{ "mode": "off", "end": "soon" }']
      ) {
        one.errors.length = 0;
        await (place.fixture.put?.(text) ?? place.give(text));
        await until(async () => (await one.look(), one.errors.length > 0), `It reports ${JSON.stringify(text)}`);
        same(one.text(), formatState(ON), "The state in force");
      }
      same(changes.length, 0, "The number of changes");
      await place.give(formatState(READ_ONLY));
      await until(() => one.has(READ_ONLY), "It has the next valid state in force");
      await one.close();
    },
  },
  {
    name: "liveState() keeps the last state while the place is unreachable, and takes over the next one afterwards",
    appliesTo: (abilities) => abilities.canInterrupt && canChange(abilities),
    async run(place) {
      await place.give(formatState(ON));
      const one = await follow(place, place.store, true);
      await until(() => one.has(ON), "It has the state in force");
      const repair = await place.fixture.interrupt!();
      try {
        await until(async () => (await one.look(), one.errors.length > 0), "It reports that the place is unreachable");
        same(one.text(), formatState(ON), "The state in force meanwhile");
      } finally {
        await repair();
      }
      await until(() => place.give(formatState(READ_ONLY)).then(() => true), "Something can be stored again");
      await until(() => one.has(READ_ONLY), "It has the next one in force");
      await one.close();
    },
  },
  {
    name: "liveState() starts in bounded time while the place is unreachable",
    appliesTo: (abilities) => abilities.canInterrupt && canChange(abilities),
    async run(place) {
      await place.give(formatState(READ_ONLY));
      const repair = await place.fixture.interrupt!();
      let one: Followed;
      try {
        one = await follow(place, place.store, true, { initial: "on", startTimeoutMs: 100 });
        same(one.live.current.mode, "on", "The state in force meanwhile");
      } finally {
        await repair();
      }
      await until(() => one.has(READ_ONLY), "It has the stored state in force");
      await one.close();
    },
  },
  {
    name: "liveState() is listed in the fleet until it is closed",
    appliesTo: ({ hasInstances, isPerRequest, canWrite, hasAnother }) =>
      hasInstances && !isPerRequest && canWrite && hasAnother,
    async run(place) {
      const [one, two] = await followTwice(place);
      await until(async () => await one.count("off") === 2, "Both are listed");
      await two.live.set(ON);
      await until(async () => await two.count("on") === 2, "Both are listed with the state in force");
      await two.close();
      await until(async () => await one.count("on") === 1, "The other one is no longer listed");
      await one.close();
    },
  },
  {
    name: "liveState().during() runs while every process has the state in force",
    appliesTo: ({ hasInstances, isPerRequest, canWrite, hasAnother }) =>
      hasInstances && !isPerRequest && canWrite && hasAnother,
    async run(place) {
      const [one, two] = await followTwice(place);
      await until(async () => await one.count("off") === 2, "Both are listed");
      const modes = await inTime(
        one.live.during({ reason: "migration" }, () => Promise.resolve([one.live.current.mode, two.live.current.mode])),
        "during()",
      );
      same(modes, ["on", "on"], "The modes in force meanwhile");
      same(one.live.current.mode, "off", "The mode in force afterwards");
      await until(() => two.sees("off"), "Another process is off afterwards");
      same(one.errors[0] ?? two.errors[0], undefined, "The errors");
      await Promise.all([one.close(), two.close()]);
    },
  },
];

/** A live state under observation. */
interface Followed {
  readonly live: LiveState;
  readonly errors: unknown[];
  /** Does what a request does to the live state. In Workers, only a request makes it read the store. */
  look(): Promise<void>;
  /** Whether a request would find a mode in force. */
  sees(mode: MaintenanceState["mode"]): Promise<boolean>;
  /** Whether a request would find a state in force. */
  has(state: MaintenanceState): Promise<boolean>;
  /** The text of the state in force, without its author. */
  text(): string;
  /** How many instances are listed with a mode in force. */
  count(mode: MaintenanceState["mode"]): Promise<number>;
  close(): Promise<void>;
}

/** The text of a state without what `set` adds: its author, and since when it holds. */
function textOf({ by: _, since: __, ...state }: MaintenanceState): string {
  return formatState(state);
}

/** An interval so long that a case fails before the live state polls. */
const NEVER_MS = 600_000;

async function follow(
  place: Place,
  store: MaintenanceStore,
  polls: boolean,
  options: { initial?: "on"; startTimeoutMs?: number } = {},
): Promise<Followed> {
  const errors: unknown[] = [];
  place.release(store);
  const live = liveState(store, {
    pollIntervalMs: polls ? 20 : NEVER_MS,
    startTimeoutMs: 10_000,
    counts: "nothing",
    onError: (error) => errors.push(error),
    ...options,
  });
  const internals = (live as unknown as { readonly [LIVE]: LiveInternals })[LIVE];
  await inTime(live.ready, "ready");
  const look = async (): Promise<void> => await internals.refresh?.(undefined);
  await look();
  const text = (): string => textOf(live.current);
  return {
    live,
    errors,
    look,
    sees: async (mode) => (await look(), live.current.mode === mode),
    has: async (state) => (await look(), text() === formatState(state)),
    text,
    count: async (mode) => (await live.fleet() ?? []).filter((instance) => instance.mode === mode).length,
    close: () => inTime(live.close(), "close()"),
  };
}

/** Follows a place twice, as two processes would. Does not poll a store that can watch, so that it has to report. */
async function followTwice(place: Place): Promise<[Followed, Followed]> {
  const polls = place.store.watch === undefined || place.isPerRequest;
  return [await follow(place, place.store, polls), await follow(place, await place.another(), polls)];
}
