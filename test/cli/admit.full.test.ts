import { expect, test } from "vitest";
import { composeAdmit, parsePercentage } from "../../src/cli/change/admit.ts";
import { formatPercentage } from "../../src/util/percentage.ts";
import { situationOf } from "../../src/cli/situation.ts";
import { prepareAtOnce } from "../../src/state/state-snapshot.ts";
import { cli, makePlace, startSite, until, unwrapped, withoutWaiting } from "./_cli.ts";

test.each([
  ["25%", 0.25, "25%"],
  ["0.25", 0.25, "25%"],
  [".5", 0.5, "50%"],
  ["33.3%", 0.333, "33.3%"],
  ["0.1%", 0.001, "0.1%"],
  ["7%", 0.07, "7%"],
  ["100%", 1, "100%"],
  ["0%", 0, "0%"],
  ["0", 0, "0%"],
  ["none", 0, "0%"],
])("parsePercentage() takes %s for %d", (text, part, shown) => {
  expect(parsePercentage(text)).toBe(part);
  expect(formatPercentage(part)).toBe(shown);
});

test.each([
  ["1", ': write "1%" or "100%"'],
  ["1.0", ': write "1%" or "100%"'],
  ["25", ': write "25%"'],
  ["101%", ""],
  ["-1%", ""],
  ["1e-1", ""],
  ["half", ""],
  ["", ""],
])("parsePercentage() refuses %j", (text, hint) => {
  expect(() => parsePercentage(text)).toThrow(
    expect.objectContaining({
      message: `the percentage must be from 0% to 100%, such as 25%, or none, received ${JSON.stringify(text)}${hint}`,
      exitCode: 2,
    }),
  );
});

test("composeAdmit() changes nothing but admit", () => {
  const state = { mode: "read-only", reason: "New database", urls: ["/shop/*"], admit: 0.1 } as const;
  const situation = situationOf(prepareAtOnce(state), Date.now());
  expect(composeAdmit(situation, 0.25)).toEqual({ ...state, admit: 0.25 });
  const { admit: _, ...rest } = state;
  expect(composeAdmit(situation, 0)).toEqual(rest);
});

test("admit lets a part of the visitors in, and says so until none gets in any more", async () => {
  const { store, read } = makePlace();
  const site = await startSite(store, { ignoreUrls: ["/health"] });
  await cli(["on", "--store", store, "--reason", "New database", "--allow-ip", "10.0.0.0/8"]);
  const admitted = await cli(["admit", "25%", "--store", store]);
  expect([admitted.code, admitted.stderr]).toEqual([0, ""]);
  expect(unwrapped(admitted.stdout)).toBe(`Maintenance stays on.
  reason       New database
  until        you turn it off
  who gets in  10.0.0.0/8; 25% of visitors; whoever the site's own code allows: everyone at ignored URLs
  store        ${store}
  undo         maintenancemode off --store ${store}
`);
  const state = { mode: "on", reason: "New database", internalIps: ["10.0.0.0/8"] };
  expect(read()).toEqual({ ...state, admit: 0.25 });
  expect((await cli(["status", "--store", store])).stdout).toContain(
    "  who gets in  10.0.0.0/8; 25% of visitors; whoever",
  );
  const ask = async (digits: string) =>
    (await fetch(site.url, { headers: { cookie: `maintenance-admit=${digits}` } })).status;
  await until(async () => await ask("3fffffff") === 200, "a visitor in the part gets in");
  expect(await ask("40000000")).toBe(503);
  // It stays when something else is said.
  await cli(["read-only", "--store", store, "--reason", "Nearly done"]);
  expect(read()).toEqual({ ...state, mode: "read-only", reason: "Nearly done", admit: 0.25 });
  const { json } = await cli(["admit", "none", "--store", store, "--json"]);
  expect(json).toMatchObject({
    state: { mode: "read-only", reason: "Nearly done" },
    former: { admit: 0.25 },
    changed: true,
  });
  expect(read()).toEqual({ ...state, mode: "read-only", reason: "Nearly done" });
});

