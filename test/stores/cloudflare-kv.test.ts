import { Miniflare } from "miniflare";
import { afterAll, describe, expect, test } from "vitest";
import { optionError } from "../_errors.ts";
import { type CloudflareKvNamespace, cloudflareKvStore } from "../../src/stores/cloudflare-kv.ts";

const { signal } = new AbortController();
const worker = new Miniflare({
  modules: true,
  script: "export default { fetch: () => new Response() }",
  kvNamespaces: ["KV"],
});
const namespace = (await worker.getKVNamespace("KV")) as unknown as CloudflareKvNamespace;
afterAll(() => worker.dispose());

test("cloudflareKvStore() keeps the text under its key, for other programs to read and write", async () => {
  const store = cloudflareKvStore(namespace);
  await store.write('{ "mode": "on" }');
  expect(await namespace.get("maintenancemode", { type: "text" })).toBe('{ "mode": "on" }');
  await namespace.put("maintenancemode", '{ "mode": "off" }');
  expect(await store.read(signal)).toEqual({ text: '{ "mode": "off" }' });
  expect(await cloudflareKvStore(namespace, { key: "shop" }).read(signal)).toBeUndefined();
});

test("cloudflareKvStore() asks a function for the namespace each time, and not before it is read", async () => {
  let current = undefined as CloudflareKvNamespace | undefined;
  const store = cloudflareKvStore(() => current!);
  await expect(store.read(signal)).rejects.toThrow(
    optionError(
      'Cannot open the Cloudflare KV store: "namespace()" must be a KV namespace, received undefined: ' +
        "write env and the name of the binding, as in env.MAINTENANCE",
    ),
  );
  current = namespace;
  await store.write("one");
  expect(await store.read(signal)).toEqual({ text: "one" });
});

test("cloudflareKvStore() says how long the text may be cached", async () => {
  const asked: object[] = [];
  const noting: CloudflareKvNamespace = {
    get: (key, options) => (asked.push(options), namespace.get(key, options)),
    put: (key, value) => namespace.put(key, value),
  };
  await cloudflareKvStore(noting).read(signal);
  await cloudflareKvStore(noting, { cacheTtl: 30 }).read(signal);
  expect(asked).toEqual([{ type: "text" }, { type: "text", cacheTtl: 30 }]);
});

test("cloudflareKvStore() is read while requests are handled, within the limits of the platform", () => {
  const store = cloudflareKvStore(namespace, { key: "shop" });
  expect(store).toMatchObject({ name: "cloudflare-kv:shop", perRequest: true, pollIntervalMs: 30_000 });
  for (const member of ["watch", "replace", "instances"]) expect(store).not.toHaveProperty(member);
});

describe("cloudflareKvStore() refuses", () => {
  test.each<[what: string, args: unknown[], message: string]>([
    [
      "a binding that is missing",
      [undefined],
      '"namespace" must be a KV namespace or a function that returns one, received undefined: ' +
      "write env and the name of the binding, as in env.MAINTENANCE",
    ],
    ["an empty key", [namespace, { key: "" }], '"key" must be a text of 1 to 512 bytes, received ""'],
    ["two dots", [namespace, { key: ".." }], '"key" must be a text of 1 to 512 bytes, received ".."'],
    [
      "a key of 513 bytes",
      [namespace, { key: `${"ü".repeat(256)}x` }],
      `"key" must be a text of 1 to 512 bytes, received "${"ü".repeat(100)}…"`,
    ],
    [
      "a time that is too short",
      [namespace, { cacheTtl: 29 }],
      '"cacheTtl" must be a whole number of seconds from 30, received 29',
    ],
    [
      "a name that is misspelt",
      [namespace, { cacheTTL: 60 }],
      'unknown name "cacheTTL" in options: did you mean "cacheTtl"?',
    ],
  ])("%s", (_what, args, message) => {
    expect(() => cloudflareKvStore(...args as Parameters<typeof cloudflareKvStore>)).toThrow(
      optionError(`Cannot open the Cloudflare KV store: ${message}`),
    );
  });
});
