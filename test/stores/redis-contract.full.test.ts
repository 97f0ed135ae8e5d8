import { expect, test } from "vitest";
import { contestants, hasRedis, startRedis, startUser } from "./_redis.ts";

// Most of the time they wait for what must not happen.
test.skipIf(!hasRedis()).concurrent.for(contestants())(
  "redisStore() keeps the contract of a store in %s with %s",
  async (contestant) => {
    await using server = await startRedis();
    await using user = await startUser(contestant, server);
    const { count, broken } = await user.call("contract");
    expect(broken).toEqual([]);
    expect(count).toBeGreaterThan(30);
  },
);
