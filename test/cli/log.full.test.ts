import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { hasRedis, startRedis } from "../stores/_redis.ts";
import { cli, cliCommand, hasRuntime, makePlace } from "./_cli.ts";

const env = { TZ: "Europe/Amsterdam", MAINTENANCE_BY: "alice" };
const TIME = String.raw`\d{4}-\d\d-\d\d \d\d:\d\d:\d\d \+0[12]:00`;

test("log tells who changed what, when, why, and how long it lasted", async () => {
  const { store } = makePlace();
  const run = (...args: string[]) => cli([...args, "--store", store], { env });
  expect((await run("log")).stdout).toBe("No change is recorded.\n");
  await run("on", "--reason", "New database", "--note", "Ticket 4711", "--expected-end", "30m");
  await run("on", "--by", "bob", "--reason", "New disks");
  const off = await run("off");
  expect(off.stdout).toMatch(
    new RegExp(`^  lasted       \\d+s, since ${TIME}, by bob$`, "m"),
  );
  const { stdout } = await run("log");
  expect(stdout.replaceAll(new RegExp(TIME, "g"), "TIME").replaceAll(/ {2,}/g, "  ").replace(/\b\d+s\b/, "1s")).toBe(
    `TIME (Europe/Amsterdam)  CHANGE  LASTED  BY
TIME  off -> on  alice
  expected to end TIME
  reason: New database
  note: Ticket 4711
TIME  on: reason  bob
  expected to end TIME
  reason: New disks
  note: Ticket 4711
TIME  on -> off  1s  alice
`,
  );
  const columns = stdout.split("\n").filter((line) => /alice|BY/.test(line)).map((line) => line.search(/alice|BY/));
  expect(new Set(columns).size).toBe(1);
});

test("log says of what was planned when it begins, and of what recurs at which times", async () => {
  const { store } = makePlace();
  const run = (...args: string[]) => cli([...args, "--store", store], { env });
  const every = ["--every", "0 1 * * SUN", "--for", "1h", "--zone", "Europe/Paris"];
  await run("on", "--name", "later", "--start", "2036-01-15T02:00:00Z", "--end", "2036-01-15T03:00:00Z");
  await run("read-only", "--name", "sunday", ...every);
  const { stdout } = await run("log");
  expect(stdout).toContain("\n    from 2036-01-15 03:00:00 +01:00, until 2036-01-15 04:00:00 +01:00\n");
  expect(stdout).toContain("\n    every 0 1 * * SUN for 1h (Europe/Paris)\n");
  const { json } = await run("log", "--json");
  expect(json.history).toMatchObject([
    { window: "later", start: "2036-01-15T02:00:00Z" },
    { window: "sunday", recurring: [{ cron: "0 1 * * SUN", duration: "1h", timeZone: "Europe/Paris" }] },
  ]);
});

test("log prints the latest changes as JSON, the latest last", async () => {
  const { store } = makePlace();
  const run = (command: string, ...args: string[]) => cli([command, "--store", store, "--json", ...args], { env });
  await run("run", "--note", "Migration", "--allow-no-instances", "--wait", "1s", "--", "true");
  const { json, code } = await run("log");
  expect(code).toBe(0);
  expect(json).toEqual({
    store: expect.stringMatching(/^file:/),
    history: [
      {
        at: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
        by: "alice",
        from: "off",
        to: "on",
        what: "on",
        note: "Migration",
        revision: expect.any(String),
        replaced: "none.",
      },
      {
        at: expect.any(String),
        by: "alice",
        from: "on",
        to: "off",
        what: "off",
        lastedMs: expect.any(Number),
        revision: expect.any(String),
        replaced: expect.any(String),
      },
    ],
  });
  expect(json.history[1].replaced).toBe(json.history[0].revision);
  expect((await run("log", "--limit", "1")).json.history).toEqual([json.history[1]]);
  const refused = await run("log", "--limit", "0");
  expect(refused).toMatchObject({ code: 2, json: { error: { code: "usage" } } });
  expect(refused.json.error.message).toBe('"--limit" must be a number of changes from 1 to 1000, received "0"');
});

test("log names who has run a command, and what the way back has replaced, whoever else changes what meanwhile", async () => {
  const { store } = makePlace();
  const run = (command: string, ...args: string[]) => cli([command, "--store", store, ...args], { env });
  await run("on", "--name", "shop", "--by", "carol");
  const other = [...cliCommand(), "on", "--store", store, "--name", "blog", "--by", "erin"];
  const terms = ["--name", "shop", "--by", "dave", "--reason", "Migration", "--allow-no-instances", "--wait", "1s"];
  expect((await run("run", ...terms, "--", ...other)).code).toBe(0);
  const { json: { history } } = await run("log", "--json");
  const entries = history as { by: string; window: string; revision: string; replaced: string }[];
  expect(entries.map(({ by, window }) => [by, window])).toEqual([
    ["carol", "shop"],
    ["dave", "shop"],
    ["erin", "blog"],
    ["dave", "shop"],
  ]);
  expect(entries.slice(1).map(({ replaced }) => replaced)).toEqual(
    entries.slice(0, -1).map(({ revision }) => revision),
  );
});

