import { optionError } from "../_errors.ts";
import { expect, test } from "vitest";
import { memoryStore } from "../../src/stores/memory.ts";
import { storeContract } from "../../src/testing.ts";

const contract = await storeContract(() => {
  const store = memoryStore();
  return { store, another: () => store };
});
for (const { name, run } of contract) test(`memoryStore(): ${name}`, run);

test("memoryStore() holds the text that it is given at first", async () => {
  const { signal } = new AbortController();
  expect((await memoryStore('{ "mode": "on" }').read(signal))?.text).toBe('{ "mode": "on" }');
  expect((await memoryStore("").read(signal))?.text).toBe("");
  expect(await memoryStore().read(signal)).toBeUndefined();
});

test("memoryStore() refuses anything but text", () => {
  expect(() => memoryStore({ mode: "on" } as never)).toThrow(
    optionError('Cannot open the memory store: "text" must be the text of a state, received an object'),
  );
});

test("memoryStore().read() gives versions that differ from that of the text it was given", async () => {
  const { signal } = new AbortController();
  const store = memoryStore("same");
  const before = await store.read(signal);
  await store.write("same");
  expect((await store.read(signal))?.version).not.toBe(before?.version);
});
