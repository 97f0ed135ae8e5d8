/** What README.md says of the state, the stores and the command line, with its code and its commands. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { liveState, parseState } from "maintenancemode/state";
import { httpStore } from "maintenancemode/stores/http";
import { memoryStore } from "maintenancemode/stores/memory";
import { afterAll, expect, test } from "vitest";
import { freePort } from "../_free-port.ts";
import { has, SERVER_PATH } from "../_needs.ts";
import { hasRedis, PASSWORD, startRedis } from "../stores/_redis.ts";
import { blocks, blocksUnder, codeIn, liveHeadings, tablesUnder } from "./_readme.ts";
import { cleanUp, read, repository, run, runShell, startServer, startWorker, write } from "./_scratch.ts";

const TIMEOUT_MS = 60_000;
const long = { timeout: TIMEOUT_MS };

afterAll(cleanUp);

/** The lines of the one block of commands under a heading. */
function commandsUnder(heading: string, at = 0): string[] {
  return blocksUnder(heading, "sh")[at]!.text.trimEnd().split("\n");
}

function codeUnder(heading: string, at = 0): string {
  return blocksUnder(heading, "ts")[at]!.text;
}

const STORE = { MAINTENANCE_STORE: "file:maintenance.json" };
const statusAt = async (port: number, init?: RequestInit) => {
  const response = await fetch(`http://localhost:${port}/`, init);
  await response.arrayBuffer();
  return response.status;
};

/** Waits until a server answers with a status. */
async function expectStatus(port: number, status: number, init?: RequestInit): Promise<void> {
  await expect.poll(() => statusAt(port, init), { timeout: 20_000 }).toBe(status);
}

test("A site over a file is switched from a terminal, around a migration, and with an editor", long, async () => {
  const { port } = await startServer("node", "live.ts", codeUnder("Turning it on and off"));
  await expectStatus(port, 200);

  const [exported, on, status, off, ...more] = commandsUnder("From a terminal");
  expect([exported, more]).toEqual([`export MAINTENANCE_STORE=${STORE.MAINTENANCE_STORE}`, []]);
  expect(await runShell(on!, STORE)).toContain("Maintenance is now on.\n");
  await expectStatus(port, 503);
  expect(await (await fetch(`http://localhost:${port}/`)).text()).toContain("Moving to a bigger database");
  expect(await (await fetch(`http://localhost:${port}/health`)).text()).toBe("Hello");
  expect(await runShell(status!, STORE)).toContain("Maintenance is on.\n  reason    Moving to a bigger database\n");
  await runShell(off!, STORE);
  await expectStatus(port, 200);

  const [onAndWait, offAndWait] = commandsUnder("Before a migration");
  await runShell(onAndWait!, STORE);
  expect(await statusAt(port)).toBe(503);
  await runShell(offAndWait!, STORE);
  expect(await statusAt(port)).toBe(200);

  const [around] = commandsUnder("Before a migration", 1);
  const ask = `fetch('http://localhost:${port}/').then(({ status }) => console.log('seen', status))`;
  write("package.json", JSON.stringify({ type: "module", scripts: { migrate: `node -e "${ask}"` } }));
  expect(await runShell(around!, STORE)).toContain("seen 503\n");
  expect(await statusAt(port)).toBe(200);

  const whoIsIn = (place: string) => statusAt(port, { headers: { cookie: `maintenance-admit=${place}` } });
  const statuses: number[][] = [];
  for (const line of commandsUnder("Reopening gradually")) {
    await runShell(line, STORE);
    // In the tenth, in the half, and in neither.
    const places = ["00000000", "7fffffff", "ffffffff"];
    const expected = [503, 503, 503].fill(200, 0, { "10%": 1, "50%": 2, off: 3 }[line.split(" ").at(-1)!] ?? 0);
    await expect.poll(() => Promise.all(places.map(whoIsIn)), { timeout: 20_000 }).toEqual(expected);
    statuses.push(expected);
  }
  expect(statuses).toEqual([[503, 503, 503], [200, 503, 503], [200, 200, 503], [200, 200, 200]]);

  const seen: [string, number, number][] = [];
  for (const line of commandsUnder("With an editor")) {
    await runShell(line);
    const isOff = line.startsWith("rm");
    const isReadOnly = line.includes("read-only");
    await expectStatus(port, isOff || isReadOnly ? 200 : 503);
    await expectStatus(port, isOff ? 200 : 503, { method: "POST" });
    seen.push([line.split(" ")[0]!, await statusAt(port), await statusAt(port, { method: "POST" })]);
  }
  expect(seen).toEqual([["echo", 503, 503], ["echo", 200, 503], ["rm", 200, 200], ["touch", 503, 503], [
    "rm",
    200,
    200,
  ]]);
});

