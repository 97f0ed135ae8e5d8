import { connect } from "node:net";
import { text } from "node:stream/consumers";
import { describe, expect, onTestFinished, test } from "vitest";
import { type Maintenance, maintenanceMode, type MaintenanceOptions } from "../../src/index.ts";
import { type LiveState, liveState, type MaintenanceState } from "../../src/state.ts";
import { memoryStore } from "../../src/stores/memory.ts";
import { type GraphqlServer, type Start, startApollo, startGraphqlHttp, startYoga } from "./_servers.ts";

const READ_ONLY: MaintenanceState = {
  mode: "read-only",
  reason: "Moving house",
  retryAfter: 600,
  reads: ["POST /graphql"],
};

interface Result {
  status: number;
  headers: Headers;
  // deno-lint-ignore no-explicit-any -- each test knows the form
  body: any;
}

async function ask(
  { url }: GraphqlServer,
  query: string,
  headers: Record<string, string> = {},
  more: object = {},
): Promise<Result> {
  const response = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json", accept: "application/graphql-response+json", ...headers },
    body: JSON.stringify({ query, ...more }),
  });
  return { status: response.status, headers: response.headers, body: await response.json() };
}

function siteWith(options: MaintenanceOptions = {}): { maintenance: Maintenance; state: LiveState } {
  const state = liveState(memoryStore());
  onTestFinished(() => state.close());
  return { maintenance: maintenanceMode({ ...options, state }), state };
}

const ADD = 'mutation { add(item: "a") }';

describe.each<[string, Start, { refused: number; refusedAsJson: number; hasFields: boolean }]>([
  ["GraphQL Yoga", startYoga, { refused: 503, refusedAsJson: 503, hasFields: true }],
  ["Apollo Server", startApollo, { refused: 503, refusedAsJson: 503, hasFields: true }],
  // It sends 400, or 200 as application/json, whatever a rule says.
  ["graphql-http", startGraphqlHttp, { refused: 400, refusedAsJson: 200, hasFields: false }],
])("%s", (_name, start, { refused, refusedAsJson, hasFields }) => {
  test("queries pass while the site is read-only, and mutations get errors", async () => {
    const { maintenance, state } = siteWith();
    const server = await start(maintenance);
    // What was valid before stays in the caches of servers.
    expect((await ask(server, ADD)).body).toEqual({ data: { add: 1 } });

    await state.set(READ_ONLY);
    expect((await ask(server, "{ items }")).body).toEqual({ data: { items: ["a"] } });
    const mutation = await ask(server, ADD);
    expect(mutation.body).toEqual({
      errors: [{
        message: expect.stringContaining("Moving house"),
        locations: [{ line: 1, column: 1 }],
        extensions: { code: "SERVICE_UNAVAILABLE", status: 503, retryAfter: 600, mode: "read-only" },
      }],
    });
    expect(mutation.status).toBe(refused);
    if (hasFields) {
      expect(mutation.headers.get("retry-after")).toBe("600");
      expect(mutation.headers.get("maintenance-mode")).toBe("read-only");
      expect(mutation.headers.get("cache-control")).toBe("no-store");
    }
    expect((await ask(server, ADD, { accept: "application/json" })).status).toBe(refusedAsJson);
    expect(server.items).toEqual(["a"]);

    // What was refused must not stay so.
    await state.set({ mode: "off" });
    expect((await ask(server, ADD)).body).toEqual({ data: { add: 2 } });
  });

  test("the one operation that is executed decides, in the visitor's language", async () => {
    const { maintenance, state } = siteWith();
    const server = await start(maintenance);
    await state.set({ mode: "read-only", reads: ["POST /graphql"] });
    const query = `query Read { items } mutation Write { add(item: "a") }`;
    const written = await ask(server, query, { "accept-language": "de" }, { operationName: "Write" });
    expect(written.body.errors[0].message).toContain("Sie können alles wie gewohnt lesen");
    if (start !== startGraphqlHttp) {
      expect((await ask(server, query, {}, { operationName: "Read" })).body).toEqual({ data: { items: [] } });
    }
    expect(server.items).toEqual([]);
  });

  test("a visitor who gets in for another reason may write", async () => {
    const { maintenance, state } = siteWith({ bypassSecret: "correct-horse-battery" });
    const server = await start(maintenance, ({ headers }) => headers["x-staff"] === "yes");
    await state.set(READ_ONLY);
    const mayWrite = async (headers: Record<string, string>) => "data" in (await ask(server, ADD, headers)).body;
    expect(await mayWrite({})).toBe(false);
    expect(await mayWrite({ "x-staff": "yes" })).toBe(true);
    expect(await mayWrite({ "maintenance-bypass": "correct-horse-battery" })).toBe(true);
    await state.set({ ...READ_ONLY, urls: ["/shop/*"] });
    expect(await mayWrite({})).toBe(true);
  });
});

