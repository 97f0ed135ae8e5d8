import { Ajv2020 } from "ajv/dist/2020.js";
import { expect, test } from "vitest";
import { adminHandler } from "../../src/admin.ts";
import { openapi } from "../../src/admin/openapi.ts";
import { METHODS, resourceOf } from "../../src/admin/routes.ts";
import { liveState } from "../../src/state.ts";
import { memoryStore } from "../../src/stores/memory.ts";

// deno-lint-ignore no-explicit-any -- a document of JSON
const document = openapi() as any;

test("the document names each path of the API with its methods, and no other", () => {
  const paths = Object.entries<Record<string, unknown>>(document.paths);
  expect(paths).toHaveLength(8);
  for (const [path, operations] of paths) {
    const { kind } = resourceOf(`/ops${path.replace("{name}", "shop")}`, "/ops")!;
    const methods = Object.keys(operations).filter((name) => name !== "parameters").map((name) => name.toUpperCase());
    expect([path, methods.sort()]).toEqual([path, METHODS[kind].filter((method) => method !== "HEAD").sort()]);
  }
});

test("answers are as the document says", async () => {
  const ajv = new Ajv2020({ strict: false, formats: { "date-time": true } });
  ajv.addSchema({ ...document, $id: "openapi" });
  const check = (name: string, value: unknown) => {
    const validate = ajv.getSchema(`openapi#/components/schemas/${name}`)!;
    expect([name, validate(value) || validate.errors]).toEqual([name, true]);
  };
  const state = liveState(memoryStore());
  await state.set({
    mode: "on",
    reason: { en: "Moving" },
    bypass: "0123456789abcdef",
    retryAfter: 60,
    status: 503,
    windows: {
      shop: { mode: "read-only", urls: ["/shop/*"], recurring: [{ cron: "0 1 * * SUN", duration: "1h" }], note: "n" },
    },
  });
  const admin = adminHandler({ state, authorize: () => true });
  const read = async (path: string, init?: RequestInit) =>
    (await admin(new Request(`https://ops.test/api/${path}`, init))).json();
  check("State", await read("state"));
  check("Part", await read("windows/shop"));
  check("Fleet", await read("fleet"));
  check("History", await read("history"));
  check("Problem", await read("windows/none"));
  check("Problem", await read("window", { method: "DELETE" }));
  expect(await read("openapi.json")).toEqual(JSON.parse(JSON.stringify(document)));
  await state.close();
});