test("who switches is kept with the state, and a change of a setting keeps since when", async () => {
  const { store, file } = makePlace();
  const run = (...args: string[]) => cli([...args, "--store", store, "--json"], { env });
  const { json: on } = await run("on", "--note", "Ticket 4711");
  expect(on.state).toMatchObject({ by: "alice", note: "Ticket 4711", since: expect.any(String) });
  const { json: more } = await run("on", "--by", "bob", "--reason", "New disks", "--note", "");
  expect(more.state).toMatchObject({ by: "bob", since: on.state.since, reason: "New disks" });
  expect(more.state).not.toHaveProperty("note");
  const { json: same } = await run("on", "--by", "carol");
  expect(same).toMatchObject({ changed: false, state: { by: "bob" } });
  const { json: off } = await run("off");
  expect(off.state).toEqual({ mode: "off", by: "alice", since: expect.any(String) });
  expect(off.lastedMs).toBeGreaterThan(0);
  expect(off.former).toMatchObject({ by: "bob" });
  expect(file).toBeDefined();
});

test("a change whose entry cannot be stored stands, and the operator is told", async () => {
  const { store, file, read } = makePlace();
  mkdirSync(`${file}.log`);
  const on = await cli(["on", "--store", store, "--allow-ip", "10.0.0.1", "--json"], { env });
  expect(on.code).toBe(0);
  expect(read()).toEqual({ mode: "on", internalIps: ["10.0.0.1"] });
  expect(on.json.notes).toContainEqual(
    expect.stringMatching(
      /^the change was made, but it is missing in the history: Cannot add .*: it is a directory where a file was expected/,
    ),
  );
});

test("log says that a store keeps no history, and all else works with it", async () => {
  const { folder } = makePlace();
  const path = join(folder, "store.mjs");
  writeFileSync(path, 'export default { read: async () => ({ text: \'{"mode":"on"}\' }), write: async () => "1" };\n');
  const log = await cli(["log", "--store", path], { env });
  expect(log.stderr).toBe(
    `maintenancemode: ${path} keeps no history; file:, redis: and denokv: stores do\nRun maintenancemode log --help\n`,
  );
  expect(log.code).toBe(2);
  const off = await cli(["off", "--store", path, "--json"], { env });
  expect(off).toMatchObject({ code: 0, json: { state: { mode: "off", by: "alice" }, lastedMs: null, notes: [] } });
});

test("status says that maintenance is overdue, and for how long", async () => {
  const { store, write } = makePlace();
  const expectedEnd = new Date(Date.now() - 720_000).toISOString();
  write(JSON.stringify({ mode: "on", expectedEnd, note: "Ticket 4711" }));
  const { stdout } = await cli(["status", "--store", store]);
  expect(stdout).toMatch(/^warning: overdue: the end was expected .* UTC, 12m( \d+s)? ago$/m);
  expect(stdout).toContain("  note         Ticket 4711\n");
  const { json } = await cli(["status", "--store", store, "--json"]);
  expect(json.overdueMs).toBeGreaterThanOrEqual(720_000);
  expect((await cli(["on", "--expected-end", "1h", "--store", store, "--json"])).json).toMatchObject({
    overdueMs: null,
  });
  const refused = await cli(["on", "--expected-end", "2001-01-01T00:00:00Z", "--store", store]);
  expect(refused.stderr).toContain('"--expected-end" must be in the future');
});

const runtimes = (["node", "deno", "bun"] as const).filter(hasRuntime);

test.skipIf(!hasRedis()).each(runtimes)("log tells the changes in Redis on %s, dated by its clock", async (runtime) => {
  await using server = await startRedis();
  for (const args of [["on", "--allow-ip", "10.0.0.1"], ["off"]]) {
    await cli([...args, "--store", server.url], { runtime, env });
  }
  const { json } = await cli(["log", "--store", server.url, "--json"], { runtime, env });
  expect(json.history).toMatchObject([{ by: "alice", what: "on" }, { by: "alice", what: "off" }]);
  const { json: { state } } = await cli(["status", "--store", server.url, "--json"], { runtime, env });
  // Asked for before the change, so not later than it.
  expect(Date.parse(json.history[1].at) - Date.parse(state.since)).toBeGreaterThanOrEqual(0);
  expect(JSON.stringify(json)).not.toContain(server.url);
});
