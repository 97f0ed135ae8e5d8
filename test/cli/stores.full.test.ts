import { mkdirSync, readdirSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { createServer as createTcpServer } from "node:net";
import type { AddressInfo, Server } from "node:net";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { hasRedis, PASSWORD, startRedis } from "../stores/_redis.ts";
import { NO_PROCESS } from "../../src/cli/output/describe.ts";
import { cli, hasRuntime, makePlace, type Runtime, startSite, withoutWaiting } from "./_cli.ts";

const root = new URL("../../", import.meta.url).pathname;
/** What is printed to be pasted. */
const PROGRAMS: Readonly<Record<Runtime, string>> = {
  node: "maintenancemode",
  deno: "deno run -A jsr:@maintenancemode/maintenancemode/cli",
  bun: "maintenancemode",
};
const runtimes = (["node", "deno", "bun"] as const).filter(hasRuntime);

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  return (server.address() as AddressInfo).port;
}

test.each(runtimes)("the command line works with a file on %s", async (runtime: Runtime) => {
  const { store, read } = makePlace();
  const { pid } = await startSite(store);
  const on = await cli(["on", "--store", store, "--for", "1h", "--wait", "60s"], { runtime });
  expect(withoutWaiting(on.stderr)).toMatch(/^(note: nobody gets in.*\n)?$/);
  expect(on.stdout).toMatch(/^Maintenance is now on\..*\nSAFE TO MIGRATE until .*, in \S+.*\n$/s);
  expect(on.code).toBe(0);
  const status = await cli(["status", "--store", store, "--json"], { runtime });
  expect(status.json).toMatchObject({ phase: "on", instances: [{ pid, follows: true }] });
  const run = await cli(["run", "--store", store, "--", "sh", "-c", "echo hello; exit 7"], { runtime });
  expect(run).toMatchObject({ code: 7, stdout: "hello\n" });
  const explain = await cli(["explain", "/", "--store", store, "--json"], { runtime });
  expect(explain.json).toMatchObject({ outcome: "answer" });
  const wrong = await cli(["on", "--reson", "x"], { runtime });
  expect(wrong.stderr).toBe(
    `maintenancemode: unknown option "--reson": did you mean "--reason"?\nRun ${PROGRAMS[runtime]} on --help\n`,
  );
  expect(wrong.code).toBe(2);
  expect(await cli(["off", "--store", store], { runtime })).toMatchObject({ code: 0 });
  expect(read()).toEqual({ mode: "off" });
});

test.skipIf(!hasRedis()).each(runtimes)(
  "the command line works with Redis on %s, and never shows the password",
  async (runtime) => {
    await using server = await startRedis();
    const { pid } = await startSite(server.url);
    const shown = `redis://:***@127.0.0.1:${server.port}`;
    const on = await cli(["on", "--store", server.url, "--reason", "New", "--wait", "60s"], { runtime });
    expect(on.stdout).toContain(
      `  store        ${shown}\n  undo         ${PROGRAMS[runtime]} off --store '${shown}'\n`,
    );
    expect(on.stdout).toContain(
      "The process has the new state and has finished the requests from before.\nSAFE TO MIGRATE\n",
    );
    expect(on.code).toBe(0);
    expect(JSON.parse(await server.cli("get", "maintenancemode"))).toMatchObject({ mode: "on", reason: "New" });
    const other = await cli(["on", "--store", `${server.url}/1?key=shop`, "--json"], { runtime });
    expect(other.json).toMatchObject({ store: `${shown}/1?key=shop`, instances: [] });
    expect(JSON.parse(await server.cli("-n", "1", "get", "shop"))).toMatchObject({ mode: "on" });
    const status = await cli(["status", "--store", server.url, "--json"], { runtime });
    expect(status.json).toMatchObject({ store: shown, instances: [{ pid, follows: true }] });
    const wrong = await cli(["on", "--store", server.url.replace(PASSWORD, "wrong-password")], { runtime });
    expect(wrong.code).toBe(3);
    await server.kill();
    const gone = await cli(["off", "--store", server.url], { runtime });
    expect(gone.stderr).toMatch(/^maintenancemode: Cannot connect to redis:\/\/\*\*\*@127\.0\.0\.1:\d+: .*\n$/);
    expect(gone.code).toBe(3);
    for (const { stdout, stderr } of [on, other, status, wrong, gone]) {
      expect(stdout + stderr).not.toContain(PASSWORD);
      expect(stdout + stderr).not.toContain("wrong-password");
      expect(stderr).not.toMatch(/\n\s+at /);
    }
  },
);

