import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { hasRedis, startRedis } from "../stores/_redis.ts";
import { cli, cliCommand, hasRuntime, makePlace, startCli, startSite, until, unwrapped } from "./_cli.ts";

/** A command of Node's. */
const script = (source: string) => [process.execPath, "-e", source];

/** The state that `run` writes: on, and its own. */
const OWN = { mode: "on", owner: expect.stringMatching(/^run \d+@\S+ \w+$/) };

/** The state that a `run` leaves that did not succeed: the next one knows that it is over, and what was there before. */
const LEFT = { mode: "on", former: { mode: "off" } };

test("run switches on, waits, runs the command, and switches off", async () => {
  const { store, folder, read } = makePlace();
  const { url, hold, release } = await startSite(store);
  const { answer } = await hold();
  const seen = join(folder, "seen");
  const source = `fetch(${JSON.stringify(url)}).then((response) => {
    require("fs").writeFileSync(${JSON.stringify(seen)}, String(response.status));
    console.log("migrated");
  })`;
  const running = startCli(["run", "--store", store, "--reason", "New", "--", ...script(source)]);
  await until(async () => (await fetch(url)).status === 503, "it is on");
  expect(existsSync(seen)).toBe(false);
  release();
  const { code, stdout, stderr } = await running.done;
  expect(await answer).toBe("hello");
  expect(stdout).toBe("migrated\n");
  expect(stderr).toMatch(
    /^Maintenance is now on\.\n {2}reason {7}New\n.*\nSAFE TO MIGRATE\nRunning: .*\nThe command succeeded\. Maintenance is off\.\n$/s,
  );
  expect(code).toBe(0);
  expect(readFileSync(seen, "utf8")).toBe("503");
  expect(read()).toEqual({ mode: "off" });
});

test("run leaves maintenance on where the command fails, and ends with its status", async () => {
  const { store, read } = makePlace();
  await startSite(store);
  const { code, stderr } = await cli(["run", "--store", store, "--", ...script("process.exit(3)")]);
  expect(stderr).toContain(
    "maintenancemode: The command failed with exit code 3: maintenance stays on\n" +
      `  to turn it off: maintenancemode off --store ${store}\n` +
      `  get in: maintenancemode on --with-bypass --store ${store}\n`,
  );
  expect(code).toBe(3);
  expect(read()).toEqual(LEFT);
});

test("run ends with 128 and the number of the signal that ended the command", async () => {
  const { store, read } = makePlace();
  await startSite(store);
  const { code, json, stderr } = await cli(
    ["run", "--store", store, "--json", "--", ...script("process.kill(process.pid, 'SIGKILL')")],
  );
  expect(stderr).toContain("SIGKILL ended the command: maintenance stays on");
  expect(code).toBe(137);
  expect(json).toMatchObject({
    state: LEFT,
    inForce: true,
    ready: true,
    command: { status: null, signal: "SIGKILL" },
  });
  expect(read()).toEqual(LEFT);
});

test("run --json tells of the command only where it was started", async () => {
  const { store } = makePlace();
  await startSite(store);
  const done = await cli(["run", "--store", store, "--json", "--", "echo", "hello"]);
  expect(done.stdout).toMatch(/^hello\n\{.*\}\n$/);
  expect(done.json).toMatchObject({
    state: { mode: "off" },
    phase: "off",
    undo: null,
    command: { argv: ["echo", "hello"], status: 0 },
  });
  expect(done.code).toBe(0);
  const missing = await cli(["run", "--store", store, "--json", "--", "no-such-command"]);
  expect(missing.json).toEqual({
    error: {
      code: "notFound",
      message: 'Cannot run "no-such-command": command not found. Nothing was changed',
      exitCode: 127,
      details: [],
      problem: null,
    },
  });
  expect(missing.code).toBe(127);
});

