import { expect, test } from "vitest";
import { liveState } from "../../src/state/live-state.ts";
import { keepSchema } from "../../src/state/schema-key.ts";
import { readStore, replaceStored, revisionOf } from "../../src/state/store-calls.ts";
import { memoryStore } from "../../src/stores/memory.ts";
import { withoutAuthors } from "./_live.ts";

const ON = '{\n  "mode": "on"\n}\n';
const WITH = '{\n  "$schema": "./state.json",\n  "mode": "on"\n}\n';

test.each([
  ["the new text gets the address of the old one, in front", ON, '{ "mode": "off", "$schema": "./state.json" }', WITH],
  ["a byte order mark is in front of the old text", ON, '\ufeff{ "$schema": "./state.json", "mode": "off" }', WITH],
  ["the new text has an address", WITH, '{ "$schema": "./other.json", "mode": "off" }', WITH],
  ["the old text has none", ON, '{ "mode": "off" }', ON],
  ["the old text only speaks of one", ON, '{ "mode": "off", "reason": "\\"$schema\\"" }', ON],
  ["the address is not text", ON, '{ "$schema": 7, "mode": "off" }', ON],
  ["the old text is not JSON", ON, '{ "$schema": "./state.json", ', ON],
  ["there is no old text", ON, undefined, ON],
  ["the new text is empty, which means on", "", '{ "$schema": "./state.json", "mode": "on" }', ""],
])("keepSchema() where %s", (_, text, replaced, kept) => {
  expect(keepSchema(text, replaced)).toBe(kept);
});

test("replaceStored() keeps the address of the schema, and gives the revision of what is stored", async () => {
  const store = memoryStore('{ "$schema": "./state.json", "mode": "off" }');
  const revision = await replaceStored(store, ON, '{ "$schema": "./state.json", "mode": "off" }');
  const stored = await readStore(store);
  expect(stored?.text).toBe(WITH);
  expect(revision).toBe(revisionOf(stored));
});

test("set() and windows.set() keep the address of the schema, which no state shows", async () => {
  const store = memoryStore('{ "$schema": "./state.json", "mode": "off" }');
  await using state = liveState(store);
  await state.ready;
  await state.set({ mode: "on" });
  await state.windows.set("shop", { mode: "on", urls: ["/shop/*"] });
  const windows = { shop: { mode: "on", urls: ["/shop/*"] } };
  const stored = withoutAuthors(JSON.parse((await readStore(store))!.text));
  expect(stored).toEqual({ $schema: "./state.json", mode: "on", windows });
  expect(withoutAuthors(state.current)).toEqual({ mode: "on", windows });
});
