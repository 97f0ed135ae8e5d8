/** "Safe to migrate", by situation: what the processes of a fleet are and do, what is printed, and the exit code. */
import { once } from "node:events";
import { WebSocket } from "ws";
import { describe, expect, test } from "vitest";
import {
  type AfterTest,
  cli,
  type CliResult,
  makePlace,
  type Place,
  type Site,
  startCli,
  startSite,
  until,
} from "./_cli.ts";

/** A place, and what cleans up after its test. */
interface PlaceOfTest extends Place {
  readonly afterTest?: AfterTest;
}

interface Situation {
  /** What the processes are and do. */
  readonly what: string;
  /** Starts them, and gives what is to happen while the command waits. */
  start(place: PlaceOfTest): Promise<((running: ReturnType<typeof startCli>) => Promise<unknown>) | void>;
  readonly args?: readonly string[];
  readonly wait?: string;
  readonly code: 0 | 5;
  readonly says: RegExp;
}

const SAFE = /^SAFE TO MIGRATE/m;
const NOT_SAFE = /^NOT SAFE: /m;
const UNCOUNTED = /^NOT SAFE: the only process may have something at work that nobody counts$/m;

/** Starts a process of a kind. */
async function start(
  { store, afterTest }: PlaceOfTest,
  kind: string,
  settings: Record<string, unknown> = {},
): Promise<Site> {
  return await startSite(store, { kind, ...settings }, "node", afterTest);
}

/** Opens a WebSocket, which stays open. Resolves once the site has sent something over it; rejects if it refuses. */
async function openWebSocket({ url }: Site): Promise<void> {
  const socket = new WebSocket(`${url.replace("http", "ws")}/socket`);
  await Promise.race([
    once(socket, "message"),
    once(socket, "unexpected-response").then(([, { statusCode }]) => {
      throw new Error(`refused with ${statusCode}`);
    }),
  ]);
}

/** Waits until the command has switched maintenance on, and does something then. */
function onceOn(act: () => unknown) {
  return async (running: ReturnType<typeof startCli>) => {
    await until(() => running.stdout.includes("undo"), "it is on");
    await act();
  };
}

