/** Lines of a shell, the states and the tables of the command line. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { liveState, parseState } from "maintenancemode/state";
import { httpStore } from "maintenancemode/stores/http";
import { memoryStore } from "maintenancemode/stores/memory";
import { afterAll, describe, expect, test } from "vitest";
import { freePort } from "../_free-port.ts";
import { has, SERVER_PATH } from "../_needs.ts";
import { errorsIn, readSchema, strictAjv } from "../schemas/_schemas.ts";
import { hasRedis, PASSWORD, startRedis } from "../stores/_redis.ts";
import { expectStatus, statusAt } from "./_answers.ts";
import { blocksOf, codeIn, kindOf, page, pages, type Table } from "./_pages.ts";
import { cleanUp, pathOf, read, repository, run, runShell, startServer, write } from "./_scratch.ts";

afterAll(cleanUp);

/** A site over a file, to be started in a folder. */
const SITE = page("stores/file.md").codeUnder("File");

/** Runs lines in a folder of the project, without npx, which takes longer to start than what it starts. */
function runIn(folder: string, lines: string, env: Record<string, string> = {}): Promise<string> {
  const commands = lines.replaceAll("npx maintenancemode", `${pathOf("node_modules/.bin")}/maintenancemode`);
  return runShell(`cd ${pathOf(folder)}\n${commands}`, { MAINTENANCE_STORE: "file:maintenance.json", ...env });
}

/** What a line leaves a site in, if it switches it: the statuses of a GET and a POST. `run` goes back to what was before. */
function expectedAfter(line: string): [get: number, post: number] | undefined {
  if (/ status| explain| page| help| run |^npm|^export|--dry-run|--help|--start 2|admit| --name /.test(line)) {
    return undefined;
  }
  if (/ read-only|"read-only"/.test(line)) return [200, 503];
  // The site is another host than those of the pages.
  if (/ off|^rm|redis-cli del| --host [^n]/.test(line)) return [200, 200];
  return / on|"on"|^touch/.test(line) ? [503, 503] : undefined;
}

const NEEDS_REDIS = "docs/stores/redis.md";
const withCommands = pages.filter(({ path, blocks }) =>
  path !== NEEDS_REDIS && blocks.some((block) => kindOf(block) === "commands")
);

describe("The commands of a page do what they say, one after the other, beside a site", () => {
  test.each(withCommands.map((page) => [page.path, page.blocks] as const))("%s", async (path, blocks) => {
    const folder = path.replace(/\W/g, "-");
    const file = `${pathOf(folder)}/maintenance.json`;
    const { port } = await startServer("node", `${folder}/site.ts`, SITE.replace("maintenance.json", file));
    write(
      `${folder}/package.json`,
      JSON.stringify({ type: "module", scripts: { migrate: "node --version", backup: "node --version" } }),
    );
    for (const file of ["gate.ts", "gate.mjs"]) {
      write(`${folder}/${file}`, 'export default { ignoreUrls: ["/health"] };\n');
    }
    if (path.endsWith("/unstorage.md")) {
      write(`${folder}/store.ts`, page(path).codeUnder("From the command line"));
    }
    const followsFile = !path.endsWith("/unstorage.md");
    const shopUrl = path.endsWith("/state.md") ? "/shop" : "/";
    for (const { text } of blocks.filter((block) => kindOf(block) === "commands")) {
      // Visitors are admitted while the site is closed, and it may be open again further up on the page.
      if (/^npx maintenancemode admit/.test(text)) await runIn(folder, "npx maintenancemode on");
      for (const line of text.trimEnd().split("\n")) {
        await runIn(folder, line.replace("/srv/shop", pathOf(folder)));
        const expected = followsFile ? expectedAfter(line) : undefined;
        if (expected === undefined) continue;
        const ask = async () => [await statusAt(port, shopUrl), await statusAt(port, shopUrl, { method: "POST" })];
        await expect.poll(ask, { message: line }).toEqual(expected);
      }
    }
  });
});

test("--wait and run answer visitors with 503 while the command runs", async () => {
  const { port } = await startServer("node", "run/site.ts", SITE.replace("maintenance.json", pathOf("run/m.json")));
  const [waiting, running] = page("migrations.md").blocksUnder("Safe migrations", "sh");
  const store = { MAINTENANCE_STORE: "file:m.json" };
  const [on, off] = waiting!.text.split("\n");
  await runIn("run", on!, store);
  expect(await statusAt(port)).toBe(503);
  await runIn("run", off!, store);
  expect(await statusAt(port)).toBe(200);
  const ask = `fetch('http://localhost:${port}/').then(({ status }) => console.log('seen', status))`;
  write("run/package.json", JSON.stringify({ type: "module", scripts: { migrate: `node -e "${ask}"` } }));
  expect(await runIn("run", running!.text, store)).toContain("seen 503\n");
  // run does not wait until the site has followed the end.
  await expectStatus(port, 200);
});