test("run changes nothing where the command cannot be executed", async () => {
  const { store, folder, file } = makePlace();
  const path = join(folder, "migrate.sh");
  writeFileSync(path, "#!/bin/sh\n", { mode: 0o600 });
  expect(await cli(["run", "--store", store, "--", path])).toMatchObject({
    code: 126,
    stdout: "",
    stderr: `maintenancemode: Cannot run ${JSON.stringify(path)}: it is not executable. Nothing was changed\n`,
  });
  expect(existsSync(file)).toBe(false);
});

test("run leaves maintenance on where the command cannot be started after all", async () => {
  const { store, folder, read } = makePlace();
  await startSite(store);
  const path = join(folder, "migrate.sh");
  writeFileSync(path, "#!/no/such/interpreter\n", { mode: 0o700 });
  const { code, stderr } = await cli(["run", "--store", store, "--", path]);
  expect(stderr).toMatch(
    /maintenancemode: Cannot run ".*migrate\.sh": .*; maintenance stays on\n {2}to turn it off: maintenancemode off .*\n$/,
  );
  expect(code).toBe(127);
  expect(read()).toEqual(LEFT);
});

test("run does not run the command where the fleet is not ready, and leaves maintenance on", async () => {
  const { store, folder, read } = makePlace();
  const { hold } = await startSite(store);
  await hold();
  const { code, stderr } = await cli(["run", "--store", store, "--wait", "6s", "--", "touch", join(folder, "seen")]);
  expect(stderr).toMatch(
    /Timed out after 6s: maintenance stays on; the command was not run\n .*GET \/held.*\n {2}to turn it off: maintenancemode off.*\nNOT SAFE: the only process is not ready\n$/,
  );
  expect(code).toBe(5);
  expect(existsSync(join(folder, "seen"))).toBe(false);
  expect(read()).toEqual(LEFT);
});

test("run refuses to run a command before maintenance begins", async () => {
  const { store, file } = makePlace();
  const { code, stderr } = await cli(["run", "--store", store, "--start", "2h", "--", "true"]);
  expect(stderr).toMatch(
    /^maintenancemode: the command would run before maintenance begins \(.*, in (2h|1h 59m)\): give --start now/,
  );
  expect(code).toBe(2);
  expect(existsSync(file)).toBe(false);
});

test("run leaves the state of somebody else alone, and ends with 6", async () => {
  const { store, read } = makePlace();
  await startSite(store);
  const [command, ...args] = [...cliCommand(), "on", "--store", store, "--reason", "Theirs"];
  const { code, stderr } = await cli(["run", "--store", store, "--", command!, ...args]);
  expect(stderr).toMatch(
    /The command succeeded, but someone else changed the state meanwhile: their change stays\n {2}to see the state: .* status --store \S+\n$/,
  );
  expect(code).toBe(6);
  expect(read()).toEqual({ mode: "on", reason: "Theirs" });
});

test("run refuses to run a command while another run is at work", async () => {
  const { store, folder, read } = makePlace();
  await startSite(store);
  const seen = join(folder, "seen");
  const inner = [...cliCommand(), "run", "--store", store, "--", "touch", seen];
  const { code, stderr } = await cli(["run", "--store", store, "--reason", "Outer", "--", ...inner]);
  expect(stderr).toMatch(
    /\nmaintenancemode: run \d+@\S+ \w+ is still at work, and changes the state when it is done\. Nothing was changed\n {2}to take maintenance over from it: maintenancemode on --store .*\n/,
  );
  expect(stderr).toContain("The command failed with exit code 6: maintenance stays on");
  expect(code).toBe(6);
  expect(existsSync(seen)).toBe(false);
  expect(read()).toEqual({ ...LEFT, reason: "Outer" });
  // The outer one is over.
  expect((await cli(["run", "--store", store, "--", "touch", seen])).code).toBe(0);
  expect(read()).toEqual({ mode: "off" });
});

test("run --dry-run runs nothing", async () => {
  const { store, folder, file } = makePlace();
  const { code, stderr } = await cli(["run", "--store", store, "--dry-run", "--", "touch", join(folder, "seen")]);
  expect(stderr).toContain("It would run: touch ");
  expect(code).toBe(0);
  expect(existsSync(file) || existsSync(join(folder, "seen"))).toBe(false);
});