const SITUATIONS: readonly Situation[] = [
  {
    what: "no process",
    start: async () => {},
    code: 5,
    says:
      /^NOT SAFE: no running process uses this store\n[^]*There is no process to wait for: maintenance stays on\n.*cannot write its record.*\n.*--allow-no-instances\n/m,
  },
  {
    what: "no process, as somebody says",
    start: async () => {},
    args: ["--allow-no-instances"],
    code: 0,
    says: /No running process uses this store\.\nSAFE TO MIGRATE, if the site is not running\n/,
  },
  {
    what: "a process that only watches",
    start: async (place) => void await start(place, "watcher"),
    code: 5,
    says: /^NOT SAFE: only processes that count nothing use this store, so none of the site does$/m,
  },
  {
    what: "a process that only watches, and one of the site",
    start: async (place) => void await Promise.all([start(place, "watcher"), start(place, "site")]),
    code: 0,
    says: /All 2 processes have the new state and have finished the requests from before\.\nSAFE TO MIGRATE\n/,
  },
  {
    what: "a process with a helper",
    start: async (place) => void await start(place, "site"),
    code: 0,
    says: /The process has the new state and has finished the requests from before\.\nSAFE TO MIGRATE\n/,
  },
  {
    what: "a process with a helper and a slow request that ends",
    async start(place) {
      const site = await start(place, "site");
      await site.hold();
      return onceOn(() => site.release());
    },
    code: 0,
    says: SAFE,
  },
  {
    what: "a process with a helper and a slow request that does not end",
    start: async (place) => void await (await start(place, "site")).hold(),
    wait: "6s",
    code: 5,
    says:
      /NOT SAFE: the only process is not ready\n[^]*Timed out after 6s: maintenance stays on\n.*still has 1 request from before: GET \/held/,
  },
  {
    what: "an open WebSocket that nobody waits for",
    start: async (place) => void await openWebSocket(await start(place, "site")),
    code: 0,
    says: /still open, and not waited for: .*: GET \/socket \([\d.]+ s, upgrade\)/,
  },
  {
    what: "an open WebSocket that somebody waits for",
    start: async (place) => void await openWebSocket(await start(place, "site")),
    args: ["--streams"],
    wait: "6s",
    code: 5,
    says: /still has 1 stream: GET \/socket \([\d.]+ s\)/,
  },
  {
    what: "a worker that has not said what it has at work",
    start: async (place) => void await start(place, "worker"),
    code: 5,
    says: UNCOUNTED,
  },
  {
    what: "a worker that says it tracks its work, and is idle",
    start: async (place) => void await start(place, "worker-idle"),
    code: 0,
    says: /The process has the new state and has finished the jobs from before\.\nSAFE TO MIGRATE\n/,
  },
  {
    what: "a worker with a job that it tracks and ends",
    async start(place) {
      const worker = await start(place, "worker");
      await worker.work();
      return onceOn(() => worker.release());
    },
    code: 0,
    says: /has finished the jobs from before\.\nSAFE TO MIGRATE\n/,
  },
  {
    what: "a worker with a job that it tracks and does not end",
    start: async (place) => void await (await start(place, "worker")).work(),
    wait: "6s",
    code: 5,
    says: /still has 1 job from before: work send mail \([\d.]+ s\)/,
  },
  {
    what: "a worker with a job that it does not track",
    start: async (place) => void await (await start(place, "worker-untracked")).work(),
    code: 5,
    says: /does not say what it has at work: its code should give its jobs to state\.track\(\).*\n.*--allow-uncounted/,
  },
  {
    what: "a worker that does not track its jobs, as somebody says, and a process of the site",
    start: async (place) => void await Promise.all([start(place, "worker-untracked"), start(place, "site")]),
    args: ["--allow-uncounted"],
    code: 0,
    says: /^SAFE TO MIGRATE, if nothing is at work in \S+ \(pid \d+\), which nobody counts$/m,
  },
  {
    what: "a gate called by hand with a request at work",
    async start(place) {
      const site = await start(place, "by-hand");
      await site.hold();
    },
    code: 5,
    says:
      /does not count its requests, because its code calls the gate by hand: put withMaintenance\(\) .*If it is an app of Next, its log may say/,
  },
  {
    what: "a gate called by hand, as somebody says",
    async start(place) {
      const site = await start(place, "by-hand");
      await fetch(site.url);
    },
    args: ["--allow-uncounted"],
    code: 0,
    says:
      /The process has the new state\.\nSAFE TO MIGRATE, if nothing is at work in \S+ \(pid \d+\), which nobody counts\n/,
  },
  {
    what: "a rolling deploy with an earlier version that does not report what it counts",
    start: async (place) => void await Promise.all([start(place, "old-version"), start(place, "site")]),
    code: 5,
    says:
      /NOT SAFE: 1 of 2 processes may have [^]*\n.*runs a version of maintenancemode that does not say what it counts: update it/,
  },
  {
    what: "a process that is stopped with a request, for longer than the command waits",
    async start(place) {
      const site = await start(place, "site");
      await site.hold();
      site.kill("SIGSTOP");
    },
    wait: "24s",
    code: 5,
    says: /went silent \d+ s ago.*: nobody knows whether it still works with the old state\n/,
  },
  {
    what: "a process that is killed with a request",
    async start(place) {
      const [site] = await Promise.all([start(place, "site"), start(place, "site")]);
      await site.hold();
      return onceOn(() => site.kill("SIGKILL"));
    },
    wait: "28s",
    code: 5,
    says: /went silent \d+ s ago.*: nobody knows whether .*\n.*give --allow-lost/,
  },
  {
    what: "a process that is killed with a request, and is dead as somebody says",
    async start(place) {
      const [site] = await Promise.all([start(place, "site"), start(place, "site")]);
      await site.hold();
      return onceOn(() => site.kill("SIGKILL"));
    },
    args: ["--allow-lost"],
    wait: "90s",
    code: 0,
    says: /The process has the new state and .*\.\nSAFE TO MIGRATE, if \S+ \(pid \d+\), which went silent, is dead\n/,
  },
  {
    what: "a process that has just ended in an orderly way",
    async start(place) {
      const [site] = await Promise.all([start(place, "site", { leaves: true }), start(place, "site")]);
      site.kill("SIGTERM");
      await site.gone;
    },
    code: 0,
    says: SAFE,
  },
  {
    what: "a process that ends in an orderly way while others are waited for",
    async start(place) {
      const [site, other] = await Promise.all([start(place, "site", { leaves: true }), start(place, "site")]);
      await other.hold();
      return onceOn(async () => {
        await until(async () => (await fetch(site.url)).status === 503, "it has followed");
        site.kill("SIGTERM");
        await site.gone;
        other.release();
      });
    },
    code: 0,
    says: SAFE,
  },
  {
    what: "a process whose clock is ten minutes ahead",
    start: async (place) => void await start(place, "site", { skewMs: 600_000 }),
    args: ["--for", "1h"],
    code: 0,
    // The record may be some seconds old when it is read, so the time is that of its clock to within these.
    says: /^SAFE TO MIGRATE until .*, in (49m \d+s|50m( \d+s)?)$/m,
  },
  {
    what: "a process whose clock is so far ahead that maintenance is over there",
    start: async (place) => void await start(place, "site", { skewMs: 600_000 }),
    args: ["--for", "5m"],
    wait: "6s",
    code: 5,
    says: /has the new state, but does not apply it: its clock may be wrong/,
  },
  {
    what: "a process whose clock is ten minutes behind, and maintenance that has begun by ours",
    start: async (place) => void await start(place, "site", { skewMs: -600_000 }),
    args: ["--start", new Date(Date.now() - 60_000).toISOString()],
    wait: "6s",
    code: 5,
    says: /has the new state, but does not apply it: its clock may be wrong/,
  },
  {
    what: "fewer processes than are expected",
    start: async (place) => void await start(place, "site"),
    args: ["--expect", "3"],
    wait: "6s",
    code: 5,
    says:
      /NOT SAFE: 1 of 3 expected processes are ready\n[^]*Timed out after 6s: .*\n.*Only 1 process of the 3 of --expect/,
  },
  {
    what: "as many processes as are expected",
    start: async (place) => void await Promise.all([start(place, "site"), start(place, "site")]),
    args: ["--expect", "2"],
    code: 0,
    says: SAFE,
  },
];

