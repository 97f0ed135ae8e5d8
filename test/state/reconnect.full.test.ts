import { createClient } from "redis";
import { expect, onTestFinished, test } from "vitest";
import { readFleet, waitForFleet } from "../../src/state/fleet.ts";
import { liveState } from "../../src/state/live-state.ts";
import { writeStored } from "../../src/state/store-calls.ts";
import { redisStore } from "../../src/stores/redis.ts";
import { hasRedis, startRedis } from "../stores/_redis.ts";
import { until } from "../_until.ts";

/** A store over a client that connects again after so many milliseconds. */
async function connect(url: string, reconnectMs: number) {
  const client = createClient({ url, socket: { reconnectStrategy: () => reconnectMs } });
  client.on("error", () => {});
  await client.connect();
  onTestFinished(() => client.destroy());
  return redisStore(client);
}

test.skipIf(!hasRedis())(
  "a fleet that has lost Redis is not ready before those are back that take longer",
  async () => {
    await using server = await startRedis();
    const states = await Promise.all([300, 3_000].map(async (reconnectMs) => {
      const state = liveState(await connect(server.url, reconnectMs), { counts: "work", onError() {} });
      onTestFinished(() => state.close());
      return await state.ready;
    }));
    // Long enough after their start: what starts while Redis is there has lost nothing.
    await new Promise((resolve) => setTimeout(resolve, 4_500));
    await server.kill();
    await server.start();
    const store = await connect(server.url, 100);
    // The records are lost with the data, and one process is back.
    await until(async () => (await readFleet(store))!.length > 0, "the first process is back");
    const known = (await readFleet(store))!;
    const revision = await writeStored(store, '{"mode":"on"}');
    const report = await waitForFleet(store, { revision, drained: true }, { known, timeoutMs: 40_000 });
    expect([report.isReady, report.instances.length]).toEqual([true, 2]);
    expect(states.map(({ current }) => current.mode)).toEqual(["on", "on"]);
  },
);
