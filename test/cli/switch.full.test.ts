import { mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { NO_PROCESS } from "../../src/cli/output/describe.ts";
import { cli, makePlace, startCli, startSite, until, unwrapped, withoutWaiting } from "./_cli.ts";

const HEALTH = { ignoreUrls: ["/health"] };

test("on switches maintenance on, and says who gets in, until when and how to undo it", async () => {
  const { store, read } = makePlace();
  await startSite(store, { ...HEALTH, staff: true });
  const { code, stdout, stderr } = await cli(
    ["on", "--store", store, "--reason", "New database", "--end", "2999-01-01T00:00Z", "--allow-ip", "10.0.0.0/8"],
  );
  expect(stderr).toBe("");
  expect(stdout.replace(/in \d+d( \d+h)?/, "in …")).toBe(`Maintenance is now on.
  reason       New database
  until        2999-01-01 00:00:00 UTC, in …
  who gets in  10.0.0.0/8; whoever the site's own code allows: everyone at ignored URLs, staff
  store        ${store}
  undo         maintenancemode off --store ${store}
`);
  expect(code).toBe(0);
  expect(read()).toEqual({
    mode: "on",
    reason: "New database",
    end: "2999-01-01T00:00:00Z",
    internalIps: ["10.0.0.0/8"],
  });
});

test("on makes a bypass link where nothing would let its operator in, and the link works", async () => {
  const { store, file, folder } = makePlace();
  const site = await startSite(store);
  const { code, stdout, stderr } = await cli(["on", "--store", store]);
  expect([code, stderr]).toEqual([0, ""]);
  expect(stdout).toContain("  who gets in  holders of the bypass link\n");
  const secret = /^To get in yourself, open this once: https:\/\/<your site>\/\?maintenance-bypass=([\w-]{24})$/m.exec(
    stdout,
  )![1]!;
  expect(
    readdirSync(folder, { recursive: true, encoding: "utf8", withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => readFileSync(join(entry.parentPath, entry.name), "utf8")).join(),
  ).not.toContain(secret);
  expect(readFileSync(file, "utf8")).toContain('"bypass": "sha256:');
  await until(async () => (await fetch(site.url)).status === 503, "the site is closed");
  const opened = await fetch(`${site.url}?maintenance-bypass=${secret}`, { redirect: "manual" });
  expect([opened.status, opened.headers.get("location")]).toEqual([302, "/"]);
  const cookie = opened.headers.get("set-cookie")!.split(";")[0]!;
  expect((await fetch(site.url, { headers: { cookie } })).status).toBe(200);
  expect((await fetch(site.url, { headers: { "maintenance-bypass": secret } })).status).toBe(200);
  // It is told once, and kept.
  const again = await cli(["on", "--store", store, "--reason", "Longer"]);
  expect(again.stdout).not.toContain("maintenance-bypass=");
  await until(async () => (await (await fetch(site.url)).text()).includes("Longer"), "the site follows");
  expect((await fetch(site.url, { headers: { cookie } })).status).toBe(200);
});

test("--site makes the bypass link a whole URL, and a wrong one is refused before anything changes", async () => {
  const { store, folder } = makePlace();
  const wrong = await cli(["on", "--store", store, "--site", "example.com"]);
  expect(wrong.stderr).toContain('received "example.com": write https://example.com\n');
  expect(wrong.code).toBe(2);
  expect(readdirSync(folder)).toEqual([]);
  const { stdout } = await cli(["on", "--store", store, "--site", "https://example.com"]);
  expect(stdout).toMatch(
    /^To get in yourself, open this once: https:\/\/example\.com\/\?maintenance-bypass=[\w-]{24}$/m,
  );
  const env = { MAINTENANCE_SITE: "https://b.example.com/shop" };
  const { json } = await cli(["on", "--store", store, "--with-bypass", "--json"], { env });
  expect(json.bypass.url).toBe(`https://b.example.com/shop?maintenance-bypass=${json.bypass.secret}`);
  // A wrong variable is no reason not to open the site.
  expect((await cli(["off", "--store", store], { env: { MAINTENANCE_SITE: "localhost" } })).code).toBe(0);
});

test("on makes no bypass where somebody gets in, nor do the others unless they are told to", async () => {
  const { store, file } = makePlace();
  const stored = () => JSON.parse(readFileSync(file, "utf8"));
  await cli(["on", "--store", store, "--allow-ip", "203.0.113.9"]);
  expect(stored().bypass).toBeUndefined();
  await cli(["off", "--store", store]);
  await cli(["read-only", "--store", store]);
  expect(stored().bypass).toBeUndefined();
  const { stdout } = await cli(["read-only", "--store", store, "--with-bypass", "--json"]);
  const { bypass, state } = JSON.parse(stdout);
  expect(bypass).toEqual({
    secret: expect.stringMatching(/^[\w-]{24}$/),
    query: `maintenance-bypass=${bypass.secret}`,
    url: null,
  });
  expect(state.bypass).toBe("***");
  expect(stored().bypass).toMatch(/^sha256:/);
});

test("on --with-bypass makes another secret, and --dry-run none", async () => {
  const { store, file } = makePlace();
  const dry = await cli(["on", "--store", store, "--dry-run"]);
  expect(dry.stdout).toContain("It would create a bypass link.\n");
  expect(dry.stdout).not.toContain("maintenance-bypass=");
  await cli(["on", "--store", store]);
  const former = readFileSync(file, "utf8");
  expect((await cli(["on", "--store", store, "--with-bypass"])).stdout).toContain("?maintenance-bypass=");
  expect(readFileSync(file, "utf8")).not.toBe(former);
});

test("on while it is on refreshes what is given and keeps the rest", async () => {
  const { store, read, write } = makePlace();
  write('{"mode":"on","reason":"Old","internalIps":["10.0.0.1"]}');
  const { stdout } = await cli(["on", "--store", store, "--reason", "New"]);
  expect(stdout).toMatch(/^Maintenance stays on\.\n/);
  expect(read()).toEqual({ mode: "on", reason: "New", internalIps: ["10.0.0.1"] });
  const change = await cli(["read-only", "--store", store]);
  expect(change.stdout).toMatch(/^The site is now read-only\.\n/);
  expect(change.stdout).toContain("visitors who only read (GET, HEAD and other safe methods)");
  expect(read()).toEqual({ mode: "read-only", reason: "New", internalIps: ["10.0.0.1"] });
});

test("on writes nothing when nothing changes", async () => {
  const { store, folder } = makePlace();
  await cli(["on", "--store", store]);
  const first = await cli(["status", "--store", store, "--json"]);
  const { stdout } = await cli(["on", "--store", store]);
  expect(stdout).toMatch(/^Maintenance is already on\.\n/);
  expect((await cli(["status", "--store", store, "--json"])).json.revision).toBe(first.json.revision);
  expect(readdirSync(folder)).toContain("maintenance.json");
});

test("on leaves a later start alone, and says that it is not on", async () => {
  const { store, read, write } = makePlace();
  write('{"mode":"on","start":"2999-01-01T00:00:00Z"}');
  const { code, stdout, stderr } = await cli(["on", "--store", store, "--reason", "New"]);
  expect(stdout).toMatch(/^Maintenance is scheduled: it is not on yet\.\n/);
  expect(stderr).toBe(
    "note: maintenance is not on yet: to begin at once, give --start now\n" +
      `note: ${NO_PROCESS}\n`,
  );
  expect(code).toBe(0);
  expect(read()).toEqual({ mode: "on", reason: "New", start: "2999-01-01T00:00:00Z" });
  expect((await cli(["on", "--store", store, "--start", "now"])).stdout).toMatch(/^Maintenance is now on\.\n/);
});

test("on and off overwrite what is no valid state, and say so", async () => {
  const { store, read, write } = makePlace();
  for (const mode of ["on", "off"]) {
    write("{ mode: on }");
    const { code, stderr } = await cli([mode, "--store", store]);
    expect(stderr).toMatch(
      /^note: the stored state was not valid and is replaced: Cannot read .*"\$" must be JSON/,
    );
    expect(code).toBe(0);
    expect(read()).toEqual({ mode });
  }
});

test.each(["admit", "reason", "urls", "recurring"])(
  "status refuses a state with values of any depth in %j, and on and off overwrite it",
  async (field) => {
    const { store, read, write } = makePlace();
    const text = `{"mode":"on","${field}":${"[".repeat(100_000)}${"]".repeat(100_000)}}`;
    write(text);
    const status = await cli(["status", "--store", store]);
    expect(status.stderr).toContain(`is not valid: Cannot read the maintenance state: "$.${field}`);
    expect(status.code).toBe(4);
    for (const mode of ["on", "off"]) {
      write(text);
      const { code, stderr } = await cli([mode, "--store", store]);
      expect(stderr).toContain(`was not valid and is replaced: Cannot read the maintenance state: "$.${field}`);
      expect(code).toBe(0);
      expect(read()).toEqual({ mode });
    }
  },
);

test("off switches maintenance off, once", async () => {
  const { store, read, write } = makePlace();
  write('{"mode":"on","reason":"Old"}');
  expect(await cli(["off", "--store", store])).toMatchObject({
    code: 0,
    stdout: `Maintenance is now off.\n  store        ${store}\n`,
    stderr: "",
  });
  expect(read()).toEqual({ mode: "off" });
  const again = await cli(["off", "--store", store]);
  expect(again.stdout).toMatch(/^Maintenance is already off\.\n/);
  // Whoever has named another file than the site's would take it for done.
  expect(again.stderr).toBe(`note: ${NO_PROCESS}\n`);
});

test("--dry-run says what would be done, and does nothing", async () => {
  const { store, folder } = makePlace();
  const { code, stdout } = await cli(["on", "--store", store, "--dry-run", "--for", "30m"]);
  expect(stdout).toMatch(/^Maintenance would be on\.\n.*in (30m|29m \d+s)\n.*Nothing was changed \(--dry-run\)\.\n$/s);
  expect(code).toBe(0);
  expect(readdirSync(folder)).toEqual([]);
});

test("--dry-run says of what begins later what would be", async () => {
  const { store } = makePlace();
  const { stdout } = await cli(["on", "--store", store, "--dry-run", "--start", "2h"]);
  expect(stdout).toMatch(/^Maintenance would be scheduled: it is not on yet\.\n/);
});

test.each([
  ["npm/11.6.1 node/v24.21.0 linux x64", "npx maintenancemode"],
  ["bun/1.4.5 npm/? node/v24.3.0 linux x64", "bunx maintenancemode"],
  ["pnpm/10.0.0 npm/? node/v24.21.0 linux x64", "pnpm exec maintenancemode"],
  ["yarn/4.0.0 npm/? node/v24.21.0 linux x64", "yarn exec maintenancemode"],
])("what undoes it can be pasted where %s has started the command line", async (agent, program) => {
  const { store } = makePlace();
  const { json } = await cli(["on", "--store", store, "--json"], { env: { npm_config_user_agent: agent } });
  expect(json.undo).toBe(`${program} off --store ${store}`);
});

test("MAINTENANCE_STORE names the store where --store does not", async () => {
  const { store, read } = makePlace();
  const { code, stdout } = await cli(["on"], { env: { MAINTENANCE_STORE: store } });
  expect(stdout).toContain("  undo         maintenancemode off\n");
  expect(code).toBe(0);
  expect(read()).toEqual({ mode: "on" });
});

test("a plain path that ends in .json is a file, from the working directory", async () => {
  const { folder, read } = makePlace();
  const { code, stdout } = await cli(["on", "--store", "maintenance.json"], { cwd: folder });
  expect(stdout).toContain("  undo         maintenancemode off --store maintenance.json\n");
  expect(code).toBe(0);
  expect(read()).toEqual({ mode: "on" });
});

test("the undo command is quoted for the shell", async () => {
  const { folder } = makePlace();
  const { stdout } = await cli(["on", "--store", "file:it's on.json"], { cwd: folder });
  expect(stdout).toContain(`  undo         maintenancemode off --store 'file:it'\\''s on.json'\n`);
});

test("of two that switch at once one wins, and both are told", async () => {
  const { store, read } = makePlace();
  const rounds = await Promise.all(
    [1, 2, 3].map((number) => cli(["on", "--store", store, "--reason", `By ${number}`])),
  );
  const winners = rounds.filter(({ code }) => code === 0);
  expect(winners.length).toBeGreaterThan(0);
  for (const { code, stderr } of rounds.filter(({ code }) => code !== 0)) {
    expect(stderr).toMatch(
      /^maintenancemode: Someone else changed the state at the same time\. Their change stays: run the command again/,
    );
    expect(stderr).toMatch(/\n {2}the state is now: \{"mode":"on","reason":"By \d"/);
    expect(code).toBe(6);
  }
  expect(winners.some(({ stdout }) => stdout.includes(`  reason       ${read().reason}\n`))).toBe(true);
});

test("on --json prints one object", async () => {
  const { store } = makePlace();
  const { pid } = await startSite(store, HEALTH);
  const { code, stdout, json, stderr } = await cli(["on", "--store", store, "--json", "--for", "1h", "--wait", "60s"]);
  expect(stderr).toBe("");
  expect(code).toBe(0);
  expect(stdout.trimEnd().split("\n")).toHaveLength(1);
  expect(json).toMatchObject({
    store,
    state: { mode: "on", end: expect.stringMatching(/Z$/) },
    inForce: true,
    phase: "on",
    beginsAt: null,
    endsAt: json.state.end,
    former: { mode: "off" },
    changed: true,
    dryRun: false,
    revision: expect.any(String),
    undo: `maintenancemode off --store ${store}`,
    instances: [{ pid, follows: true, mode: "on", before: 0, admits: ["ignored-url"] }],
    notes: [],
    ready: true,
    verdict: { safe: true, only: null, until: json.state.end, conditions: [], reason: null },
  });
});

test("an error with --json is an object, too", async () => {
  const { code, json, stderr } = await cli(["on", "--store", "a.json", "--json", "--allow-ip", "x"]);
  expect(json).toEqual({
    error: {
      code: "usage",
      message: expect.stringMatching(/^"--allow-ip" must be/),
      exitCode: 2,
      details: [],
      problem: {
        code: "ERR_STATE_INVALID",
        path: "$.internalIps[0]",
        expected: expect.stringMatching(/^an IP address or CIDR range/),
        received: '"x"',
        hint: null,
      },
    },
  });
  expect(stderr).toMatch(/^maintenancemode: "--allow-ip" must be .*\nRun maintenancemode on --help\n$/);
  expect(code).toBe(2);
});

test("on ends with 3 where the store cannot be written, and shows no stack", async () => {
  const { file, folder } = makePlace();
  const missing = await cli(["on", "--store", `file:${folder}/none/maintenance.json`]);
  expect(missing.stderr).toMatch(/^maintenancemode: Cannot read the state from .*its directory does not exist.*\n$/);
  expect(missing.code).toBe(3);
  mkdirSync(file);
  const directory = await cli(["on", "--store", `file:${file}`]);
  expect(directory.stderr).toMatch(/^maintenancemode: .*it is a directory.*\n$/);
  expect(directory.code).toBe(3);
});

test("on outlives whoever reads its output", async () => {
  const { store, read } = makePlace();
  const running = startCli(["on", "--store", store]);
  running.child.stdout!.destroy();
  expect((await running.done).code).toBe(0);
  expect(read()).toEqual({ mode: "on" });
});

test("on --wait returns when the requests from before are finished, and not earlier", async () => {
  const { store } = makePlace();
  const [one, two] = await Promise.all([startSite(store), startSite(store)]);
  const { answer } = await one.hold();
  const running = startCli(["on", "--store", store, "--wait", "60s"]);
  await until(async () => (await fetch(two.url)).status === 503, "the other process follows");
  await until(async () => (await fetch(one.url)).status === 503, "the process with the request follows");
  expect(running.child.exitCode).toBeNull();
  expect(running.stdout).not.toContain("SAFE");
  one.release();
  const { code, stdout } = await running.done;
  expect(stdout).toMatch(
    /\nAll 2 processes have the new state and have finished the requests from before\.\nSAFE TO MIGRATE\n$/,
  );
  expect(code).toBe(0);
  expect(await answer).toBe("hello");
  const off = await cli(["off", "--store", store, "--wait", "60s"]);
  expect(off.stdout).toMatch(/\nAll 2 processes have the new state\.\n$/);
  expect((await fetch(one.url)).status).toBe(200);
});

test("on --wait names the stragglers, and what they hold", async () => {
  const { store, read } = makePlace();
  const { hold, pid } = await startSite(store);
  await hold();
  const { code, stderr, stdout } = await cli(["on", "--store", store, "--wait", "6s"]);
  expect(stdout).toMatch(/^Maintenance is now on\.\n[^]*\nNOT SAFE: the only process is not ready\n$/);
  // Where there is no terminal, the wait says once whom it waits for.
  expect(stderr.match(/^waiting: .* \(pid \d+\) still has 1 request from before: GET \/held \([\d.]+ s\)$/gm))
    .toHaveLength(1);
  expect(stderr).toMatch(
    new RegExp(
      "maintenancemode: Timed out after 6s: maintenance stays on\n" +
        `  .* \\(pid ${pid}\\) still has 1 request from before: GET /held \\([\\d.]+ s\\)\n$`,
    ),
  );
  expect(code).toBe(5);
  expect(read()).toEqual({ mode: "on" });
});

test("on --wait does not wait for event streams, and names them; with --streams it does", async () => {
  const { store } = makePlace();
  const { url } = await startSite(store);
  const controller = new AbortController();
  await fetch(`${url}/events`, { signal: controller.signal });
  const { code, stderr } = await cli(["on", "--store", store, "--wait", "60s"]);
  expect(stderr).toMatch(/note: still open, and not waited for: .*: GET \/events \([\d.]+ s, event-stream\)\n/);
  expect(code).toBe(0);
  const strict = await cli(["on", "--store", store, "--wait", "6s", "--streams"]);
  expect(strict.stderr).toMatch(/still has 1 stream: GET \/events/);
  expect(strict.code).toBe(5);
  controller.abort();
});

test("on --wait of a later start says that it is not safe to migrate before", async () => {
  const { store } = makePlace();
  await startSite(store);
  const { code, stdout, stderr } = await cli(["on", "--store", store, "--start", "2999-01-01T00:00Z", "--wait", "60s"]);
  expect(stdout).toMatch(
    /\nThe process has the new state\.\nNOT SAFE: maintenance begins 2999-01-01 00:00:00 UTC, in .*\n$/,
  );
  expect(withoutWaiting(stderr)).toBe(
    "note: maintenance is not on yet: to begin at once, give --start now\n" +
      "note: once it has begun, requests from before may still be at work: wait for them with " +
      `maintenancemode on --wait 60s --store ${store}\n`,
  );
  expect(code).toBe(0);
});

test("on --with-bypass says that the link from before no longer works", async () => {
  const { store } = makePlace();
  const [first, second] = [
    await cli(["on", "--store", store, "--with-bypass"]),
    await cli(["on", "--store", store, "--with-bypass"]),
  ];
  const note = "note: the bypass link from before no longer works\n";
  expect([first.stderr.includes(note), second.stderr.includes(note)]).toEqual([false, true]);
});

test("on --status refuses a redirect, and names what redirects", async () => {
  const { store } = makePlace();
  const { code, stderr } = await cli(["on", "--store", store, "--status", "302"]);
  expect(stderr).toContain(
    '"--status" must not be a redirect, received "302": to redirect visitors, set the option "redirectUrl" in the code ' +
      "of the site\n",
  );
  expect(code).toBe(2);
});

test("read-only of a part says so", async () => {
  const { store } = makePlace();
  expect((await cli(["read-only", "--store", store, "--url", "/shop"])).stdout).toMatch(
    /^A part of the site is now read-only\.\n/,
  );
});

test("on --wait fails where no process reports, unless that is said to be right", async () => {
  const { store, read } = makePlace();
  const { code, stdout, stderr } = await cli(["on", "--store", store, "--wait", "1s"]);
  expect(stdout).toMatch(/\nNOT SAFE: no running process uses this store\n$/);
  expect(stderr).toContain("maintenancemode: There is no process to wait for: maintenance stays on\n");
  expect(stderr).toContain("give --allow-no-instances\n");
  expect(code).toBe(5);
  expect(read()).toEqual({ mode: "on" });
  const allowed = await cli(["on", "--store", store, "--wait", "1s", "--allow-no-instances"]);
  expect(allowed.stdout).toMatch(
    /\nNo running process uses this store\.\nSAFE TO MIGRATE, if the site is not running\n$/,
  );
  expect(allowed.code).toBe(0);
});

test("on --wait ends with 6 when somebody else changes the state meanwhile", async () => {
  const { store, read } = makePlace();
  const { hold } = await startSite(store);
  await hold();
  const running = startCli(["on", "--store", store, "--wait", "60s"]);
  await until(() => running.stdout.includes("undo"), "it is on");
  await cli(["off", "--store", store]);
  const { code, stdout, stderr } = await running.done;
  expect(stdout).toMatch(/\nNOT SAFE: someone else changed the state\n$/);
  expect(stderr).toContain("Someone else changed the state during the wait: run maintenancemode status");
  expect(code).toBe(6);
  expect(read()).toEqual({ mode: "off" });
});

test("on --wait that is interrupted ends with 130, and leaves three lines: the state, the undo, the way in", async () => {
  const { store, read } = makePlace();
  const { hold } = await startSite(store);
  await hold();
  const running = startCli(["on", "--store", store, "--wait", "60s"]);
  await until(() => running.stdout.includes("undo"), "it is on");
  running.child.kill("SIGINT");
  const { code, stdout, stderr } = await running.done;
  const link = /open this once: (.+)/.exec(stdout)![1];
  expect(withoutWaiting(stderr)).toBe(
    "maintenancemode: Interrupted: maintenance is on, and requests from before may still be at work\n" +
      `  undo: maintenancemode off --store ${store}\n` +
      `  get in: ${link}\n`,
  );
  expect(stdout).not.toContain("SAFE");
  expect(code).toBe(130);
  expect(read()).toEqual({ mode: "on" });
});

test("--streams and --allow-no-instances need --wait", async () => {
  const { store } = makePlace();
  const { code, stderr } = await cli(["on", "--store", store, "--streams"]);
  expect(stderr).toContain('"--streams" works only with "--wait": add --wait 60s');
  expect(code).toBe(2);
});

test("on takes over what run would switch off in the end", async () => {
  const { store, read } = makePlace();
  await startSite(store);
  const command = [process.execPath, "-e", "process.stdin.once('data', () => process.exit())"];
  const running = startCli(["run", "--store", store, "--", ...command], { stdio: ["pipe", "pipe", "pipe"] });
  await until(() => running.stderr.includes("Running:"), "the command runs");
  expect(unwrapped(running.stderr)).toMatch(
    /^ {2}owner {8}run \d+@\S+ \w+ \(if it succeeds, it turns maintenance off\)$/m,
  );
  const windows = await cli(["windows", "--store", store]);
  expect(unwrapped(windows.stdout)).toMatch(/^ {2}owner {8}run \d+@\S+ \w+ \(if it is still running and succeeds, /m);
  const status = await cli(["status", "--store", store]);
  const owner =
    /^ {2}owner {8}(run \d+@\S+ \w+) \(if it is still running and succeeds, it turns maintenance off\)$/m.exec(
      unwrapped(status.stdout),
    )![1];
  const dry = await cli(["off", "--store", store, "--dry-run"]);
  expect(dry.stderr).toBe(
    `note: this would take over from ${owner}, which goes on without maintenance if it is still running\n`,
  );
  const on = await cli(["on", "--store", store, "--wait", "60s"]);
  expect(on.stdout).toMatch(/^Maintenance stays on\..*\nSAFE TO MIGRATE\n$/s);
  expect(on.stdout).not.toContain("owner");
  expect(withoutWaiting(on.stderr)).toBe(
    `note: this takes over from ${owner}, which no longer changes the state when it succeeds\n`,
  );
  running.child.stdin!.end("go on");
  const { code, stderr } = await running.done;
  expect(stderr).toContain("The command succeeded, but someone else changed the state meanwhile: their change stays\n");
  expect(code).toBe(6);
  expect(read()).toMatchObject({ mode: "on" });
});

test.each<[string, RegExp]>([
  [
    '{"mode":"on","start":"2999-01-01T00:00:00Z"}',
    /before maintenance begins \(2999-.*\): give --start now\. Nothing was changed\n/,
  ],
  [
    '{"mode":"on","recurring":[{"cron":"0 0 29 2 *","duration":"1s"}]}',
    /before maintenance begins \(.*\): give --every none\. Nothing was changed\n/,
  ],
])("on --wait is refused where it would return before maintenance begins: %s", async (stored, message) => {
  const { store, read, write } = makePlace();
  write(stored);
  await startSite(store);
  const { code, stderr } = await cli(["on", "--store", store, "--wait", "60s"]);
  expect(stderr).toMatch(message);
  expect(code).toBe(2);
  expect(read()).toEqual(JSON.parse(stored));
});

test("options without a command are an error, which a script does not take for done", async () => {
  const { store } = makePlace();
  const { code, stdout, stderr } = await cli(["--store", store, "--wait", "60s"]);
  expect([code, stdout]).toEqual([2, ""]);
  expect(stderr).toMatch(
    /^maintenancemode: no command given: choose one of on, read-only, .*\nRun maintenancemode --help\n$/,
  );
  expect(await cli([])).toMatchObject({ code: 2, stdout: "", stderr: expect.stringMatching(/^Usage: /) });
});
