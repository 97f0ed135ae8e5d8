import type { Case } from "./case.ts";
import { check, inTime, outcomeOf, same, settlesWithin, until } from "./check.ts";
import { type Abilities, read } from "./place.ts";

const hasHistory = ({ hasHistory }: Abilities): boolean => hasHistory;

/** The promises about the last changes, and about the clock that dates them. */
export const historyCases: readonly Case[] = [
  {
    name: "history gives the latest entries in the order in which they were appended",
    appliesTo: hasHistory,
    async run(place) {
      const history = place.store.history!;
      const others = (await place.another()).history!;
      same(await inTime(others.list(10), "list()"), [], "The list at first");
      for (let i = 0; i < 12; i++) await inTime((i % 2 ? history : others).append(`{"number":${i}}`), "append()");
      const all = Array.from({ length: 12 }, (_, i) => `{"number":${i}}`);
      same(await history.list(1_000), all, "The list");
      same(await others.list(1_000), all, "The list of another");
      same(await history.list(3), all.slice(-3), "The last three");
      same(await history.list(1), all.slice(-1), "The last one");
      same(await read(place.store), undefined, "The state, which entries must not change");
    },
  },
  {
    name: "history keeps entries of all kinds as they are, even equal ones",
    appliesTo: hasHistory,
    async run({ store }) {
      const history = store.history!;
      const entries = [
        '{"note":"\\"\\n\u2028"}',
        '{"note":"Größe 🚧"}',
        JSON.stringify({ note: "x".repeat(8_000) }),
        "{}",
        "{}",
        '{ "number": 1e400 }',
      ];
      for (const entry of entries) await inTime(history.append(entry), "append()");
      same(await history.list(10), entries, "The list");
    },
  },
  {
    name: "history loses no entry of several processes that append at once",
    appliesTo: hasHistory,
    async run(place) {
      const histories = [place.store.history!, (await place.another()).history!];
      const entries = Array.from({ length: 40 }, (_, i) => `{"number":${i},"text":"${"x".repeat(i * 10)}"}`);
      await inTime(Promise.all(entries.map((entry, i) => histories[i % 2]!.append(entry))), "append()");
      same((await histories[0]!.list(100)).sort(), entries.sort(), "The list");
    },
  },
  {
    name: "history cannot be listed while the place is unreachable",
    appliesTo: (abilities) => hasHistory(abilities) && abilities.canInterrupt,
    async run({ store, fixture }) {
      const history = store.history!;
      await history.append("{}");
      const repair = await fixture.interrupt!();
      let outcome: Promise<{ value: string[] } | { error: unknown }>;
      try {
        outcome = outcomeOf(history.list(10));
        await settlesWithin(outcome, 1_000);
      } finally {
        await repair();
      }
      const settled = await inTime(outcome, "list()");
      if ("value" in settled) same(settled.value, ["{}"], "The list that was asked for while it was unreachable");
      await until(async () => (await history.list(10)).join() === "{}", "list() gives the entry again");
    },
  },
  {
    name: "now() gives the time of one clock to every process",
    appliesTo: ({ hasClock }) => hasClock,
    async run(place) {
      const another = await place.another();
      let last = 0;
      for (let i = 0; i < 10; i++) {
        const now = await inTime((i % 2 ? place.store : another).now!(), "now()");
        check(Number.isFinite(now) && now >= last, `now() gave ${now} after ${last}`);
        last = now;
      }
    },
  },
];
