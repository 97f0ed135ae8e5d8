import { notConnected, type RedisLink, type RedisSubscriber } from "./link.ts";

/** Bun's own `RedisClient`. The type names only the members that tell it from other clients. */
export interface BunRedisClient {
  /** Whether the client is connected. */
  readonly connected: boolean;
  /** Sends a command. */
  send(...args: never[]): unknown;
  /** Makes another client with the same options. */
  duplicate(...args: never[]): unknown;
}

/** The members of a client that the link uses. */
export interface BunRedis {
  readonly connected: boolean;
  onconnect: (() => void) | null;
  onclose: ((error: unknown) => void) | null;
  send(command: string, args: readonly string[]): Promise<unknown>;
  duplicate(): Promise<BunRedis>;
  connect(): Promise<unknown>;
  subscribe(channel: string, listener: () => void): Promise<unknown>;
  ping(): Promise<unknown>;
  close(): void;
}

/** Links a client of Bun's. */
export function linkBunRedis(client: BunRedis): RedisLink {
  // Bun's client gives up for good after half a minute without its server, and each of its events has one listener, which
  // belongs to the caller. So the commands go through a client of the store's own, which the store can reconnect.
  let own: Promise<BunRedis> | undefined;
  let isConnected = true;
  return {
    address: undefined,
    hearsAll: false,
    explain: (error) => isConnected ? error : notConnected(error),
    async send([name, ...args]) {
      const connection = await (own ??= client.duplicate());
      isConnected = connection.connected;
      try {
        return await connection.send(name!, args);
      } catch (error) {
        if ((error as { code?: unknown }).code === "ERR_REDIS_CONNECTION_CLOSED" && own !== undefined) {
          connection.connect().catch(() => {});
        }
        throw error;
      } finally {
        isConnected = connection.connected;
      }
    },
    subscriber: async () => subscriberOf(await client.duplicate()),
    close() {
      own?.then((connection) => connection.close(), () => {});
      own = undefined;
    },
  };
}

function subscriberOf(own: BunRedis): RedisSubscriber {
  return {
    async start(channel, _key, heard, lost) {
      own.onclose = lost;
      await own.connect();
      // Bun reconnects silently and drops its subscriptions. A second "connect" is the only sign of it.
      own.onconnect = () => lost(new Error("the connection was lost"));
      await own.subscribe(channel, () => heard());
    },
    ping: () => own.ping(),
    close() {
      own.onclose = null;
      own.onconnect = null;
      own.close();
    },
  };
}