test.skipIf(!hasRedis())("A site over Redis is switched from another machine", long, async () => {
  await using redis = await startRedis();
  const atRedis = (text: string) => text.replaceAll("redis://localhost:6379", redis.url);
  const { port } = await startServer("node", "live-redis.ts", atRedis(codeUnder("On several machines")));
  const commands = commandsUnder("On several machines").map((line) =>
    atRedis(line).replace(/^redis-cli/, `redis-cli -p ${redis.port}`)
  );
  const statuses: number[] = [];
  for (const line of commands) {
    await runShell(line, { REDISCLI_AUTH: PASSWORD });
    await expectStatus(port, / on | set /.test(line) ? 503 : 200);
    statuses.push(await statusAt(port));
  }
  expect(statuses).toEqual([503, 200, 503, 200]);
});

test("A Worker follows its KV namespace", long, async () => {
  const on = await startWorker("live-worker.ts", codeUnder("In Workers"), "module");
  await on.put!("maintenancemode", '{ "mode": "on" }');
  expect(await statusAt(on.port)).toBe(503);
  expect(await (await fetch(`http://localhost:${on.port}/health`)).text()).toBe("Hello");
  const off = await startWorker("live-worker-off.ts", codeUnder("In Workers"), "module");
  expect(await statusAt(off.port)).toBe(200);
});

