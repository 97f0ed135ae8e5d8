import { buildSchema, type GraphQLError, parse, specifiedRules, validate } from "graphql";
import { expect, test } from "vitest";
import { readOnlyApolloPlugin, type ReadOnlyOptions, readOnlyRule, readOnlyYogaPlugin } from "../../src/graphql.ts";
import { type Decision, type Maintenance, maintenanceMode } from "../../src/index.ts";
import { liveState } from "../../src/state.ts";
import { memoryStore } from "../../src/stores/memory.ts";
import { maintenanceMode as tiny } from "../../src/tiny.ts";
import { optionError } from "../_errors.ts";

const schema = buildSchema("type Query { a: Int } type Mutation { b: Int } type Subscription { c: Int }");
const request = new Request("https://site.test/graphql", { method: "POST" });

function errorsOf(document: string, ...given: Parameters<typeof readOnlyRule>): readonly GraphQLError[] {
  return validate(schema, parse(document), [...specifiedRules, readOnlyRule(...given)]);
}

/** What the plugin of Yoga makes of a mutation. */
async function mutate(
  maintenance: Maintenance,
  contextValue: object,
  options: ReadOnlyOptions<object>,
): Promise<string | undefined> {
  let message: string | undefined;
  await readOnlyYogaPlugin(maintenance, options).onExecute({
    args: { document: parse("mutation { b }"), contextValue },
    setResultAndStopExecution({ errors: [error] }) {
      message = (error as unknown as GraphQLError).message;
    },
  });
  return message;
}

test("readOnlyRule() refuses mutations alone, and each document once", () => {
  const maintenance = maintenanceMode({ enabled: true });
  expect(errorsOf("query A { a } subscription C { c }", maintenance, request)).toEqual([]);
  const errors = errorsOf("query A { a } mutation B { b } mutation C { b }", maintenance, request);
  expect(errors.map(({ locations }) => locations)).toEqual([[{ line: 1, column: 15 }]]);
});

test("readOnlyRule() lets mutations pass where the gate lets the request in for another reason than reading", () => {
  const maintenance = maintenanceMode({ enabled: true, internalIps: ["192.0.2.1"], ignoreUrls: ["POST /open"] });
  expect(errorsOf("mutation { b }", maintenance, request)).toHaveLength(1);
  expect(errorsOf("mutation { b }", maintenance, request, { clientIp: "192.0.2.1" })).toEqual([]);
  expect(errorsOf("mutation { b }", maintenance, request, { isStaff: true })).toEqual([]);
  expect(errorsOf("mutation { b }", maintenance, new Request("https://site.test/open", { method: "POST" }))).toEqual(
    [],
  );
  expect(errorsOf("mutation { b }", maintenanceMode(), request)).toEqual([]);
});

test("readOnlyRule() refuses mutations of an unknown request while the gate is active", () => {
  expect(errorsOf("mutation { b }", maintenanceMode({ enabled: true, ignoreUrls: ["/*"] }))).toHaveLength(1);
  expect(errorsOf("mutation { b }", maintenanceMode())).toEqual([]);
});

test("readOnlyRule() refuses mutations until the store was read, but where the options of the gate let them in", async () => {
  const memory = memoryStore();
  let answer = () => {};
  const isSlow = new Promise<void>((resolve) => answer = resolve);
  const state = liveState({ name: "slow", read: (signal) => isSlow.then(() => memory.read(signal)) });
  const maintenance = maintenanceMode({ state, ignoreUrls: ["POST /open"] });
  const errors = errorsOf("mutation { b }", maintenance, request);
  expect(errors.map(({ extensions }) => extensions["code"])).toEqual(["SERVICE_UNAVAILABLE"]);
  expect(errorsOf("mutation { b }", maintenance)).toHaveLength(1);
  expect(errorsOf("{ a }", maintenance, request)).toEqual([]);
  expect(errorsOf("mutation { b }", maintenance, new Request("https://site.test/open", { method: "POST" }))).toEqual(
    [],
  );
  answer();
  await state.ready;
  await new Promise((resolve) => setTimeout(resolve));
  expect(errorsOf("mutation { b }", maintenance, request)).toEqual([]);
  await state.close();
});

test.each<["off" | "on", number]>([["off", 0], ["on", 1]])(
  'readOnlyRule() does as "initial" says, %s, once the store has not answered in time',
  async (initial, count) => {
    const never = () => new Promise<never>(() => {});
    const state = liveState({ name: "silent", read: never }, { initial, startTimeoutMs: 50, onError() {} });
    const maintenance = maintenanceMode({ state });
    expect(errorsOf("mutation { b }", maintenance, request)).toHaveLength(1);
    await state.ready;
    await new Promise((resolve) => setTimeout(resolve));
    expect(errorsOf("mutation { b }", maintenance, request)).toHaveLength(count);
    await state.close();
  },
);