test("admit lets in a percentage of visitors, always the same ones", async () => {
  const { port } = await startServer("node", "admit/site.ts", SITE.replace("maintenance.json", pathOf("admit/m.json")));
  const isIn = (place: string) => statusAt(port, "/", { headers: { cookie: `maintenance-admit=${place}` } });
  // In the tenth, in the half, and in neither.
  const places = ["00000000", "7fffffff", "ffffffff"];
  const expected = [[503, 503, 503], [200, 503, 503], [200, 200, 503], [200, 200, 200]];
  const lines = page("reopening.md").blocksUnder("Reopening gradually", "sh")[0]!.text.trimEnd().split("\n");
  expect(lines).toHaveLength(expected.length);
  for (const [at, line] of lines.entries()) {
    await runIn("admit", line, { MAINTENANCE_STORE: "file:m.json" });
    await expect.poll(() => Promise.all(places.map(isIn))).toEqual(expected[at]);
  }
});

test.skipIf(!hasRedis())("Another machine turns maintenance on and off over Redis", async () => {
  await using redis = await startRedis();
  const { codeUnder, blocks } = page(NEEDS_REDIS);
  const atRedis = (text: string) => text.replaceAll("redis://localhost:6379", redis.url);
  const { port } = await startServer("node", "redis.ts", atRedis(codeUnder("Redis and Valkey")));
  const lines = blocks.find(({ language }) => language === "sh")!.text.trimEnd().split("\n");
  for (const line of lines) {
    await runShell(atRedis(line).replace(/^redis-cli/, `redis-cli -p ${redis.port}`), { REDISCLI_AUTH: PASSWORD });
    await expectStatus(port, expectedAfter(line)![0]);
  }
  expect(lines).toHaveLength(4);
});