test("The store of one's own keeps the contract, and the command line takes it", long, async () => {
  const [store, contract] = [codeUnder("A store of your own"), codeUnder("A store of your own", 1)];
  expect(store.split("\n").length).toBeLessThan(30);
  write("sqlite-store.ts", store);
  write("contract.test.ts", contract);
  const report = await run([process.execPath, "--no-warnings", "--test", "--test-reporter=tap"], "contract.test.ts");
  expect(report).toMatch(/^# fail 0$/m);
  expect(Number(/^# pass (\d+)$/m.exec(report)![1])).toBeGreaterThan(10);
  write("my-store.ts", 'import { sqliteStore } from "./sqlite-store.ts";\nexport default sqliteStore("state.db");\n');
  await runShell(
    "npx maintenancemode on --store ./my-store.ts && npx maintenancemode status --store ./my-store.ts | grep on",
  );
});

test("The state that is shown is valid, and the table has all its fields", () => {
  const states = blocksUnder("The state", "json").map(({ text }) => parseState(text));
  expect(states.length).toBe(2);
  const fields = tablesUnder("The state")[0]!.rows.map(([name]) => codeIn(name!)[0]!);
  expect(new Set([...states.flatMap((state) => Object.keys(state)), "bypass"])).toEqual(new Set(fields));
  expect(() => parseState('{ "mode": "on", "zzz": 1 }')).toThrow(`accepted are ${fields.join(", ")}`);
});

test("The table of options of liveState() has all of them", () => {
  const names = tablesUnder("Options of `liveState`")[0]!.rows.map(([name]) => codeIn(name!)[0]!);
  expect(() => liveState(memoryStore(), { zzz: 1 } as object)).toThrow(`accepted are ${names.join(", ")}`);
});

test("The table of stores has all of them, as they are exported", () => {
  const npm = JSON.parse(readFileSync(join(repository, "package.json"), "utf8"));
  const rows = tablesUnder("Stores")[0]!.rows;
  const listed = rows.map(([name]) => codeIn(name!)[0]!.replace("maintenancemode", "."));
  expect(listed).toEqual(Object.keys(npm.exports).filter((name) => name.startsWith("./stores/")));
  expect(rows.map((row) => row.find((cell) => cell === "yes" || cell === "no"))).toEqual([
    ...["yes", "yes", "yes", "yes"],
    ...["no", "no", "no"],
  ]);
  expect([memoryStore().instances !== undefined, httpStore("https://x.test/").instances]).toEqual([true, undefined]);
});

test("The help of the command line is there, and the tables have what it has", long, async () => {
  const [help, helpOfOn] = commandsUnder("Command line");
  const texts = [await runShell(help!), await runShell(helpOfOn!)];
  expect(texts[1]).toContain("Usage: maintenancemode on");
  for (const command of ["off", "admit", "run", "explain", "page", "status"]) {
    texts.push(await runShell(`npx maintenancemode ${command} --help`));
  }
  const [commands, options, , exits] = tablesUnder("Command line");
  const inHelp = (pattern: RegExp, text = texts.join("\n")) =>
    new Set(Array.from(text.matchAll(pattern), ([, name]) => name!));
  const listed = new Set(options!.rows.flatMap(([names]) => names!.match(/--[\w-]+/g)!));
  const known = inHelp(/^ {2}(--[\w-]+)/gm);
  for (const general of ["--help", "--version"]) known.delete(general);
  expect(listed).toEqual(known);
  expect(commands!.rows.map(([name]) => codeIn(name!)[0]!.split(" ")[0])).toEqual(
    [...inHelp(/^ {2}([a-z][\w-]*)(?: <| --|\s{2})/gm, texts[0]!.split("Options of all")[0])],
  );
  for (const code of exits!.rows.flatMap(([codes]) => codes!.split(", "))) {
    expect(texts.join("\n")).toMatch(new RegExp(`\\b${code}\\b`));
  }
});

test.skipIf(!has("nginx"))("page prints the page, and nginx serves it while the app is down", long, async () => {
  await runShell("mkdir -p pages && npx maintenancemode page > pages/503.html");
  expect(read("pages/503.html")).toMatch(/^<!doctype html>[^]*Down for maintenance/);
  const [config] = blocksUnder("Command line", "nginx");
  const port = await freePort();
  const folder = (await runShell("pwd")).trim();
  write(
    "nginx.conf",
    `${
      process.getuid?.() === 0 ? "user root; " : ""
    }daemon off; master_process off; pid ${folder}/nginx.pid; error_log ${folder}/error.log; events {}
http { access_log off; client_body_temp_path ${folder}/t1; proxy_temp_path ${folder}/t2; fastcgi_temp_path ${folder}/t3;
uwsgi_temp_path ${folder}/t4; scgi_temp_path ${folder}/t5;
server { listen 127.0.0.1:${port}; location / { proxy_pass http://127.0.0.1:1; }
${config!.text.replace("/srv/pages", `${folder}/pages`)} } }`,
  );
  const nginx = runShell(`exec nginx -e ${folder}/error.log -c ${folder}/nginx.conf`, { PATH: SERVER_PATH }).catch(
    () => {},
  );
  await expectStatus(port, 503);
  expect(await (await fetch(`http://127.0.0.1:${port}/shop`)).text()).toBe(read("pages/503.html"));
  await runShell(`kill "$(cat nginx.pid)"`);
  await nginx;
});

test("Every block under these headings is run by a test", () => {
  const there = liveHeadings.map((heading) => [heading, blocks.filter((block) => block.heading === heading).length]);
  expect(Object.fromEntries(there)).toEqual({
    "Turning it on and off": 1,
    "From a terminal": 1,
    "Before a migration": 2,
    "Reopening gradually": 2,
    "With an editor": 1,
    "On several machines": 2,
    "The state": 2,
    "In Workers": 1,
    "A store of your own": 2,
    "Command line": 2,
  });
});
