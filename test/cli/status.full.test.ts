import { spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { hashSecret } from "../../src/bypass/secret.ts";
import { liveState } from "../../src/state/live-state.ts";
import { fileStore } from "../../src/stores/file.ts";
import { cli, makePlace, startCli, startSite, until } from "./_cli.ts";

/** The warning that stands first where no process is registered. */
const NO_PROCESS_WARNING =
  `warning: no running process uses this store. Either it is not the site's store, or the site is not
  running, or the site cannot write its record there: then its log says why.
`;

test("status tells of off where nothing is stored", async () => {
  const { store } = makePlace();
  const { code, stdout, stderr } = await cli(["status", "--store", store]);
  expect(stdout).toBe(
    `${NO_PROCESS_WARNING}\nMaintenance is off.\n  store        ${store}\n\nNOT SAFE: maintenance is off\n`,
  );
  expect(stderr).toBe("");
  expect(code).toBe(0);
});

test("status shows the state and the processes that follow it", async () => {
  const { store, write } = makePlace();
  write('{"mode":"on","reason":"New\\u001b[31m database","urls":["/shop/*"],"retryAfter":90}');
  const { hold, pid } = await startSite(store, { internalIps: ["10.0.0.1"] });
  // Outside the part that is meant.
  await hold();
  // The number of requests is told every some seconds, unless something happens.
  await until(
    async () => (await cli(["status", "--store", store])).stdout.includes("GET /held"),
    "the request is told of",
  );
  const { code, stdout } = await cli(["status", "--store", store]);
  expect(stdout).toMatch(
    new RegExp(
      "^Maintenance is on for part of the site\\.\n" +
        "  reason       New \\[31m database\n" +
        "  only         /shop/\\*\n" +
        "  until        you turn it off\n" +
        "  retry after  1m 30s\n" +
        "  who gets in  whoever the site's own code allows: internal IP addresses\n" +
        `  store        ${store}\n` +
        `  undo         maintenancemode off --store ${store}\n\n` +
        "1 process has the stored state:\n" +
        "  HOST +PID +RUNTIME +FOLLOWS +MODE +COUNTS +IN FLIGHT +FROM BEFORE +STREAMS\n" +
        `  \\S+ +${pid} +node [\\d.]+ +yes +on +requests +1 +0 +0\n` +
        "    GET /held \\([\\d.]+ s\\)\n\n" +
        "SAFE TO MIGRATE what serves /shop/\\*\n$",
    ),
  );
  expect(code).toBe(0);
});

test("status shows the hosts that are closed", async () => {
  const { store } = makePlace();
  const on = await cli(["on", "--store", store, "--host", "a.test", "--host", "*.b.test", "--json"]);
  expect(on.json.state).toMatchObject({ mode: "on", hosts: ["a.test", "*.b.test"] });
  const { stdout } = await cli(["status", "--store", store]);
  expect(stdout).toMatch(/\n\nMaintenance is on for part of the site, since .*\.\n {2}only {9}a\.test, \*\.b\.test\n/);
  await cli(["on", "--store", store, "--url", "/shop"]);
  expect((await cli(["status", "--store", store])).stdout).toContain("  only         /shop on a.test, *.b.test\n");
});

test("status tells of what is scheduled and what is over", async () => {
  const { store, write } = makePlace();
  write('{"mode":"on","start":"2999-01-01T00:00:00Z","end":"2999-01-01T01:00:00Z"}');
  const scheduled = await cli(["status", "--store", store, "--json"]);
  expect(scheduled.json).toMatchObject({
    phase: "scheduled",
    inForce: false,
    beginsAt: "2999-01-01T00:00:00Z",
    endsAt: "2999-01-01T01:00:00Z",
    instances: [],
  });
  expect((await cli(["status", "--store", store])).stdout).toMatch(
    /\n\nMaintenance is scheduled: it is not on yet\.\n {2}begins {7}2999/,
  );
  write('{"mode":"on","end":"2020-01-01T01:00:00Z"}');
  const over = await cli(["status", "--store", store]);
  expect(over.stdout).toMatch(/\n\nMaintenance is off: it ended at 2020-01-01T01:00:00Z\.\n {2}ended/);
});

test("status shows a clock that is wrong, which on and off do not mind", async () => {
  const { store } = makePlace();
  const site = await startSite(store, { skewMs: 300_000 });
  for (const [command, expected] of [["on", 503], ["off", 200]] as const) {
    expect((await cli([command, "--store", store, "--wait", "60s"])).code).toBe(0);
    expect((await fetch(site.url)).status).toBe(expected);
  }
  const { stdout } = await cli(["status", "--store", store]);
  expect(stdout).toMatch(/^warning: \S+ \(pid \d+\): clock (5m|4m \d+s) ahead\n/);
  const { json } = await cli(["status", "--store", store, "--json"]);
  expect(json.instances[0].skewMs).toBeGreaterThan(240_000);
});

test("status ends with 4 where no valid state is stored, and shows what the processes hold", async () => {
  const { store, write } = makePlace();
  write('{"mode":"on"}');
  await startSite(store);
  write('{"mode":"onn"}');
  await until(
    async () => (await cli(["status", "--store", store, "--json"])).json.instances[0].problem !== undefined,
    "the process tells of the problem",
  );
  const { code, stdout, stderr } = await cli(["status", "--store", store]);
  expect(stdout).toMatch(
    /^warning: the only process does not have the stored state\nwarning: \S+ \(pid \d+\): Cannot read .*"onn"\s+\(file:.*\)\n\n1 process:\n.*\n {2}\S+ +\d+ +node \S+ +NO +on .*\n\nNOT SAFE: the stored state is not valid\n$/s,
  );
  expect(stderr).toBe(
    `maintenancemode: The state in ${store} is not valid: Cannot read the maintenance state: "$.mode" must be "off", "on" ` +
      'or "read-only", received "onn"\n' +
      "  All processes keep the last valid state. Correct the stored one, or replace it with on or off\n",
  );
  expect(code).toBe(4);
  const { json } = await cli(["status", "--store", store, "--json"]);
  expect(json).toMatchObject({
    error: { code: "state", exitCode: 4 },
    store,
    state: null,
    instances: [{ follows: false, mode: "on" }],
  });
});

test("status ends with 3 where the store cannot be reached", async () => {
  const { folder } = makePlace();
  rmSync(folder, { recursive: true });
  const { code, stderr } = await cli(["status", "--store", `file:${folder}/maintenance.json`]);
  expect(stderr).toMatch(/^maintenancemode: Cannot read the state from file:.*\n$/);
  expect(code).toBe(3);
});

test("what is shown hides the hash of a bypass, and a change keeps it", async () => {
  const { store, file, write, read } = makePlace();
  const bypass = hashSecret("0123456789abcdef");
  write(JSON.stringify({ mode: "on", bypass }));
  const on = await cli(["on", "--store", store, "--reason", "New", "--json"]);
  const status = await cli(["status", "--store", store, "--json"]);
  expect(status.json.state).toMatchObject({ mode: "on", reason: "New", bypass: "***" });
  expect((await cli(["status", "--store", store])).stdout).toContain("  who gets in  holders of the bypass link");
  expect(on.stdout + status.stdout).not.toContain(bypass);
  expect(read()).toEqual({ mode: "on", reason: "New" });
  expect(JSON.parse(readFileSync(file, "utf8")).bypass).toBe(bypass);
});

test("status, on and off end where a FIFO, a directory and devices stand among the records", async () => {
  const { store, file } = makePlace();
  const folder = `${file}.instances`;
  mkdirSync(folder);
  expect(spawnSync("mkfifo", [`${folder}/fifo.json`]).status).toBe(0);
  mkdirSync(`${folder}/directory.json`);
  for (let thread = 0; thread < 5; thread++) symlinkSync("/dev/zero", `${folder}/device-${thread}.json`);
  for (const words of [["status"], ["on", "--wait", "5s", "--allow-no-instances"], ["off"]]) {
    const running = startCli([...words, "--store", store]);
    onTestFinished(() => void running.child.kill("SIGKILL"));
    const { code, stderr } = await running.done;
    expect({ words, code, stderr }).toEqual({ words, code: 0, stderr: "" });
  }
});

test("status, on and off name a process whose record cannot be read, and only --wait fails", async () => {
  const { store, file, read } = makePlace();
  const { instances } = fileStore(file);
  const record = { id: "a", host: "web-1", pid: 12, runtime: "node 24.21.0", before: 0, held: [] };
  await instances.put("a", JSON.stringify(record), 600_000);
  await instances.put("b", '{"clock":"yesterday"}', 600_000);
  const remark = "its record cannot be read, another version of this package\n  may have written it\n";
  const { code, stdout } = await cli(["status", "--store", store]);
  expect(stdout).toMatch(
    new RegExp(
      `^warning: none of the 2 processes has the stored state\nwarning: unknown \\(pid 0\\), web-1 \\(pid 12\\): ${remark}` +
        "[^]*\n\n2 processes:\n.*\n {2}unknown +0 +unknown +NO( +\\?){5}\n" +
        " {2}web-1 +12 +node 24\\.21\\.0 +NO( +\\?){5}\n\nNOT SAFE: maintenance is off\n$",
    ),
  );
  expect(code).toBe(0);
  expect((await cli(["on", "--store", store])).code).toBe(0);
  expect(read()).toEqual({ mode: "on" });
  expect((await cli(["off", "--store", store])).code).toBe(0);
  const waited = await cli(["on", "--store", store, "--wait", "1s"]);
  expect(waited.stdout).toMatch(/\nNOT SAFE: none of the 2 processes is ready\n$/);
  expect(waited.stderr).toContain("  web-1 (pid 12) may still have the old state: its record cannot be read");
  expect(waited.code).toBe(5);
});

test.each([
  [0, "nothing", undefined],
  [0, "off", '{"mode":"off"}'],
  [0, "a window that is over", '{"mode":"on","end":"2001-01-01T00:00:00Z"}'],
  [10, "on", '{"mode":"on"}'],
  [10, "an empty flag file", ""],
  [11, "read-only", '{"mode":"read-only"}'],
  [12, "a window that begins later", '{"mode":"on","start":"2999-01-01T00:00:00Z"}'],
  [4, "a text that is not valid", "{"],
])("status --exit-code ends with %i for %s", async (code, _what, text) => {
  const { store, write } = makePlace();
  if (text !== undefined) write(text);
  expect((await cli(["status", "--exit-code", "--store", store])).code).toBe(code);
  expect((await cli(["status", "--store", store])).code).toBe(code === 4 ? 4 : 0);
});

test("status fails where the site cannot write its record, and the site says so once", async () => {
  const { store, file } = makePlace();
  writeFileSync(`${file}.instances`, "");
  const errors: string[] = [];
  const state = liveState(fileStore(file), { onError: (error) => void errors.push((error as Error).message) });
  onTestFinished(() => state.close());
  await state.ready;
  expect(errors).toEqual([
    expect.stringMatching(
      /^Cannot report this process to the fleet, so the command line does not see it: Cannot keep the record of this process in ".*\.instances": a part of its path is a file/,
    ),
  ]);
  const { code, stderr } = await cli(["status", "--store", store]);
  expect(stderr).toContain(`Cannot read the records of the processes in "${file}.instances"`);
  expect(code).toBe(3);
});

test("status and its errors show no token of a URL", async () => {
  const server = createServer((_req, res) => void res.end('{"mode":"on"}')).listen(0, "127.0.0.1");
  onTestFinished(() => void server.close());
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const given = `http://hush-hush-token@127.0.0.1:${port}/`;
  for (const isThere of [true, false]) {
    if (!isThere) server.close();
    for (const args of [["status"], ["status", "--json"], ["on"], ["run"]]) {
      const { stdout, stderr } = await cli([...args, "--store", given, ...args[0] === "run" ? ["--", "true"] : []]);
      expect(stdout + stderr).toContain(`127.0.0.1:${port}`);
      expect(stdout + stderr).not.toContain("hush-hush");
    }
  }
});