test.each(["SIGTERM", "SIGHUP", "SIGINT"] as const)(
  "run passes %s on to the command, and leaves maintenance on",
  async (signal) => {
    const { store, folder, read } = makePlace();
    await startSite(store);
    const seen = join(folder, "seen");
    const source =
      `process.on("${signal}", () => { require("fs").appendFileSync("${seen}", "got it;"); setTimeout(() => process.exit(0), 300) });
    setInterval(() => {}, 1000); console.log("ready")`;
    // A session of its own, so without a terminal.
    const running = startCli(["run", "--store", store, "--", ...script(source)], { detached: true });
    await until(() => running.stdout === "ready\n", "the command runs");
    running.child.kill(signal);
    const { code, stderr } = await running.done;
    expect(readFileSync(seen, "utf8")).toBe("got it;");
    expect(stderr).toMatch(
      new RegExp(
        `\n(?:maintenancemode: )${signal} arrived, and the command ended with exit code 0: maintenance stays on\n` +
          "  undo: maintenancemode off --store .*\n  get in: maintenancemode on --with-bypass --store .*\n$",
      ),
    );
    expect(code).toBe({ SIGTERM: 143, SIGHUP: 129, SIGINT: 130 }[signal]);
    expect(read()).toEqual(LEFT);
  },
);

test.each((["node", "deno", "bun"] as const).filter(hasRuntime))(
  "run on %s ends with the status of a command that a signal made end by itself",
  async (runtime) => {
    const { store } = makePlace();
    await startSite(store);
    const command = ["sh", "-c", "trap 'exit 3' TERM; echo up; for i in $(seq 600); do sleep 0.05; done"];
    const running = startCli(["run", "--store", store, "--", ...command], { runtime, detached: true });
    await until(() => running.stdout === "up\n", "the command runs");
    running.child.kill("SIGTERM");
    const { code, stderr } = await running.done;
    expect(stderr).toContain("SIGTERM arrived, and the command ended with exit code 3: maintenance stays on");
    expect(code).toBe(3);
  },
);

test("run that is killed leaves maintenance on", async () => {
  const { store, read } = makePlace();
  await startSite(store);
  const running = startCli([
    "run",
    "--store",
    store,
    "--",
    ...script("console.log(process.pid); setInterval(() => {}, 1000)"),
  ]);
  await until(() => running.stdout !== "", "the command runs");
  running.child.kill("SIGKILL");
  // The command goes on, and keeps the pipes open.
  process.kill(Number(running.stdout), "SIGKILL");
  expect((await running.done).signal).toBe("SIGKILL");
  expect(read()).toEqual(OWN);
});

test.skipIf(!hasRedis()).each((["node", "bun"] as const).filter(hasRuntime))(
  "run on %s switches off though Redis was started again meanwhile",
  async (runtime) => {
    await using server = await startRedis("--appendonly", "yes", "--appendfsync", "always");
    await startSite(server.url);
    const source = "console.log('ready'); process.stdin.resume().on('end', () => {})";
    const running = startCli(["run", "--store", server.url, "--", ...script(source)], {
      runtime,
      stdio: ["pipe", "pipe", "pipe"],
    });
    await until(() => running.stdout === "ready\n", "the command runs");
    await server.kill();
    running.child.stdin!.end();
    await server.start();
    const { code, stderr } = await running.done;
    expect(stderr).toMatch(/The command succeeded\. Maintenance is off\.\n$/);
    expect(code).toBe(0);
    expect(JSON.parse(await server.cli("get", "maintenancemode"))).toEqual({ mode: "off" });
  },
);