test.skipIf(!hasRedis())("the command line uses ioredis where the working directory has only that", async () => {
  await using server = await startRedis();
  const { folder } = makePlace();
  mkdirSync(join(folder, "node_modules"));
  symlinkSync(join(root, "node_modules/ioredis"), join(folder, "node_modules/ioredis"));
  // As with npx: the command line is elsewhere, with the packages that it needs itself.
  const elsewhere = join(folder, "npx");
  mkdirSync(join(elsewhere, "node_modules"), { recursive: true });
  for (const name of ["croner", "urlpattern-polyfill", "@noble"]) {
    symlinkSync(join(root, "node_modules", name), join(elsewhere, "node_modules", name));
  }
  const { cpSync } = await import("node:fs");
  cpSync(join(root, "src"), join(elsewhere, "src"), { recursive: true });
  const main = join(elsewhere, "src/cli/main.ts");
  writeFileSync(join(elsewhere, "package.json"), '{"type":"module"}');
  const { execFile } = await import("node:child_process");
  const run = (...args: string[]) =>
    new Promise<{ code: unknown; stdout: string; stderr: string }>((resolve) => {
      execFile(process.execPath, [main, ...args], { cwd: folder }, (error, stdout, stderr) => {
        resolve({ code: error?.code ?? 0, stdout, stderr });
      });
    });
  const on = await run("on", "--store", server.url);
  expect(on.stderr).toBe(`note: ${NO_PROCESS}\n`);
  expect(on.code).toBe(0);
  expect(JSON.parse(await server.cli("get", "maintenancemode"))).toMatchObject({ mode: "on" });
  await server.kill();
  const gone = await run("status", "--store", server.url);
  expect(gone.stderr).toMatch(
    /^maintenancemode: Cannot connect to redis:\/\/\*\*\*@127\.0\.0\.1:\d+: connect ECONNREFUSED .*\n$/,
  );
  expect(gone.code).toBe(3);
});

test.skipIf(!hasRedis())("a Redis that does not answer is given up after 5 seconds", async () => {
  let connections = 0;
  const port = await listen(createTcpServer((socket) => {
    connections++;
    socket.on("error", () => {});
  }));
  const started = performance.now();
  const { code, stderr } = await cli(["status", "--store", `redis://:${PASSWORD}@127.0.0.1:${port}`]);
  expect(connections).toBeGreaterThan(0);
  expect(stderr).toBe(
    `maintenancemode: Cannot connect to redis://***@127.0.0.1:${port}: it did not answer within 5 s\n`,
  );
  expect(code).toBe(3);
  expect(performance.now() - started).toBeLessThan(60_000);
});

test("a store over HTTP can be read, and on and --wait are refused", async () => {
  const port = await listen(createServer((_, response) => response.end('{"mode":"on","reason":"Theirs"}')));
  const url = `http://user:s3cret-of-http@127.0.0.1:${port}/m.json?token=s3cret-of-query`;
  const status = await cli(["status", "--store", url]);
  expect(status.stdout).toMatch(/^Maintenance is on\.\n {2}reason {7}Theirs\n/);
  expect(status.stdout).toContain("This store does not record its processes.\n");
  expect(status.code).toBe(0);
  const explain = await cli(["explain", "/", "--store", url, "--json"]);
  expect(explain.json).toMatchObject({ outcome: "unknown", because: "maintenance" });
  const on = await cli(["on", "--store", url]);
  expect(on.stderr).toMatch(/can only be read: change the state where it comes from\nRun maintenancemode on --help\n$/);
  expect(on.code).toBe(2);
  const wait = await cli(["on", "--store", url, "--wait", "10s"]);
  expect(wait.stderr).toMatch(/this store does not record its processes; file:, redis: and denokv: stores do\n/);
  expect(wait.code).toBe(2);
  for (const { stdout, stderr } of [status, explain, on, wait]) expect(stdout + stderr).not.toContain("s3cret");
});