test.each<[string, Start]>([["GraphQL Yoga", startYoga], ["Apollo Server", startApollo]])(
  "%s refuses the mutations in a batch",
  async (_name, start) => {
    const { maintenance, state } = siteWith();
    const { url, items } = await start(maintenance);
    await state.set(READ_ONLY);
    const response = await fetch(url, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify([{ query: "{ items }" }, { query: ADD }]),
    });
    const [read, written] = await response.json() as { data?: unknown; errors?: { extensions: object }[] }[];
    expect(read).toEqual({ data: { items: [] } });
    expect(written?.errors?.[0]?.extensions).toMatchObject({ code: "SERVICE_UNAVAILABLE" });
    expect(items).toEqual([]);
  },
);

test("GraphQL Yoga keeps sending events while the site is read-only", async () => {
  const { maintenance, state } = siteWith();
  const { url } = await startYoga(maintenance);
  await state.set(READ_ONLY);
  const query = new URLSearchParams({ query: "subscription { ticks }" });
  const response = await fetch(`${url}?${query}`, { headers: { accept: "text/event-stream" } });
  expect(await response.text()).toContain('data: {"data":{"ticks":1}}');
});

test("Apollo Server refuses mutations without a gate in front, also while the site is closed", async () => {
  const { maintenance, state } = siteWith();
  const server = await startApollo(maintenance);
  await state.set({ mode: "on", reason: "Moving house" });
  const { body } = await ask(server, ADD);
  expect(body.errors[0]).toMatchObject({
    message: expect.stringContaining("Moving house"),
    extensions: { mode: "on" },
  });
});

test("Apollo Server waits for the first reading of the store before a mutation", async () => {
  const memory = memoryStore();
  await memory.write(JSON.stringify(READ_ONLY));
  let answer = () => {};
  const isSlow = new Promise<void>((resolve) => answer = resolve);
  const state = liveState({ name: "slow", read: (signal) => isSlow.then(() => memory.read(signal)) });
  onTestFinished(() => state.close());
  const server = await startApollo(maintenanceMode({ state }));
  const asked = ask(server, ADD);
  setTimeout(answer, 50);
  expect((await asked).body.errors[0].message).toContain("Moving house");
  expect(server.items).toEqual([]);
});

test.each<[string, Start]>([["GraphQL Yoga", startYoga], ["Apollo Server", startApollo], [
  "graphql-http",
  startGraphqlHttp,
]])("%s lets no Host field move a mutation to another URL", async (_name, start) => {
  const { maintenance, state } = siteWith({ ignoreUrls: ["/health"] });
  const { url, items } = await start(maintenance);
  await state.set(READ_ONLY);
  const { hostname, port, pathname } = new URL(url);
  for (const host of ["a.test/health?", "a.test/health#", "a.test"]) {
    const socket = connect(Number(port), hostname);
    const body = JSON.stringify({ query: ADD });
    socket.write(
      `POST ${pathname} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\nContent-Type: application/json\r\n` +
        `Content-Length: ${body.length}\r\n\r\n${body}`,
    );
    expect(await text(socket)).not.toContain('"add"');
  }
  expect(items).toEqual([]);
});
