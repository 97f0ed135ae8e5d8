import type { Case } from "./case.ts";
import { inTime, outcomeOf, same, settlesWithin, until } from "./check.ts";
import { type Abilities, read } from "./place.ts";

const hasInstances = ({ hasInstances }: Abilities): boolean => hasInstances;

/** The promises about the records of processes. */
export const instanceCases: readonly Case[] = [
  {
    name: "instances are kept, replaced, listed and deleted by their id",
    appliesTo: hasInstances,
    async run(place) {
      const { instances } = place.store;
      const others = (await place.another()).instances!;
      const list = async () => (await inTime(others.list(), "list()")).sort();
      same(await list(), [], "The list at first");
      await inTime(instances!.put("a-1", "one", 60_000), "put()");
      await others.put("b-2", "two", 60_000);
      same(await list(), ["one", "two"], "The list");
      same((await instances!.list()).sort(), ["one", "two"], "The list of another");
      await instances!.put("a-1", "three", 60_000);
      same(await list(), ["three", "two"], "The list after a record was replaced");
      await inTime(instances!.delete("a-1"), "delete()");
      await instances!.delete("a-1");
      await instances!.delete("nobody");
      same(await list(), ["two"], "The list after a record was deleted");
      same(await read(place.store), undefined, "The state, which instances must not change");
    },
  },
  {
    name: "instances expire by themselves, and not while they are kept up",
    appliesTo: hasInstances,
    async run(place) {
      const instances = place.store.instances!;
      const others = (await place.another()).instances!;
      await Promise.all([
        instances.put("kept-up", "kept up", 200),
        instances.put("dead", "dead", 200),
        others.put("alive", "alive", 60_000),
      ]);
      await instances.put("kept-up", "kept up", 60_000);
      await until(async () => !(await others.list()).includes("dead"), "A record of 200 ms expires");
      // A store that has not been asked meanwhile may need as long to be sure.
      await until(
        async () => !(await instances.list()).includes("dead"),
        "It also expires for a store that was not asked before",
      );
      same((await instances.list()).sort(), ["alive", "kept up"], "The records that have not expired");
      await instances.put("dead", "back", 60_000);
      same((await others.list()).sort(), ["alive", "back", "kept up"], "The records with one that is back");
    },
  },
  {
    name: "instances of a hundred processes with records of all kinds are listed whole",
    appliesTo: hasInstances,
    async run({ store }) {
      const instances = store.instances!;
      const strange = [
        "",
        "null",
        '{"text":"\\"\\n\u2028"}',
        "Größe 🚧\u0000\r\n",
        "x".repeat(8_000),
        "a,b:c|d",
        "../../etc",
      ];
      const records = Array.from({ length: 100 }, (_, i) => i < strange.length ? strange[i]! : `{"number":${i}}`);
      const id = (i: number): string => `${i}-0b9f7c1e-5a55-4bd6-9d0e-5d3c0A${i}`;
      const putting = Promise.all(records.map((record, i) => instances.put(id(i), record, 60_000)));
      await inTime(putting, "put()");
      same((await instances.list()).sort(), [...records].sort(), "The list");
      await Promise.all(records.map((_, i) => instances.delete(id(i))));
      same(await instances.list(), [], "The list after all were deleted");
    },
  },
  {
    name: "instances cannot be listed while the place is unreachable",
    appliesTo: (abilities) => hasInstances(abilities) && abilities.canInterrupt,
    async run({ store, fixture }) {
      const instances = store.instances!;
      await instances.put("a", "a", 60_000);
      const repair = await fixture.interrupt!();
      let outcome: Promise<{ value: string[] } | { error: unknown }>;
      try {
        outcome = outcomeOf(instances.list());
        await settlesWithin(outcome, 1_000);
      } finally {
        await repair();
      }
      const settled = await inTime(outcome, "list()");
      if ("value" in settled) same(settled.value, ["a"], "The list that was asked for while it was unreachable");
      await until(async () => (await instances.list()).join() === "a", "list() gives the record again");
    },
  },
];