test("readOnlyRule() takes the request of a Node server", () => {
  const maintenance = maintenanceMode({ enabled: true, ignoreUrls: ["POST /open"] });
  const nodeRequest = (url: string) => ({ method: "POST", url, headers: { host: "site.test" }, socket: {} });
  expect(errorsOf("mutation { b }", maintenance, nodeRequest("/open"))).toEqual([]);
  expect(errorsOf("mutation { b }", maintenance, nodeRequest("/graphql"))).toHaveLength(1);
});

test("a refused mutation says what the gate's own answer says, whichever gate it is", () => {
  for (const maintenance of [maintenanceMode, tiny].map((make) => make({ enabled: true, retryAfter: 60 }))) {
    const [error] = errorsOf("mutation { b }", maintenance, request);
    expect(error?.message).toMatch(/^We are working on this site/);
    expect(error?.extensions).toEqual({ code: "SERVICE_UNAVAILABLE", status: 503, retryAfter: 60, mode: "on" });
  }
});

test.each([
  ["handler503", maintenanceMode({ enabled: true, handler503: () => new Response("Closed", { status: 500 }) }), 500],
  ["responseType", maintenanceMode({ enabled: true, responseType: "html" }), 503],
])("a refused mutation has words of its own where %s leaves none", (_option, maintenance, status) => {
  const [error] = errorsOf("mutation { b }", maintenance, request);
  expect(error?.message).toBe("This site is read-only for maintenance.");
  expect(error?.extensions).toEqual({ code: "SERVICE_UNAVAILABLE", status, mode: "read-only" });
});

test("onDecision learns of each refused mutation, without what could be a secret", () => {
  const told: [Decision, string][] = [];
  const maintenance = maintenanceMode({
    enabled: true,
    bypassSecret: "correct-horse-battery",
    onDecision: (decision, { url }) => void told.push([decision, url]),
  });
  errorsOf(
    "query A { a } mutation { b }",
    maintenance,
    new Request(`${request.url}?maintenance-bypass=wrong-horse-1234`),
  );
  expect(told).toEqual([[
    { outcome: "answer", because: "maintenance" },
    `${request.url}?maintenance-bypass=%E2%80%A6`,
  ]]);
});

test("the plugins ask ctx only for what would be refused otherwise, and a failing one lets nobody in", async () => {
  const errors: unknown[] = [];
  const maintenance = maintenanceMode({
    enabled: true,
    ignoreUrls: ["POST /open"],
    onError: (error) => void errors.push(error),
  });
  let calls = 0;
  const ctx = async () => {
    calls++;
    return await Promise.resolve({ isStaff: true });
  };
  expect(await mutate(maintenance, { request }, { ctx })).toBe(undefined);
  expect(calls).toBe(1);
  expect(await mutate(maintenance, { request: new Request("https://site.test/open", { method: "POST" }) }, { ctx }))
    .toBe(undefined);
  expect(calls).toBe(1);
  const broken = () => Promise.reject(new Error("broken"));
  expect(await mutate(maintenance, { request }, { ctx: broken })).toMatch(/^We are working/);
  const lost = () => {
    throw new Error("lost");
  };
  expect(await mutate(maintenance, { request }, { request: lost })).toMatch(/^We are working|read-only/);
  expect(errors).toEqual([new Error("broken"), new Error("lost")]);
});

test("the plugins find the request in the context of the server", async () => {
  const maintenance = maintenanceMode({ enabled: true, ignoreUrls: ["POST /graphql"] });
  expect(await mutate(maintenance, { request }, {})).toBe(undefined);
  expect(await mutate(maintenance, { req: request }, {})).toBe(undefined);
  const moved = new Request("https://site.test/graphql?/other");
  const req = { method: "POST", url: "/other", headers: { host: "site.test/graphql?" }, socket: {} };
  expect(await mutate(maintenance, { request: moved, req }, {})).not.toBe(undefined);
  expect(await mutate(maintenance, { request: "none", own: request }, {})).not.toBe(undefined);
  const options = { request: (context: object) => (context as { own: Request }).own };
  expect(await mutate(maintenance, { own: request }, options)).toBe(undefined);
});

test.each([
  [() => readOnlyRule((() => undefined) as never), '"maintenance" must be a gate that maintenanceMode() returned'],
  [() => readOnlyYogaPlugin(maintenanceMode(), { ctxt: 1 } as never), 'unknown name "ctxt" in options'],
  [() => readOnlyApolloPlugin(maintenanceMode(), { ctx: {} as never }), '"ctx" must be a function'],
  [() => readOnlyApolloPlugin(maintenanceMode(), { request } as never), '"request" must be a function'],
])("maintenancemode/graphql refuses arguments that are not valid: %s", (make, message) => {
  expect(make).toThrow(optionError(expect.stringContaining(`Cannot refuse GraphQL mutations: ${message}`)));
});
