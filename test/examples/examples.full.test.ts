/** The examples: each is started on its real runtime, switched, and asked. */
import { cpSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { expectStatus, statusAt } from "../docs/_answers.ts";
import {
  bundle,
  cleanUp,
  pathOf,
  programs,
  repository,
  run,
  runShell,
  startServer,
  startWorker,
  write,
} from "../docs/_scratch.ts";
import { launchVisitor } from "../hosts/_site.ts";
import { until } from "../_until.ts";

afterAll(cleanUp);

const read = (path: string) => readFileSync(join(repository, "examples", path), "utf8");
const json = (path: string) => JSON.parse(read(path));

/** Expects that a site is open, closes when it is switched, goes on answering its health check, and opens again. */
async function expectToFollow(
  port: number,
  hello: string,
  change: (command: string) => Promise<unknown>,
): Promise<void> {
  const textAt = async (path: string) => await (await fetch(`http://localhost:${port}${path}`)).text();
  expect(await textAt("/")).toBe(hello);
  await change("on");
  await expectStatus(port, 503);
  expect(await textAt("/")).toContain("Down for maintenance");
  expect(await textAt("/health")).toBe("ok\n");
  await change("off");
  await expectStatus(port, 200);
}

test.each(
  [
    ["node", "node", "server.js", "Hello from Node\n"],
    ["bun", "bun", "server.ts", "Hello from Bun\n"],
  ] as const,
)("%s", async (name, program, file, hello) => {
  expect(json(`${name}/package.json`).scripts.start).toBe(`${program} ${file}`);
  const store = pathOf(`${name}.json`);
  const code = read(`${name}/${file}`).replace("maintenance.json", store);
  const { port, child } = await startServer(program, `examples/${name}/${file}`, code);
  await expectToFollow(
    port,
    hello,
    (command) => runShell(`npx maintenancemode ${command} --store file:${store} --wait 60s`),
  );
  child!.kill("SIGTERM");
  await until(() => child!.exitCode !== null, "the process has ended");
  expect(child!.exitCode).toBe(0);
});

test("deno", async () => {
  const { tasks } = json("deno/deno.json");
  // The network may be used by everything that is started here.
  const flags = /^deno run (.*) server\.ts$/.exec(tasks.start)![1]!.split(" ").filter((flag) => flag !== "--allow-net");
  const { port } = await startServer("deno", "examples/deno/server.ts", read("deno/server.ts"), flags);
  const cli = [
    programs.deno[0],
    ...["run", "-A", "--unstable-kv", "--cached-only", "--config", join(repository, "deno.json")],
    join(repository, "src/cli/main.ts"),
  ];
  const [store] = /--store \S+$/.exec(tasks.maintenance)!;
  await expectToFollow(port, "Hello from Deno\n", (command) => run(cli, command, ...store.split(" ")));
});

test("cloudflare", async () => {
  const { main, kv_namespaces: [{ binding }] } = json("cloudflare/wrangler.json");
  const code = read(`cloudflare/${main}`);
  expect(code).toContain(`env.${binding}`);
  const on = await startWorker("examples/cloudflare/on.ts", code, "module");
  await on.put!("maintenancemode", '{ "mode": "on" }');
  expect([await statusAt(on.port), await statusAt(on.port, "/health")]).toEqual([503, 200]);
  const off = await startWorker("examples/cloudflare/off.ts", code, "module");
  expect(await (await fetch(`http://localhost:${off.port}/`)).text()).toBe("Hello from a Worker\n");
});

test("service-worker", async ({ skip }) => {
  const browser = await launchVisitor();
  if (browser === undefined) return skip("Chromium does not start here");
  try {
    const folder = "examples/service-worker";
    cpSync(join(repository, folder), pathOf(folder), { recursive: true });
    write(`${folder}/public/sw.js`, await bundle(`${folder}/sw.ts`, read("service-worker/sw.ts"), "iife", ["browser"]));
    const { port, child } = await startServer("node", `${folder}/server.js`, read("service-worker/server.js"));
    const origin = `http://localhost:${port}`;
    // Each visitor is new: what their worker has read stays in force for some seconds.
    const visit = async () => {
      const tab = await (await browser.newContext()).newPage();
      await tab.goto(origin);
      await until(() => tab.evaluate(() => navigator.serviceWorker.controller !== null), "the worker is in charge");
      return { tab, status: (await tab.goto(origin))!.status() };
    };
    expect((await visit()).status).toBe(200);
    write(`${folder}/public/maintenance.json`, '{ "mode": "on" }');
    const { tab, status } = await visit();
    expect([status, await tab.getByRole("heading").textContent()]).toEqual([503, "Down for maintenance"]);
    expect((await tab.goto(`${origin}/health`))!.status()).toBe(200);
    child!.kill("SIGKILL");
    expect((await tab.goto(`${origin}/other`))!.status()).toBe(503);
  } finally {
    await browser.close();
  }
});

test("The README of the examples names each of them", () => {
  const folders = readdirSync(join(repository, "examples"), { withFileTypes: true })
    .filter((entry) => entry.isDirectory()).map(({ name }) => name);
  const listed = Array.from(read("README.md").matchAll(/^\| \[`([\w-]+)`\]/gm), ([, name]) => name!);
  expect(listed.sort()).toEqual(folders.sort());
});
