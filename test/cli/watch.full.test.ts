import { mkdirSync, rmSync } from "node:fs";
import { expect, test } from "vitest";
import { cli, hasRuntime, makePlace, startCli, startSite, until } from "./_cli.ts";

/** The objects that have come whole: a line may come in parts. */
// deno-lint-ignore no-explicit-any -- each test knows the form
const objectsOf = ({ stdout }: { readonly stdout: string }): any[] =>
  stdout.split("\n").slice(0, -1).map((line) => JSON.parse(line));

const runtimes = (["node", "deno", "bun"] as const).filter(hasRuntime);

test.each(runtimes)(
  "status --watch --json on %s prints an object a line upon each change, until Ctrl-C",
  async (runtime) => {
    const { store } = makePlace();
    const { pid } = await startSite(store);
    const watching = startCli(["status", "--store", store, "--watch", "--json"], { runtime });
    const objects = () => objectsOf(watching);
    const phases = () => objects().map(({ phase }) => phase);
    await until(() => phases().includes("off"), "it has begun");
    await cli(["on", "--store", store, "--wait", "60s"]);
    await until(() => objects().at(-1).verdict.safe, "it tells that it is safe");
    await cli(["off", "--store", store, "--wait", "60s"]);
    await until(() => phases().at(-1) === "off", "it tells that it is off");
    watching.child.kill("SIGINT");
    const { code, stderr } = await watching.done;
    expect([code, stderr]).toEqual([0, ""]);
    expect(objects().find(({ verdict }) => verdict.safe)).toMatchObject({
      phase: "on",
      instances: [{ pid, follows: true }],
    });
    // Nothing but a change makes an object: here those of the state, and of the process that follows.
    expect(objects().length).toBeLessThan(12);
  },
);

test("status --watch prints the report again upon a change where there is no terminal", async () => {
  const { store } = makePlace();
  const watching = startCli(["status", "--store", store, "--watch"]);
  await until(() => watching.stdout.includes("Maintenance is off."), "it has begun");
  await cli(["on", "--store", store, "--reason", "New"]);
  await until(() => watching.stdout.includes("Maintenance is on, since"), "it tells of the change");
  watching.child.kill("SIGINT");
  const { code, stdout } = await watching.done;
  expect(code).toBe(0);
  expect(stdout.match(/^NOT SAFE: .*$/gm)).toEqual([
    "NOT SAFE: maintenance is off",
    "NOT SAFE: no running process uses this store",
  ]);
});

test("status --watch goes on while the store cannot be read, and says so", async () => {
  const { store, folder, file } = makePlace();
  const watching = startCli(["status", "--store", store, "--watch", "--json"]);
  await until(() => watching.stdout.includes('"phase":"off"'), "it has begun");
  mkdirSync(file);
  await until(() => watching.stdout.includes('"error":{"code":"store"'), "it tells of the error");
  rmSync(file, { recursive: true });
  await cli(["on", "--store", store], { cwd: folder });
  await until(() => watching.stdout.includes('"phase":"on"'), "it goes on");
  watching.child.kill("SIGINT");
  expect((await watching.done).code).toBe(0);
});

test("status --watch remembers a process that goes silent with a request from before", async () => {
  const { store } = makePlace();
  const [one, two] = await Promise.all([startSite(store), startSite(store)]);
  await one.hold();
  await cli(["on", "--store", store]);
  const watching = startCli(["status", "--store", store, "--watch", "--json"]);
  const last = () => objectsOf(watching).at(-1) ?? {};
  await until(
    () => last().instances?.find(({ pid }: { pid: number }) => pid === one.pid)?.before === 1,
    "both are seen",
  );
  one.kill("SIGKILL");
  await until(() => last().warnings.some((text: string) => text.includes("went silent")), "it is missed");
  expect(last()).toMatchObject({ verdict: { safe: false, reason: "1 of 2 processes is not ready" } });
  expect(last().instances.map(({ pid }: { pid: number }) => pid).sort()).toEqual([one.pid, two.pid].sort());
  watching.child.kill("SIGINT");
  expect((await watching.done).code).toBe(0);
});

test("status --watch ends when nobody reads it any more", async () => {
  const { store } = makePlace();
  const watching = startCli(["status", "--store", store, "--watch", "--json"]);
  await until(() => watching.stdout !== "", "it has begun");
  watching.child.stdout!.destroy();
  await cli(["on", "--store", store]);
  expect((await watching.done).code).toBe(0);
});

test("status does not take --watch with --exit-code", async () => {
  const { code, stderr } = await cli(["status", "--store", "a.json", "--watch", "--exit-code"]);
  expect(stderr).toContain('"--watch" ends with 0 after Ctrl-C: leave out "--exit-code"');
  expect(code).toBe(2);
});
