/** The history in Redis: what it keeps, and what several processes make of it. */
import { createClient } from "redis";
import { expect, test } from "vitest";
import { readHistory } from "../../src/state/history.ts";
import { redisStore } from "../../src/stores/redis.ts";
import { trace } from "./_changes.ts";
import { contestants, hasRedis, startRedis, startUser } from "./_redis.ts";

test.skipIf(!hasRedis())(
  "redisStore() keeps each change of several processes, in the order in which they were made",
  async () => {
    await using server = await startRedis();
    const users = await Promise.all(contestants().map((contestant) => startUser(contestant, server)));
    await Promise.all(users.map((user) => user.call("open", "store", {})));
    await Promise.all(users.map((user) => user.call("makeChanges", "store", 25)));
    const client = await createClient({ url: server.url }).connect();
    const history = (await readHistory(redisStore(client)))!;
    const numbers = Array.from({ length: 25 * users.length }, (_, i) => i + 1);
    expect(trace(history)).toEqual({ numbers, isChain: true });
    expect(await server.cli("xlen", "{maintenancemode}:history")).toBe(String(numbers.length));
    client.destroy();
    for (const user of users) await user[Symbol.asyncDispose]();
  },
);

test.skipIf(!hasRedis())("redisStore() keeps about the last 1 000 changes, and dates them by its clock", async () => {
  await using server = await startRedis();
  const client = await createClient({ url: server.url }).connect();
  const { history, now } = redisStore(client);
  await Promise.all(Array.from({ length: 900 }, (_, i) => history.append(`{"i":${i}}`)));
  await Promise.all(Array.from({ length: 600 }, (_, i) => history.append(`{"i":${900 + i}}`)));
  const length = Number(await server.cli("xlen", "{maintenancemode}:history"));
  expect(length).toBeGreaterThanOrEqual(1_000);
  expect(length).toBeLessThan(1_200);
  expect((await history.list(1_000)).at(-1)).toBe('{"i":1499}');
  expect(Math.abs(await now() - Date.now())).toBeLessThan(30_000);
  client.destroy();
});