test("run shows no password of a URL in its command, and no secret of a bypass link", async () => {
  const { store } = makePlace();
  await startSite(store);
  const secrets = [
    "postgres://app:hunter22@db/prod",
    "https://site.test/?a=1&maintenance-bypass=correct-horse-battery",
  ];
  const { code, stderr, json } = await cli(["run", "--json", "--store", store, "--", "true", ...secrets]);
  expect(code).toBe(0);
  expect(json.command.argv).toEqual([
    "true",
    "postgres://***@db/prod",
    "https://site.test/?a=1&maintenance-bypass=***",
  ]);
  expect(json).toMatchObject({ inForce: false, revision: expect.any(String) });
  expect(json.instances).toHaveLength(1);
  const dry = await cli(["run", "--dry-run", "--store", store, "--", "true", ...secrets]);
  expect(stderr + dry.stderr).not.toMatch(/hunter22|correct-horse/);
  const wrong = await cli(["explain", "ftp://x/?maintenance-bypass=correct-horse-battery", "--store", store]);
  expect(wrong.stderr).not.toContain("correct-horse");
  expect(wrong.code).toBe(2);
});

const MOVING = '{ "mode": "on",   "reason": "Moving house", "internalIps": ["10.0.0.0/8"] }';

test("run puts back the text that was stored before, and says so", async () => {
  const place = makePlace();
  const { store, file } = place;
  place.write(MOVING);
  await startSite(store);
  const { code, stderr } = await cli(["run", "--store", store, "--reason", "Backup", "--", "true"]);
  expect(stderr).toContain("note: maintenance was already on: if the command succeeds, run goes back to that\n");
  expect(stderr).toContain(
    `The command succeeded. Maintenance is on, as before. To turn maintenance off: maintenancemode off --store ${store}\n`,
  );
  expect(code).toBe(0);
  expect(readFileSync(file, "utf8")).toBe(MOVING);
});

test.each([
  ["a window that begins later", '{"mode":"on","start":"2999-01-01T00:00:00Z"}', "scheduled, as before"],
  ["a window that is over", '{"mode":"on","end":"2001-01-01T00:00:00Z"}', "off."],
  ["an empty flag file", "", "on, as before"],
])("run puts back %s", async (_what, text, words) => {
  const place = makePlace();
  const { store, file } = place;
  place.write(text);
  await startSite(store);
  const { code, stderr } = await cli(["run", "--store", store, "--start", "now", "--", "true"]);
  expect(stderr).toContain(`The command succeeded. Maintenance is ${words}`);
  expect(code).toBe(0);
  expect(readFileSync(file, "utf8")).toBe(text);
});

test("run that succeeds after one that failed puts back what was there before both", async () => {
  const place = makePlace();
  const { store, read } = place;
  place.write(MOVING);
  await startSite(store);
  const failed = await cli(["run", "--store", store, "--reason", "Backup", "--", "false"]);
  expect(failed.stderr).toContain(
    `  to turn it off: maintenancemode off --store ${store}\n` +
      `  to go back to the state from before (on: Moving house): maintenancemode off --restore --store ${store}\n`,
  );
  expect(read()).toEqual({ ...JSON.parse(MOVING), reason: "Backup", former: JSON.parse(MOVING) });
  const status = await cli(["status", "--store", store]);
  expect(unwrapped(status.stdout)).toContain(
    "before       on: Moving house (a run did not succeed: the next that does goes back to this)\n",
  );
  const done = await cli(["run", "--store", store, "--", "true"]);
  expect(done.stderr).toContain(
    "note: a run that failed left maintenance on: if the command succeeds, this one goes back to the state from " +
      "before that\n",
  );
  expect(done.code).toBe(0);
  expect(read()).toEqual(JSON.parse(MOVING));
});

test("run goes back to a state that was stored before a run that was killed", async () => {
  const place = makePlace();
  const { store, read } = place;
  place.write(MOVING);
  await startSite(store);
  const killed = startCli([
    "run",
    "--store",
    store,
    "--",
    ...script("console.log(process.pid); setInterval(() => {}, 1000)"),
  ]);
  await until(() => killed.stdout !== "", "the command runs");
  killed.child.kill("SIGKILL");
  process.kill(Number(killed.stdout), "SIGKILL");
  await killed.done;
  const status = await cli(["status", "--store", store]);
  expect(unwrapped(status.stdout)).toMatch(
    /^ {2}owner {8}run \d+@\S+ \w+ \(it is not running any more and cannot end this\)$/m,
  );
  expect(status.stdout).toContain(`  go back      maintenancemode off --restore --store ${store}\n`);
  expect((await cli(["run", "--store", store, "--", "true"])).code).toBe(0);
  expect(read()).toEqual(JSON.parse(MOVING));
});