test("admit --dry-run changes nothing, and the same part again is no change", async () => {
  const { store, read, write } = makePlace();
  write('{"mode":"on","admit":0.1}');
  const dry = await cli(["admit", "0.5", "--store", store, "--dry-run", "--json"]);
  expect(dry.json).toMatchObject({ state: { mode: "on", admit: 0.5 }, changed: false, dryRun: true });
  expect(read()).toEqual({ mode: "on", admit: 0.1 });
  const { json } = await cli(["admit", "10%", "--store", store, "--json"]);
  expect(json).toMatchObject({ changed: false });
});

test("admit --wait returns when each process has followed, and does not call it safe", async () => {
  const { store, write } = makePlace();
  write('{"mode":"on"}');
  await startSite(store);
  const { code, stdout, stderr } = await cli(["admit", "100%", "--store", store, "--wait", "60s"]);
  expect(withoutWaiting(stderr)).toBe(
    `note: everyone gets in: to end maintenance, run maintenancemode off --store ${store}\n`,
  );
  expect(stdout).toContain(
    "The process has the new state and has finished the requests from before.\nNOT SAFE: 100% of visitors get in\n",
  );
  expect(code).toBe(0);
});

test.each([
  ["", "maintenance is off, so everyone gets in: turn it on first, with maintenancemode on"],
  [
    '{"mode":"on","end":"2020-01-01T00:00:00Z"}',
    "maintenance ended at 2020-01-01T00:00:00Z, so everyone gets in: turn it on first, with maintenancemode on",
  ],
])("admit while maintenance is off or over is an error that says what to do: %j", async (text, message) => {
  const { store, write } = makePlace();
  if (text !== "") write(text);
  const { code, stderr } = await cli(["admit", "25%", "--store", store]);
  expect(stderr).toBe(`maintenancemode: ${message}\nRun maintenancemode admit --help\n`);
  expect(code).toBe(2);
});

test.each([
  [["admit"], 2, "admit needs a percentage of visitors: maintenancemode admit 25%"],
  [["admit", "25%", "50%"], 2, 'unexpected argument "50%": leave it out, or put text with spaces in quotes'],
  [["admit", "25%", "--reason", "x"], 2, '"--reason" works with on, read-only, run, not with admit: leave it out'],
  [["admit", "1"], 2, 'received "1": write "1%" or "100%"'],
])("%j is refused", async (args, expected, message) => {
  const { store, write } = makePlace();
  write('{"mode":"on"}');
  const { code, stderr } = await cli([...args, "--store", store]);
  expect(stderr).toContain(message);
  expect(code).toBe(expected);
});

test("admit refuses to change what is no valid state", async () => {
  const { store, write } = makePlace();
  write('{"mode":"on","admit":2}');
  const { code, stderr } = await cli(["admit", "25%", "--store", store]);
  expect(stderr).toContain('"$.admit" must be a number from 0 to 1, received 2');
  expect(code).toBe(4);
});

test.each([
  [["run", "--", "true"], "the command would run"],
  [["on", "--wait", "60s"], "--wait would return"],
  [["read-only", "--wait", "60s", "--start", "now"], "--wait would return"],
])("%j is refused while a part of the visitors gets in", async ([command, ...rest], what) => {
  const { store, read, write } = makePlace();
  write('{"mode":"on","admit":0.1}');
  await startSite(store);
  const { code, stderr } = await cli([command!, "--store", store, ...rest]);
  expect(stderr).toContain(
    `: ${what} while 10% of visitors get in: first run maintenancemode admit none --store ${store}. Nothing was changed\n`,
  );
  expect(code).toBe(2);
  expect(read()).toEqual({ mode: "on", admit: 0.1 });
});

test("explain tells of the part that is let in, and why a bypass is not taken", async () => {
  const { store, write } = makePlace();
  write('{"mode":"on","admit":1}');
  const admitted = await cli(["explain", "/", "--store", store]);
  expect(admitted.stdout).toContain("passes: the visitor is in the percentage that gets in.\n");
  write('{"mode":"on"}');
  const { stdout } = await cli(["explain", "/?maintenance-bypass=wrong-secret-wrong", "--store", store]);
  expect(stdout).toContain("  bypass       this maintenance has no bypass\n");
});