test("Your own store keeps the contract, and the command line takes it", async () => {
  const { codeUnder } = page("stores/your-own.md");
  const store = codeUnder("Your own store");
  expect(store.split("\n").length).toBeLessThan(30);
  write("sqlite-store.ts", store);
  write("contract.test.ts", codeUnder("Test it"));
  const report = await run([process.execPath, "--no-warnings", "--test", "--test-reporter=tap"], "contract.test.ts");
  expect(report).toMatch(/^# fail 0$/m);
  expect(Number(/^# pass (\d+)$/m.exec(report)![1])).toBeGreaterThan(10);
  write(
    "my-store.ts",
    'import { sqliteStore } from "./sqlite-store.ts";\nexport default () => sqliteStore("state.db");\n',
  );
  await runShell(
    "npx maintenancemode on --store ./my-store.ts && npx maintenancemode status --store ./my-store.ts | grep on",
  );
});

test("The states that are shown are valid, and the table has all their fields", () => {
  const texts = blocksOf("state").map(({ text }) => text);
  const states = texts.map((text) => parseState(text));
  expect(states.length).toBeGreaterThan(3);
  const validate = strictAjv().compile(readSchema("state"));
  for (const text of texts) expect(errorsIn(validate, JSON.parse(text)), text).toBeUndefined();
  const fields = page("state.md").tablesUnder("State and windows")[0]!.rows.map(([name]) => codeIn(name!)[0]!);
  expect(fields).toEqual(expect.arrayContaining(states.flatMap((state) => Object.keys(state))));
  expect(() => parseState('{ "mode": "on", "zzz": 1 }')).toThrow(`accepted are ${fields.join(", ")}`);
});

test("The table of options of liveState() has all of them", () => {
  const names = page("state.md").tablesUnder("Options of `liveState`")[0]!.rows.map(([name]) => codeIn(name!)[0]!);
  expect(() => liveState(memoryStore(), { zzz: 1 } as object)).toThrow(`accepted are ${names.join(", ")}`);
});

test("The tables of stores have all of them, as they are exported", () => {
  const npm = JSON.parse(readFileSync(join(repository, "package.json"), "utf8"));
  const { rows } = page("stores/index.md").tablesUnder("Choosing a store")[0]!;
  const listed = rows.map(([name]) => `./stores/${/\((.*)\.md\)/.exec(name!)![1]!}`);
  expect(listed).toEqual(Object.keys(npm.exports).filter((name) => name.startsWith("./stores/")));
  expect(rows.map((row) => row.find((cell) => cell === "yes" || cell === "no"))).toEqual([
    ...["yes", "yes", "yes", "yes"],
    ...["no", "no", "no"],
  ]);
  expect([memoryStore().instances !== undefined, httpStore("https://x.test/").instances]).toEqual([true, undefined]);
  const waits = new Map(
    rows.map((row) => [/\((.*)\)/.exec(row[0]!)![1]!, row.find((cell) => /^(?:yes|no)$/.test(cell))]),
  );
  for (const row of page("README.md").tablesUnder("Stores")[0]!.rows) {
    const name = /stores\/(.*)\)/.exec(row[0]!)![1]!;
    if (name !== "your-own.md") expect(row.at(-1), name).toBe(waits.get(name));
  }
});

test("The drivers of unstorage exist", () => {
  const { rows } = page("stores/unstorage.md").tablesUnder("Drivers")[0]!;
  const { exports } = JSON.parse(readFileSync(join(repository, "node_modules/unstorage/package.json"), "utf8"));
  expect(exports).toHaveProperty(["./drivers/*"]);
  for (const [, driver] of rows) {
    const name = codeIn(driver!)[0]!;
    const types = readFileSync(join(repository, `node_modules/unstorage/drivers/${name}.mjs`), "utf8");
    const [, , installed] = rows.find((row) => row[1] === driver)!;
    for (const dependency of codeIn(installed!).filter((word) => word !== "db0")) {
      expect(types, name).toContain(`"${dependency}"`);
    }
  }
});

test("The tables of the command line have what its help has", async () => {
  const [help, helpOfOn] = page("cli.md").blocksUnder("Command line", "sh")[0]!.text.trimEnd().split("\n");
  const texts = [await runIn(".", help!), await runIn(".", helpOfOn!)];
  expect(texts[1]).toContain("Usage: maintenancemode on");
  for (const command of ["read-only", "off", "admit", "run", "explain", "page", "status", "log"]) {
    texts.push(await runIn(".", `npx maintenancemode ${command} --help`));
  }
  const only = (heading: string): Table => page("cli.md").tablesUnder(heading)[0]!;
  const inHelp = (pattern: RegExp, text = texts.join("\n")) =>
    new Set(Array.from(text.matchAll(pattern), ([, name]) => name!));
  const listed = new Set(only("Options").rows.flatMap(([names]) => names!.match(/--[\w-]+/g)!));
  const known = inHelp(/^ {2}(?:-\w, | {4})(--[\w-]+)/gm);
  for (const general of ["--help", "--version"]) known.delete(general);
  expect(listed).toEqual(known);
  expect(only("Commands").rows.map(([name]) => codeIn(name!)[0]!.split(" ")[0])).toEqual(
    [...inHelp(/^ {2}([a-z][\w-]*)(?: [<[]| --|\s{2})/gm, texts[0]!.split("Options of all")[0])],
  );
  for (const code of only("Exit codes").rows.flatMap(([codes]) => codes!.split(", "))) {
    expect(texts.join("\n")).toMatch(new RegExp(`\\b${code}\\b`));
  }
});

test("status --json has the fields that are listed", async () => {
  await startServer("node", "json/site.ts", SITE.replace("maintenance.json", pathOf("json/m.json")));
  const env = { MAINTENANCE_STORE: "file:m.json" };
  await runIn("json", "npx maintenancemode on --wait 60s", env);
  const status = JSON.parse(await runIn("json", "npx maintenancemode status --json", env));
  const listed = codeIn(page("cli.md").text.split("\n## JSON\n")[1]!.split("```")[0]!);
  for (const field of [...Object.keys(status), ...Object.keys(status.instances[0])]) expect(listed).toContain(field);
});

test.skipIf(!has("nginx"))("nginx serves the page that is printed while the app is down", async () => {
  await runShell("mkdir -p pages && npx maintenancemode page > pages/503.html");
  expect(read("pages/503.html")).toMatch(/^<!doctype html>[^]*Down for maintenance/);
  const [config] = page("cli.md").blocksUnder("The page as a file", "nginx");
  const port = await freePort();
  const folder = pathOf("").replace(/\/$/, "");
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
  const nginx = runShell(`exec nginx -e ${folder}/error.log -c ${folder}/nginx.conf`, { PATH: SERVER_PATH })
    .catch(() => {});
  await expectStatus(port, 503);
  expect(await (await fetch(`http://127.0.0.1:${port}/shop`)).text()).toBe(read("pages/503.html"));
  await runShell(`kill "$(cat nginx.pid)"`);
  await nginx;
});
