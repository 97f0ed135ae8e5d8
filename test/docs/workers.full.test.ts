/** The recipes of docs/workers.md, with real queues. */
import { createInterface } from "node:readline";
import { Queue } from "bullmq";
import { PgBoss } from "pg-boss";
import { afterAll, describe, expect, onTestFinished, test } from "vitest";
import { has } from "../_needs.ts";
import { cli, makePlace, startCli, until } from "../cli/_cli.ts";
import { startRedis } from "../stores/_redis.ts";
import { page } from "./_pages.ts";
import { startPostgres } from "./_postgres.ts";
import { cleanUp, startWorkerCode } from "./_scratch.ts";

afterAll(cleanUp);

/** A queue whose worker is running. */
interface Shop {
  /** What `--store` names the store of its state. */
  readonly store: string;
  /** Adds a job to the queue. */
  add(to: string): Promise<unknown>;
}

/** A job that says when it begins and ends, and goes on until somebody says that it may end. */
const SEND = `
import { createInterface } from "node:readline";

const letters = createInterface({ input: process.stdin });

async function send(to: string): Promise<string> {
  console.log("begin " + to);
  await new Promise<void>((resolve) => {
    letters.on("line", (line) => line === to && resolve());
  });
  console.log("end " + to);
  return "sent to " + to;
}
`;

/** Replaces texts that have to be there. */
function replaceIn(code: string, texts: Record<string, string>): string {
  return Object.entries(texts).reduce((changed, [text, by]) => {
    if (!changed.includes(text)) throw new Error(`The code does not have ${text}`);
    return changed.replace(text, by);
  }, code);
}

/** Starts the code under a heading as a worker. */
function startWorker(heading: string, texts: Record<string, string>) {
  const code = page("workers.md").codeUnder(heading);
  const own = code.slice(code.indexOf("async function send"));
  const worker = startWorkerCode(`${heading}-${crypto.randomUUID()}.ts`, replaceIn(code, { ...texts, [own]: SEND }));
  const lines: string[] = [];
  createInterface({ input: worker.stdout }).on("line", (line) => lines.push(line));
  onTestFinished(() => void worker.kill("SIGKILL"));
  return { lines, release: (to: string) => void worker.stdin.write(`${to}\n`) };
}

/** Starts a queue, and a worker once something else has been done. */
type StartShop = (before?: (shop: Shop) => Promise<void>) => Promise<Shop & ReturnType<typeof startWorker>>;

const startBullMq: StartShop = async (before) => {
  const redis = await startRedis();
  const queue = new Queue("mail", { connection: { url: redis.url } });
  onTestFinished(async () => {
    await queue.close();
    await redis[Symbol.asyncDispose]();
  });
  const shop: Shop = { store: redis.url, add: (to) => queue.add("letter", { to }) };
  await before?.(shop);
  return { ...shop, ...startWorker("BullMQ", { "redis://localhost:6379": redis.url }) };
};

const startPgBoss: StartShop = async (before) => {
  const postgres = await startPostgres();
  const place = makePlace();
  const boss = new PgBoss(postgres.url);
  boss.on("error", () => {});
  onTestFinished(async () => {
    await boss.stop({ graceful: false });
    await postgres[Symbol.asyncDispose]();
  });
  await boss.start();
  await boss.createQueue("mail");
  const shop: Shop = { store: place.store, add: (to) => boss.send("mail", { to }) };
  await before?.(shop);
  const texts = { "postgres://localhost/shop": postgres.url, "maintenance.json": place.file };
  return { ...shop, ...startWorker("pg-boss", texts) };
};

const QUEUES = [
  ["BullMQ", has("redis-server"), startBullMq],
  ["pg-boss", has("postgres"), startPgBoss],
] as const;

describe.each(QUEUES)("The recipe for %s", (_name, isHere, startShop) => {
  test.skipIf(!isHere)("waits for the job at work, and begins the others after maintenance", async () => {
    const shop = await startShop();
    await shop.add("ada");
    await until(() => shop.lines.includes("begin ada"), "the first job is at work");
    const command = startCli(["on", "--store", shop.store, "--wait", "60s"]);
    await until(() => command.stdout.includes("undo"), "maintenance is on");
    await shop.add("bob");
    await expect.poll(async () => (await cli(["status", "--store", shop.store])).stdout)
      .toMatch(/work mail \S+ \([\d.]+ s, work\)/);
    shop.release("ada");
    const result = await command.done;
    expect(result.stdout + result.stderr).toMatch(/has finished the jobs from before\.\nSAFE TO MIGRATE$/m);
    expect(result.code).toBe(0);
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    expect(shop.lines).toEqual(["begin ada", "end ada"]);

    expect((await cli(["off", "--store", shop.store, "--wait", "60s"])).code).toBe(0);
    await until(() => shop.lines.includes("begin bob"), "the job that was added meanwhile is at work");
    shop.release("bob");
    await until(() => shop.lines.includes("end bob"), "it ends");
    expect(shop.lines).toEqual(["begin ada", "end ada", "begin bob", "end bob"]);
  });

  test.skipIf(!isHere)("names the job that does not end, and the command fails", async () => {
    const shop = await startShop();
    await shop.add("ada");
    await until(() => shop.lines.includes("begin ada"), "the job is at work");
    const result = await cli(["on", "--store", shop.store, "--wait", "6s"]);
    expect(result.stderr).toMatch(
      /Timed out after 6s: maintenance stays on\n.*still has 1 job from before: work mail \S+ \(/,
    );
    expect(result.stdout).toMatch(/\nNOT SAFE: the only process is not ready\n$/);
    expect(result.code).toBe(5);
  });

  test.skipIf(!isHere)("begins no job if maintenance is on when the worker starts", async () => {
    const shop = await startShop(async ({ store, add }) => {
      await cli(["on", "--store", store]);
      await add("ada");
    });
    const result = await cli(["on", "--store", shop.store, "--wait", "60s"]);
    expect(result.stderr + result.stdout).toMatch(/^SAFE TO MIGRATE$/m);
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    expect(shop.lines).toEqual([]);
    await cli(["off", "--store", shop.store]);
    await until(() => shop.lines.includes("begin ada"), "the job is at work");
  });
});