test("a module can be a store: an object, a function, a promise", async () => {
  const { folder } = makePlace();
  const store =
    `{ name: "mine", text: undefined, async read() { return undefined }, async write(text) { console.log(text.replaceAll("\\n", "")) } }`;
  const modules = {
    "object.mjs": `export default ${store}`,
    "function.mjs": `export default () => (${store})`,
    "promise.mjs": `export default Promise.resolve(${store})`,
    "commonjs.cjs": `module.exports = ${store}`,
  };
  for (const [name, source] of Object.entries(modules)) {
    writeFileSync(join(folder, name), source);
    const { code, stdout, stderr } = await cli(["on", "--store", `./${name}`], { cwd: folder });
    expect(stderr).toBe("");
    expect(stdout).toMatch(/^\{ {2}"mode": "on", {2}"bypass": "sha256:.*"\}\nMaintenance is now on\.\n/);
    expect(stdout).toContain(`  store        ./${name} (mine)\n  undo         maintenancemode off --store ./${name}\n`);
    expect(code).toBe(0);
  }
});

test("a package can be a store", async () => {
  const { folder } = makePlace();
  mkdirSync(join(folder, "node_modules/my-store"), { recursive: true });
  writeFileSync(join(folder, "node_modules/my-store/index.js"), "module.exports = { async read() {} };");
  const { code, stdout } = await cli(["status", "--store", "my-store"], { cwd: folder });
  expect(stdout).toMatch(/^Maintenance is off\.\n {2}store {8}my-store\n/);
  expect(code).toBe(0);
});

test.each([
  [
    "./none.mjs",
    /Cannot load the module "\.\/none\.mjs" for "--store": this file does not exist; for a state file write file:\.\/none\.mjs$/,
  ],
  ["none", /Cannot load the module "none" for "--store": this package is not installed here$/],
  [
    "./wrong.mjs",
    /the module "\.\/wrong\.mjs" must default-export a store or a function that returns one, received 1$/,
  ],
  ["postgres://user:s3cret@host/db", /"--store" must be .*, received a URL that starts with "postgres:"$/],
  [
    "redis://user:s3cret@ho st:1",
    /"--store" must be a valid URL, received one that starts with "redis:": encode special characters$/,
  ],
  [
    "redis://user:s3cret@host/0?password=s3cret",
    /"--store" takes only the parameter "key" for Redis, received "password"$/,
  ],
  ["state.txt", /Cannot load the module "state\.txt" for "--store": .*; for a state file write file:state\.txt$/],
  ["denokv:", /"--store" can be "denokv:" only under Deno: /],
  ["", /no store given: give --store or set MAINTENANCE_STORE to/],
])("--store %j is refused", async (store, message) => {
  const { folder } = makePlace();
  writeFileSync(join(folder, "wrong.mjs"), "export default 1;");
  const { code, stderr } = await cli(["status", "--store", store], { cwd: folder });
  expect(stderr.split("\n")[0]).toMatch(message);
  expect(stderr).not.toContain("s3cret");
  expect(code).toBe(2);
});

test.skipIf(!runtimes.includes("deno"))("the command line works with Deno KV", async () => {
  const { folder } = makePlace();
  const store = `denokv:${join(folder, "kv.db")}`;
  const on = await cli(["on", "--store", store, "--reason", "New"], { runtime: "deno" });
  expect(on.stdout).toMatch(/^Maintenance is now on\.\n/);
  expect(on.code).toBe(0);
  const status = await cli(["status", "--store", store, "--json"], { runtime: "deno" });
  expect(status.json).toMatchObject({ store, state: { mode: "on", reason: "New" }, instances: [] });
});

test.skipIf(!runtimes.includes("deno"))("commands that make one database of Deno KV at once all succeed", async () => {
  const { folder } = makePlace();
  for (let round = 0; round < 4; round++) {
    const store = `denokv:${join(folder, `kv${round}.db`)}`;
    const both = await Promise.all([1, 2].map(() => cli(["status", "--store", store, "--json"], { runtime: "deno" })));
    expect(both.map(({ stderr, json }) => json ?? stderr)).toEqual(Array(2).fill(expect.objectContaining({ store })));
  }
});

test("a misspelt kind of store is no file of that name", async () => {
  const { folder } = makePlace();
  const { code, stderr } = await cli(["on", "--store", "fiel:maintenance.json"], { cwd: folder });
  expect(stderr).toContain('"--store" must be file:maintenance.json, ');
  expect(stderr).toContain('received "fiel:maintenance.json"\n');
  expect([code, readdirSync(folder)]).toEqual([2, []]);
});
