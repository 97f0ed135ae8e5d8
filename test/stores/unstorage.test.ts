import { mkdtempSync, rmSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createStorage, type Driver, prefixStorage, type Storage } from "unstorage";
import fsDriver from "unstorage/drivers/fs";
import httpDriver from "unstorage/drivers/http";
import { createStorageServer } from "unstorage/server";
import { afterAll, expect, test } from "vitest";
import { optionError } from "../_errors.ts";
import { unstorageStore } from "../../src/stores/unstorage.ts";

const { signal } = new AbortController();
const folder = mkdtempSync(join(tmpdir(), "maintenancemode-unstorage-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function read(storage: Storage): Promise<string | undefined> {
  return (await unstorageStore(storage).read(signal))?.text;
}

test("unstorageStore() keeps the text under its key, for other programs to read and write", async () => {
  const storage = createStorage({ driver: fsDriver({ base: join(folder, "shared") }) });
  const store = unstorageStore(storage, { key: "shop/maintenance" });
  await store.write('{ "mode": "on" }');
  expect(await readFile(join(folder, "shared/shop/maintenance"), "utf8")).toBe('{ "mode": "on" }');
  expect(await storage.getItem("shop:maintenance")).toEqual({ mode: "on" });
  await writeFile(join(folder, "shared/shop/maintenance"), "");
  expect(await store.read(signal)).toEqual({ text: "" });
});

test("unstorageStore() reads an object that somebody has stored as its JSON", async () => {
  const storage = createStorage();
  await storage.setItem("maintenancemode", { mode: "on" });
  expect(await read(storage)).toBe('{"mode":"on"}');
  await storage.setItemRaw("maintenancemode", { mode: "on" });
  expect(await read(storage)).toBe('{\n  "mode": "on"\n}\n');
});

test.each<[what: string, item: unknown, text: string]>([
  ["bytes", new TextEncoder().encode("Größe"), "Größe"],
  ["a part of a buffer", new TextEncoder().encode("xGrößex").subarray(1, -1), "Größe"],
  ["an ArrayBuffer", new TextEncoder().encode("Größe").buffer, "Größe"],
  ["a Blob", new Blob(["Größe"]), "Größe"],
  ["a stream", new Response("Größe").body, "Größe"],
  ["bytes that are not text", new Uint8Array([0x7b, 0xff]), "{\uFFFD"],
  ["true", true, "true"],
  ["0", 0, "0"],
])("unstorageStore() reads %s as text", async (_what, item, text) => {
  const storage = createStorage();
  await storage.setItemRaw("maintenancemode", item);
  expect(await read(storage)).toBe(text);
});

test("unstorageStore() reads an object that is not JSON as text that is not a state", async () => {
  const storage = createStorage();
  const circle: Record<string, unknown> = {};
  circle.circle = circle;
  await storage.setItemRaw("maintenancemode", circle);
  expect(await read(storage)).toBe("an object");
});

test("unstorageStore() reads what a driver keeps apart from its raw items, in the form in which it was written", async () => {
  // As db0 does, which has a column for each.
  const [texts, blobs] = [new Map<string, string>(), new Map<string, unknown>()];
  const driver: Driver = {
    hasItem: (key) => texts.has(key),
    getItem: (key) => texts.get(key) ?? null,
    getItemRaw: (key: string) => blobs.get(key) ?? null,
    setItem: (key, value) => void texts.set(key, value),
    getKeys: () => [...texts.keys()],
  };
  const storage = createStorage({ driver });
  const text = '{\n  "mode": "on",\n  "retryAfter": 600\n}\n';
  expect(await read(storage)).toBeUndefined();
  await unstorageStore(storage).write(text);
  expect(await read(storage)).toBe(text);
});

test("unstorageStore() reads a storage over HTTP, where the driver throws for what is not there", async () => {
  const server = createServer(createStorageServer(createStorage(), { authorize: () => {} }).handle);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const storage = createStorage({ driver: httpDriver({ base }) });
  expect(await read(storage)).toBeUndefined();
  await unstorageStore(storage).write('{ "mode": "on" }');
  expect(await read(storage)).toBe('{ "mode": "on" }');
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  await expect(read(storage)).rejects.toThrow();
});

test("unstorageStore() is not taken in by a file that is emptied before it is written", async () => {
  const contents = ["", "", "after"];
  const driver: Driver = {
    hasItem: () => true,
    getItem: () => contents.shift() ?? "after",
    getKeys: () => ["maintenancemode"],
  };
  expect(await read(createStorage({ driver }))).toBe("after");
});

test("unstorageStore().watch() tells of its own key only, with the prefix of a storage as without", async () => {
  const whole = createStorage();
  const storage = prefixStorage(whole, "data");
  let calls = 0;
  const unwatch = await unstorageStore(storage, { key: "maintenance" }).watch!(() => calls++, () => calls++);
  await storage.setItem("other", "x");
  await whole.setItem("data:not-maintenance", "x");
  expect(calls).toBe(0);
  await storage.setItem("maintenance", "x");
  expect(calls).toBe(1);
  // Once more a moment later, for what a watch of files does not tell.
  await expect.poll(() => calls).toBe(2);
  await whole.removeItem("data/maintenance");
  expect(calls).toBe(3);
  await unwatch();
  await storage.setItem("maintenance", "x");
  expect(calls).toBe(3);
});

test("unstorageStore() does not watch if it shall not", () => {
  expect(unstorageStore(createStorage(), { watch: false })).not.toHaveProperty("watch");
  expect(unstorageStore(createStorage(), { key: "shop:maintenance" }).name).toBe("unstorage:shop:maintenance");
});

test.each<[args: unknown[], message: string]>([
  [[undefined], '"storage" must be a storage of unstorage, received undefined: write unstorageStore(createStorage())'],
  [
    [new Map()],
    '"storage" must be a storage of unstorage, received an instance of Map: write unstorageStore(createStorage())',
  ],
  [[createStorage(), { key: ":" }], '"key" must be a text, received ":"'],
  [[createStorage(), { watch: 5 }], '"watch" must be true or false, received 5'],
  [[createStorage(), { base: "x" }], 'unknown name "base" in options: accepted are key, watch'],
])("unstorageStore() refuses the arguments %#", (args, message) => {
  expect(() => unstorageStore(...args as Parameters<typeof unstorageStore>)).toThrow(
    optionError(`Cannot open the unstorage store: ${message}`),
  );
});
