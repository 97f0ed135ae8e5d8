import type { RedisClient } from "../../stores/redis.ts";
import { CliError, usageError } from "../exit-codes.ts";
import { CONNECT_TIMEOUT_MS, prepareClient } from "./redis-clients.ts";
import { addSecretsOf, reasonOf, withoutPassword } from "../output/secrets.ts";

/** A connected client. */
export interface ConnectedRedis {
  readonly client: RedisClient;
  /** The key from the URL. */
  readonly key: string | undefined;
  /** The URL without its password. */
  readonly label: string;
  /** Closes the connection at once. */
  close(): void;
}

/**
 * Connects to Redis, with Bun's own client or the package `redis` or `ioredis`.
 *
 * @param url A URL with `redis:`, `rediss:`, `valkey:` or `valkeys:`; `?key=` names the key of the state.
 * @throws {CliError} If the URL is not valid, no client is installed, or the server cannot be reached.
 */
export async function connectRedis(url: URL): Promise<ConnectedRedis> {
  addSecretsOf(url);
  const label = withoutPassword(url);
  const key = url.searchParams.get("key") ?? undefined;
  const others = [...url.searchParams.keys()].filter((name) => name !== "key");
  if (others.length > 0) {
    throw usageError(`"--store" takes only the parameter "key" for Redis, received "${others[0]}"`);
  }
  if (key === "") throw usageError('"--store" must name a key after "?key="');
  if (!/^\/?\d*$/.test(url.pathname)) {
    throw usageError(`"--store" takes only a database number after the host: redis://host:6379/0`);
  }
  const address = new URL(url);
  address.search = address.hash = "";
  // ioredis and Bun do not know the schemes of Valkey.
  const href = address.href.replace(/^valkey/, "redis");

  const prepared = await prepareClient(href);
  let timer: ReturnType<typeof setTimeout> | undefined;
  try {
    await Promise.race([
      prepared.connect(),
      new Promise((_, reject) => {
        const message = `it did not answer within ${CONNECT_TIMEOUT_MS / 1_000} s`;
        timer = setTimeout(() => reject(new Error(message)), CONNECT_TIMEOUT_MS);
      }),
    ]);
  } catch (error) {
    prepared.close();
    throw new CliError("store", `Cannot connect to ${label}: ${reasonOf(error)}`);
  } finally {
    clearTimeout(timer);
  }
  return { client: prepared.client, key, label, close: prepared.close };
}
