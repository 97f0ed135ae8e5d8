import type { MaintenanceStore } from "../types/store.ts";
import type { Case } from "./case.ts";
import { check, inTime, outcomeOf, same, settlesWithin, until } from "./check.ts";
import { type Abilities, read, readStored } from "./place.ts";

const always = (): boolean => true;
const canWrite = ({ canWrite }: Abilities): boolean => canWrite;
const canReplace = ({ canWrite, canReplace }: Abilities): boolean => canWrite && canReplace;
const canInterrupt = ({ canInterrupt }: Abilities): boolean => canInterrupt;
const canInterruptWrite = ({ canInterrupt, canWrite }: Abilities): boolean => canInterrupt && canWrite;

const LONG = 60_000;

/** Texts that a store or its place might change or mistake for something else. */
const TEXTS: readonly (readonly [what: string, text: string])[] = [
  ["a state", '{\n  "mode": "on",\n  "reason": "Moving to a bigger database"\n}\n'],
  ["an empty text", ""],
  ["white space", " \r\n\t\n"],
  ["unicode", '{ "mode": "on", "reason": "Größere Datenbank — 移行中 🚧\u2028" }'],
  ["a text of 60 kB", `{ "mode": "on", "reason": "${"x".repeat(LONG)}" }`],
  ["half a state", '{ "mode": "on", "reas'],
  ["text that is not JSON", "<!doctype html>\n<title>Log in</title>"],
  ["the word null", "null"],
  ["the word undefined", "undefined"],
  ["the word false", "false"],
  ["a number", "0"],
  ["a number with an exponent", "1e3"],
  ["a number that is rounded", "12345678901234567890"],
  ["text in quotes", '"on"'],
  ["JSON with a field that is read twice", '{"mode":"off","mode":"on","__proto__":{}}'],
];

