/** Records of processes that other versions, other programs and accidents have written. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { printFleet, viewInstances } from "../../src/cli/output/fleet-table.ts";
import { createOutput } from "../../src/cli/output/output.ts";
import { describeAdmissions } from "../../src/cli/output/describe.ts";
import { describeStreams } from "../../src/cli/wait/fleet.ts";
import { readFleet, waitForFleet } from "../../src/state/fleet.ts";
import { describeStraggler } from "../../src/state/fleet-target.ts";
import { memoryStore } from "../../src/stores/memory.ts";

const TARGET = { revision: "new", drained: true };
const UNREADABLE = "its record cannot be read, another version of this package may have written it";

const RECORD = {
  id: "a",
  host: "web-1",
  pid: 12,
  runtime: "node 24.21.0",
  startedAt: 0,
  connectedMs: 60_000,
  clock: 60_000,
  revision: "new",
  mode: "on",
  inForce: true,
  counts: ["requests", "work"],
  inFlight: 1,
  before: 0,
  streams: 1,
  held: [{ method: "GET", path: "/events", seconds: 1.5, kind: "event-stream" }],
  admits: ["staff"],
  problem: "none",
};

async function storeOf(...records: readonly string[]) {
  const store = memoryStore();
  for (const [index, record] of records.entries()) await store.instances.put(`${index}`, record, 60_000);
  return store;
}

/** Does all that is done with the processes of a fleet, and gives what was printed. */
async function useFleet(...records: readonly string[]): Promise<string> {
  const store = await storeOf(...records);
  const instances = (await readFleet(store))!;
  const views = viewInstances(instances, "new", Date.now())!;
  let text = JSON.stringify(views);
  printFleet({ ...createOutput(false, false), line: (line) => void (text += line), paint: (_, text) => text }, views);
  text += describeAdmissions({ mode: "on" }, instances).rows.join() + describeStreams(instances).join();
  const { stragglers } = await waitForFleet(store, TARGET, { timeoutMs: 0, streams: true, known: instances });
  return text + stragglers.map((straggler) => describeStraggler(straggler, TARGET)).join();
}

test("readFleet() gives a whole record as it is, without what is not known here", async () => {
  const held = [{ ...RECORD.held[0], since: 1 }];
  const store = await storeOf(JSON.stringify({ ...RECORD, held, further: [[["deep"]]] }));
  expect(await readFleet(store)).toEqual([RECORD]);
});

test("readFleet() takes a record without what may be missing", async () => {
  const { connectedMs: _, revision: __, problem: ___, ...record } = RECORD;
  expect(await readFleet(await storeOf(JSON.stringify(record)))).toEqual([record]);
});

const required = Object.keys(RECORD).filter((name) => !["connectedMs", "revision", "counts", "problem"].includes(name));

test.each<[name: string, value: unknown]>([
  ...required.map((name): [string, unknown] => [name, undefined]),
  ...Object.keys(RECORD).map((name): [string, unknown] => [name, null]),
  ...Object.keys(RECORD).map((name): [string, unknown] => [name, { toString: "x" }]),
  ["clock", "yesterday"],
  ["mode", "onn"],
  ["before", -1],
  ["before", 0.5],
  ["before", "0"],
  ["inForce", "false"],
  ["held", [null]],
  ["held", [{ method: "GET" }]],
  ["held", { length: 1 }],
  ["admits", "staff"],
  ["admits", [7]],
])("readFleet() takes a record with %s as %j for that of another version", async (name, value) => {
  const record = { ...RECORD, [name]: value };
  const store = await storeOf(JSON.stringify(record), JSON.stringify({ ...RECORD, id: "b" }));
  const { isReady, stragglers } = await waitForFleet(store, TARGET, { timeoutMs: 0 });
  expect(isReady).toBe(false);
  const host = name === "host" ? "unknown" : "web-1";
  const pid = name === "pid" ? 0 : 12;
  expect(stragglers.map((straggler) => describeStraggler(straggler, TARGET))).toEqual([
    `${host} (pid ${pid}) may still have the old state: ${UNREADABLE}`,
  ]);
});

test("printFleet() says nothing of what a record that cannot be read does not tell", async () => {
  const { clock: _, ...record } = RECORD;
  const text = await useFleet(JSON.stringify(record));
  expect(text).toMatch(/ {2}web-1 +12 +node 24\.21\.0 +NO +\? +\? +\? +\?/);
  expect(text).not.toContain("behind");
  expect(text).toContain("whoever the site's own code allows (not visible from here)");
});

test.each<[unknown, string[]]>([
  [undefined, ["unknown"]],
  [[], ["unknown"]],
  [["work", "requests"], ["requests", "work"]],
  [["requests", "unknown"], ["requests", "unknown"]],
  [["requests", "coffee"], ["unknown"]],
])("readFleet() takes what a process counts, %j, for %j", async (counts, expected) => {
  const [instance] = (await readFleet(await storeOf(JSON.stringify({ ...RECORD, counts }))))!;
  expect(instance!.counts).toEqual(expected);
});

test("readFleet() refuses a store whose list is none", async () => {
  const { instances, ...store } = memoryStore();
  const broken = { ...store, instances: { ...instances, list: () => Promise.resolve("x" as never) } };
  await expect(readFleet(broken)).rejects.toThrow(
    'Cannot read the fleet from memory: its instances.list() must return texts, received "x"',
  );
});

test("readFleet() gives nothing that a table, a report or a message fails on, whatever the records are", async () => {
  const value = fc.oneof(fc.jsonValue(), fc.constantFrom<unknown>(...Object.values(RECORD), -1, 1e308, "__proto__"));
  // Records that are whole but for some of their members come closest.
  const changed = fc.dictionary(fc.constantFrom(...Object.keys(RECORD), "held", "__proto__"), value)
    .map((changes) => JSON.stringify({ ...RECORD, ...changes }));
  const deep = fc.constantFrom(
    "[".repeat(100_000) + "]".repeat(100_000),
    '{"a":'.repeat(50_000) + "1" + "}".repeat(50_000),
  )
    .chain((text) => fc.constantFrom(text, `${JSON.stringify(RECORD).slice(0, -1)},"further":${text}}`));
  const record = fc.oneof(
    { weight: 10, arbitrary: changed },
    { weight: 5, arbitrary: fc.json() },
    { weight: 3, arbitrary: fc.string() },
    { weight: 1, arbitrary: deep },
  );
  await fc.assert(
    fc.asyncProperty(fc.array(record, { minLength: 1, maxLength: 4 }), async (records) => {
      expect(await useFleet(...records)).toBeTypeOf("string");
    }),
    { numRuns: 300 },
  );
});