test("the command that a failed run prints puts back the state from before, although no process can be waited for", async () => {
  const place = makePlace();
  const { store, read } = place;
  place.write(MOVING);
  const failed = await cli(["run", "--store", store, "--wait", "1s", "--", "true"]);
  expect(failed.code).toBe(5);
  const [, words] = /to go back to the state from before \(on: Moving house\): maintenancemode (.+)$/m.exec(
    failed.stderr,
  )!;
  const { code, stdout } = await cli(words!.split(" "));
  expect(stdout).toMatch(/^Maintenance stays on\.\n {2}reason {7}Moving house\n/);
  expect(code).toBe(0);
  expect(read()).toEqual(JSON.parse(MOVING));
  const again = await cli(words!.split(" "));
  expect(again.stderr).toContain('"--restore" goes back to the state from before a run, and no run has left this one');
  expect(again.code).toBe(2);
});

test("run leaves the site to the run of another machine, which opens it", async () => {
  const place = makePlace();
  const { store, file } = place;
  const theirs = '{ "mode": "on", "owner": "run 12@another-machine abc" }';
  place.write(theirs);
  await startSite(store);
  const { code, stderr } = await cli(["run", "--store", store, "--", "true"]);
  expect(stderr).toContain(
    "note: run 12@another-machine abc may still be at work: if the command succeeds, maintenance stays on for it\n",
  );
  expect(code).toBe(0);
  expect(readFileSync(file, "utf8")).toBe(theirs);
});

test("a bypass link from before a run works after it", async () => {
  const { store } = makePlace();
  const { url } = await startSite(store);
  const { json } = await cli(["on", "--store", store, "--with-bypass", "--json", "--wait", "60s"]);
  const visit = async () => (await fetch(url, { headers: { "maintenance-bypass": json.bypass.secret } })).status;
  expect(await visit()).toBe(200);
  const { stdout } = await cli(["run", "--store", store, "--json", "--with-bypass", "--", "true"]);
  expect(stdout).not.toContain("sha256:");
  await until(async () => await visit() === 200, "the link works again");
});

test("run says once that no process uses the store", async () => {
  const { store } = makePlace();
  const { code, stderr } = await cli(["run", "--store", store, "--wait", "1s", "--", "true"]);
  expect(stderr.match(/no running process/gi)).toHaveLength(1);
  expect(stderr).toMatch(/\nNOT SAFE: no running process uses this store\n$/);
  expect(code).toBe(5);
});

test("run hides the store from its command unless told otherwise", async () => {
  const { store } = makePlace();
  await startSite(store);
  const env = { MAINTENANCE_STORE: store };
  const print = script("console.log(process.env.MAINTENANCE_STORE ?? 'no store')");
  expect((await cli(["run", "--", ...print], { env })).stdout).toBe("no store\n");
  expect((await cli(["run", "--keep-store-env", "--", ...print], { env })).stdout).toBe(`${store}\n`);
});

test("run shows no password of its command", async () => {
  const { store } = makePlace();
  await startSite(store);
  const command = ["true", "--password=hunter22", "--token", "correct-horse"];
  const { json, stderr } = await cli(["run", "--json", "--store", store, "--", ...command]);
  expect(json.command.argv).toEqual(["true", "--password=***", "--token", "***"]);
  const shown = await cli(["run", "--store", store, "--", ...command]);
  expect(shown.stderr).toContain("Running: true --password=*** --token ***\n");
  const dry = await cli(["run", "--dry-run", "--store", store, "--", ...command]);
  expect(stderr + shown.stderr + dry.stderr).not.toMatch(/hunter22|correct-horse/);
});
