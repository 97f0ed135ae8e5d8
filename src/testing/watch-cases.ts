import type { MaintenanceStore, Unwatch } from "../types/store.ts";
import type { Case } from "./case.ts";
import { check, inTime, same, settlesWithin, until } from "./check.ts";
import { type Abilities, read } from "./place.ts";

const canWatch = ({ canWatch, canWrite, canPut }: Abilities): boolean => canWatch && (canWrite || canPut);

/** The promises about watching and closing. */
export const watchCases: readonly Case[] = [
  {
    name: "watch() reports the writes of another process",
    appliesTo: (abilities) => canWatch(abilities) && abilities.canWrite && abilities.hasAnother,
    async run(place) {
      const another = await place.another();
      await follow(place.store, async (latest) => {
        for (const text of ["one", "two", ""]) {
          await another.write!(text);
          await until(() => latest() === text, `watch() reports ${JSON.stringify(text)}`);
        }
        for (let i = 0; i < 100; i++) await another.write!(`text ${i}`);
        await until(() => latest() === "text 99", "watch() reports the last of 100 texts");
      });
    },
  },
  {
    name: "watch() reports the writes of the store itself",
    appliesTo: (abilities) => canWatch(abilities) && abilities.canWrite,
    async run({ store }) {
      await follow(store, async (latest) => {
        await store.write!("one");
        await until(() => latest() === "one", "watch() reports a text");
        if (store.replace) {
          check(await store.replace("two", "one"), "replace() was refused");
          await until(() => latest() === "two", "watch() reports a text by replace()");
        }
      });
    },
  },
  {
    name: "watch() reports what another program writes and removes",
    appliesTo: (abilities) => canWatch(abilities) && abilities.canPut && abilities.canRemove,
    async run({ store, fixture }) {
      await follow(store, async (latest) => {
        for (const text of fixture.refusesEmpty ? ["one", "two"] : ["one", "", "two"]) {
          await fixture.put!(text);
          await until(() => latest() === text, `watch() reports ${JSON.stringify(text)}`);
        }
        await fixture.remove!();
        await until(() => latest() === undefined, "watch() reports that the text was removed");
        await fixture.put!("three");
        await until(() => latest() === "three", "watch() reports that it is back");
      });
    },
  },
  {
    name: "watch() no longer calls a listener that has stopped it, and still calls the others",
    appliesTo: (abilities) => canWatch(abilities),
    async run(place) {
      const { store } = place;
      let calls = 0;
      const unwatch = await inTime(Promise.resolve(store.watch!(() => calls++, () => calls++)), "watch()");
      await follow(store, async (latest) => {
        await place.give("one");
        await until(() => calls > 0 && latest() === "one", "watch() reports the first text");
        await inTime(Promise.resolve(unwatch()), "The function that stops watching");
        const before = calls;
        for (const text of ["two", "three"]) {
          await place.give(text);
          await until(() => latest() === text, `watch() reports ${JSON.stringify(text)}`);
        }
        same(calls, before, "The number of calls after it was stopped");
      });
    },
  },
  {
    name: "watch() continues after the place was unreachable, or reports that it failed",
    appliesTo: (abilities) => canWatch(abilities) && abilities.canInterrupt,
    async run(place) {
      const { store, fixture } = place;
      let isAfter = false;
      let told = 0;
      let failed = 0;
      const unwatch = await inTime(
        Promise.resolve(store.watch!(() => void (isAfter && told++), () => failed++)),
        "watch()",
      );
      const repair = await fixture.interrupt!();
      await settlesWithin(new Promise(() => {}), 50);
      await repair();
      await until(() => read(store).then(() => true), "read() resolves again");
      await until(async () => {
        isAfter = true;
        if (failed === 0 && told === 0) await place.give(`text ${Date.now()}`);
        return failed > 0 || told > 0;
      }, "watch() reports a text or that it failed");
      check(failed <= 1, `failed() was called ${failed} times`);
      await inTime(Promise.resolve(unwatch()), "The function that stops watching");
    },
  },
  {
    name: "close() stops watching and does not throw",
    appliesTo: () => true,
    async run(place) {
      const store = await place.another();
      let calls = 0;
      const unwatch = await store.watch?.(() => calls++, () => calls++);
      await read(store);
      if (unwatch) await unwatch();
      await place.closeStore(store);
      const before = calls;
      if (store === place.store || !store.watch || !place.store.write) return;
      await follow(place.store, async (latest) => {
        await place.give("one");
        await until(() => latest() === "one", "watch() of another store reports a text");
      });
      same(calls, before, "The number of calls after it was closed");
    },
  },
];

/** Watches a store while a function runs. Reads at each change, as a live state does. */
async function follow(
  store: MaintenanceStore,
  run: (latest: () => string | undefined) => Promise<void>,
): Promise<void> {
  let latest: string | undefined = "no change was reported";
  let isDue = false;
  let isReading = false;
  const problems: unknown[] = [];
  const changed = async (): Promise<void> => {
    isDue = true;
    if (isReading) return;
    isReading = true;
    while (isDue) {
      isDue = false;
      await read(store).then((stored) => latest = stored?.text, (error) => problems.push(error));
    }
    isReading = false;
  };
  const failed = (error: unknown): void => void problems.push(error);
  const unwatch: Unwatch = await inTime(Promise.resolve(store.watch!(() => void changed(), failed)), "watch()");
  try {
    await run(() => latest);
  } catch (error) {
    if (problems.length === 0) throw error;
    throw new Error(String(error), { cause: problems[0] });
  } finally {
    await inTime(Promise.resolve(unwatch()), "The function that stops watching");
  }
  check(problems.length === 0, `Nothing was interrupted, yet watching or reading failed: ${problems[0]}`);
}