describe.concurrent("on --wait", () => {
  for (const { what, start, args = [], wait = "60s", code, says } of SITUATIONS) {
    test(`where there is ${what}: exit code ${code}`, async ({ onTestFinished }) => {
      const place = { ...makePlace(onTestFinished), afterTest: onTestFinished };
      const during = await start(place);
      const running = startCli(["on", "--store", place.store, "--wait", wait, ...args]);
      await during?.(running);
      const result: CliResult = await running.done;
      const text = result.stdout + result.stderr;
      expect(text).toMatch(says);
      expect(result.code).toBe(code);
      // Never both, and never "safe" with a code that says otherwise.
      expect([SAFE.test(text), NOT_SAFE.test(text)]).toEqual([code === 0, code === 5]);
      expect(result.stdout.trimEnd().split("\n").at(-1)).toMatch(code === 0 ? /^SAFE TO MIGRATE/ : /^NOT SAFE: /);
    });
  }
});

test.each(["on", "read-only"])("a WebSocket does not open while the site is %s", async (mode) => {
  const place = makePlace();
  const site = await start(place, "site");
  await openWebSocket(site);
  await cli([mode, "--store", place.store, "--wait", "60s"]);
  await expect(openWebSocket(site)).rejects.toThrow("refused with 503");
});

test("run does not run its command while a process does not count its requests, unless that is right", async () => {
  const place = makePlace();
  const site = await start(place, "by-hand");
  await fetch(site.url);
  const command = ["--", process.execPath, "-e", "console.log('migrated')"];
  const refused = await cli(["run", "--store", place.store, ...command]);
  expect(refused.stderr).toMatch(/calls the gate by hand/);
  expect([refused.code, refused.stdout]).toEqual([5, ""]);
  await cli(["off", "--store", place.store]);
  const allowed = await cli(["run", "--store", place.store, "--allow-uncounted", ...command]);
  expect([allowed.code, allowed.stdout]).toEqual([0, "migrated\n"]);
});

test("status shows what each process counts, what it has at work, and ages of now", async () => {
  const place = makePlace();
  const worker = await start(place, "worker");
  await worker.work();
  await start(place, "by-hand").then(({ url }) => fetch(url));
  await until(async () => {
    const { json } = await cli(["status", "--store", place.store, "--json"]);
    return json.instances.some(({ counts }: { counts: string[] }) => counts.includes("work")) &&
      json.instances.some(({ uncounted }: { uncounted?: string }) => uncounted === "by-hand");
  }, "both have reported");
  const { stdout } = await cli(["status", "--store", place.store]);
  expect(stdout).toMatch(/ COUNTS +IN FLIGHT /);
  expect(stdout).toMatch(/ yes +off +work +1 +0 +0\n +work send mail \([\d.]+ s, work\)\n/);
  expect(stdout).toMatch(/ yes +off +unknown +0 +0 +0\n/);
});