/** The promises about reading and writing. */
export const storeCases: readonly Case[] = [
  {
    name: "read() resolves to undefined where nothing is stored",
    appliesTo: always,
    run: async ({ store }) => same(await read(store), undefined, "read()"),
  },
  ...TEXTS.map(([what, text]): Case => ({
    name: `read() gives ${what} as it was stored`,
    appliesTo: ({ canWrite, canPut, refusesEmpty }) => (canWrite || canPut) && !(refusesEmpty && text.trim() === ""),
    async run(place) {
      await place.give(text);
      same((await readStored(place.store)).text, text, "The text");
    },
  })),
  {
    name: "read() rejects for an empty text and for white space",
    appliesTo: ({ canPut, refusesEmpty }) => canPut && refusesEmpty,
    async run({ store, fixture }) {
      for (const text of ["", " \r\n\t\n"]) {
        await fixture.put!(text);
        check("error" in await outcomeOf(read(store)), `read() resolved for ${JSON.stringify(text)}`);
      }
      await fixture.put!("one");
      same((await readStored(store)).text, "one", "The next text");
    },
  },
  {
    name: "read() gives a text that another program wrote, and undefined once the text was removed",
    appliesTo: ({ canPut, canRemove }) => canPut && canRemove,
    async run({ store, fixture }) {
      await fixture.put!("one");
      same((await readStored(store)).text, "one", "The first text");
      await fixture.put!("two");
      same((await readStored(store)).text, "two", "The second text");
      await fixture.remove!();
      same(await read(store), undefined, "read() after the text was removed");
    },
  },
  {
    name: "read() gives the text of another program as it was stored",
    appliesTo: ({ canPut, canWrite }) => canPut && canWrite,
    async run({ store, fixture }) {
      for (const [what, text] of TEXTS) {
        await fixture.put!(text);
        same((await readStored(store)).text, text, `The text of another program, ${what},`);
      }
    },
  },
  {
    name: "read() settles when its signal is aborted",
    appliesTo: always,
    async run({ store }) {
      await inTime(outcomeOf(store.read(AbortSignal.abort())), "read() with an aborted signal");
      const controller = new AbortController();
      const outcome = outcomeOf(store.read(controller.signal));
      controller.abort();
      await inTime(outcome, "read() with a signal that is aborted meanwhile");
      await read(store);
    },
  },
  {
    name: "write() is seen by another process as soon as it has settled",
    appliesTo: ({ canWrite, hasAnother }) => canWrite && hasAnother,
    async run(place) {
      const { store } = place;
      const another = await place.another();
      same(await read(another), undefined, "read() by another process before");
      for (const text of ["one", "two", "", "one"]) {
        const version = await inTime(store.write!(text), "write()");
        const stored = await readStored(another);
        same(stored.text, text, "The text that another process reads");
        same(stored.version, version, "The version that another process reads");
      }
      await another.write!("three");
      same((await readStored(store)).text, "three", "The text that another process wrote");
    },
  },
  {
    name: "write() resolves to the version that read() gives, another one each time",
    appliesTo: canWrite,
    async run({ store }) {
      const versions: (string | undefined)[] = [];
      for (let i = 0; i < 20; i++) {
        const version = await inTime(store.write!(i < 10 ? "same" : `text ${i}`), "write()");
        same((await readStored(store)).version, version, "The version");
        same((await readStored(store)).version, version, "The version read again");
        versions.push(version);
      }
      if (versions.every((version) => version === undefined)) return;
      for (const version of versions) {
        check(typeof version === "string", "Some writings have a version and others do not");
      }
      same(new Set(versions).size, 20, "The number of versions of 20 writings, ten of them of one text");
    },
  },
  {
    name: "write() by twenty at once leaves one of their texts, whole",
    appliesTo: canWrite,
    async run(place) {
      const stores = [place.store, await place.another()];
      const texts = Array.from({ length: 20 }, (_, i) => `${i} `.repeat(1_000));
      const versions = await inTime(Promise.all(texts.map((text, i) => stores[i % 2]!.write!(text))), "write()");
      const { text, version } = await readStored(place.store);
      check(texts.includes(text), "The stored text is none of those that were written");
      same(version, versions[texts.indexOf(text)], "The version");
    },
  },
  {
    name: "read() never gives a part of a text, or nothing, while another one is written",
    appliesTo: canWrite,
    async run(place) {
      const { store } = place;
      const another = await place.another();
      const texts = ["a".repeat(LONG), "b".repeat(40)];
      await store.write!(texts[0]!);
      let isDone = false;
      const writing = (async () => {
        for (let i = 1; i < 40; i++) await another.write!(texts[i % 2]!);
      })().finally(() => isDone = true);
      while (!isDone) {
        const { text } = await readStored(store);
        check(texts.includes(text), `read() gave a text of ${text.length} characters that nobody wrote`);
      }
      await writing;
    },
  },
  {
    name: "replace() stores a text only if the expected one is stored",
    appliesTo: canReplace,
    async run({ store }) {
      same(
        await inTime(store.replace!("no", "absent"), "replace()"),
        undefined,
        "replace() of a text that is not stored",
      );
      same(await read(store), undefined, "read() after a replace() that was refused");

      const first = await inTime(store.replace!("one", undefined), "replace()");
      check(first !== undefined, "replace() of nothing was refused although nothing was stored");
      const stored = await readStored(store);
      same(stored.text, "one", "The text");
      same(first.version, stored.version, "The version");

      same(await store.replace!("no", undefined), undefined, "replace() of nothing while something is stored");
      same(await store.replace!("no", "on"), undefined, "replace() of another text");
      same(await store.replace!("no", ""), undefined, "replace() of the empty text");
      same((await readStored(store)).text, "one", "The text after a replace() that was refused");

      check(await store.replace!("", "one"), "replace() of the stored text was refused");
      same(await store.replace!("no", undefined), undefined, "replace() of nothing while the empty text is stored");
      const last = await store.replace!("🚧", "");
      check(last, "replace() of the stored empty text was refused");
      same((await readStored(store)).text, "🚧", "The text");
      same((await readStored(store)).version, last.version, "The version");
      check(await store.replace!("same", "🚧"), "replace() of a text with unicode was refused");
      check(await store.replace!("same", "same"), "replace() of a text by itself was refused");
    },
  },
  {
    name: "replace() by several at once succeeds for only one",
    appliesTo: canReplace,
    async run(place) {
      const stores = [place.store, await place.another()];
      let expected: string | undefined;
      for (let round = 0; round < 10; round++) {
        const texts = Array.from({ length: round < 8 ? 2 : 10 }, (_, i) => `round ${round}, operator ${i}`);
        const tries = texts.map((text, i) => stores[(i + round) % 2]!.replace!(text, expected));
        const results = await inTime(Promise.all(tries), "replace()");
        const winners = texts.filter((_, i) => results[i] !== undefined);
        same(winners.length, 1, `How many of ${texts.length} succeeded in round ${round}`);
        const stored = await readStored(place.store);
        same(stored.text, winners[0], "The text");
        same(stored.version, results[texts.indexOf(stored.text)]!.version, "The version");
        expected = stored.text;
      }
    },
  },
  {
    name: "read() rejects while the place is unreachable, and gives the same text afterwards",
    appliesTo: (abilities) => canInterrupt(abilities) && (abilities.canWrite || abilities.canPut),
    async run(place) {
      const { store, fixture } = place;
      await place.give("before");
      same((await readStored(store)).text, "before", "The text");
      const repair = await fixture.interrupt!();
      try {
        for (let i = 0; i < 3; i++) await rejects(store);
      } finally {
        await repair();
      }
      await until(async () => (await readStored(store)).text === "before", "read() gives the text again");
      await until(() => place.give("after").then(() => true), "Something can be stored again");
      same((await readStored(store)).text, "after", "The text that was stored after the interruption");
    },
  },
  {
    name: "read() rejects while the place of a store that was never read is unreachable",
    appliesTo: canInterrupt,
    async run(place) {
      const repair = await place.fixture.interrupt!();
      try {
        await rejects(place.store);
      } finally {
        await repair();
      }
      await until(async () => await read(place.store) === undefined, "read() resolves again");
    },
  },
  {
    name: "write() while the place is unreachable stores the text if it resolves, and never later",
    appliesTo: canInterruptWrite,
    async run({ store, fixture }) {
      await store.write!("before");
      const repair = await fixture.interrupt!();
      const writing = outcomeOf(store.write!("meanwhile"));
      try {
        await settlesWithin(writing, 1_000);
      } finally {
        await repair();
      }
      const outcome = await inTime(writing, "write()");
      await until(() => read(store).then(() => true), "read() resolves again");
      if ("value" in outcome) same((await readStored(store)).text, "meanwhile", "The text that was written meanwhile");
      await until(() => store.write!("after").then(() => true), "write() resolves again");
      for (let i = 0; i < 20; i++) same((await readStored(store)).text, "after", "The text that was written last");
    },
  },
];

/** Expects a read to reject, at the latest a moment after its signal is aborted. */
async function rejects(store: MaintenanceStore): Promise<void> {
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort(), 500);
  const outcome = await inTime(outcomeOf(store.read(controller.signal)), "read() of a place that is unreachable");
  clearTimeout(timer);
  check("error" in outcome, "read() resolved although the place is unreachable");
}
