import { type Emitter, logErrors } from "./emitter.ts";
import {
  type Address,
  formatAddress,
  NOT_CONNECTED,
  notConnected,
  pickNode,
  type RedisLink,
  type RedisSubscriber,
} from "./link.ts";
import { INVALIDATED, namesKey, trackKey } from "./tracking.ts";

/** A `Redis` or `Cluster` of the package `ioredis`. The type names only the members that tell it from other clients. */
export interface IoRedisClient {
  /** The state of its connection. */
  readonly status: string;
  /** Sends a command. */
  call(...args: never[]): unknown;
  /** Makes another client with the same options. */
  duplicate(...args: never[]): unknown;
}

/** The members of a client that the link uses. */
export interface IoRedis extends Emitter {
  readonly status: string;
  readonly options: Address & { readonly keyPrefix?: string | undefined };
  call(command: string, ...args: string[]): Promise<unknown>;
  duplicate(options: object): IoRedis;
  connect(): Promise<unknown>;
  subscribe(channel: string): Promise<unknown>;
  ping(): Promise<unknown>;
  disconnect(): void;
}

/** The members of a cluster that the link uses. */
export interface IoRedisCluster extends IoRedis {
  readonly isCluster: true;
  nodes(role: string): IoRedis[];
}

/** Links a client or a cluster of the package `ioredis`. */
export function linkIoRedis(client: IoRedis | IoRedisCluster): RedisLink {
  const errors = logErrors(client);
  const isCluster = "isCluster" in client && client.isCluster;
  return {
    address: isCluster ? undefined : formatAddress(client.options ?? {}),
    hearsAll: !isCluster,
    explain(error) {
      if (client.status === "end") return new Error(NOT_CONNECTED);
      return client.status === "ready" ? error : notConnected(errors.last() ?? error);
    },
    // deno-lint-ignore require-await -- an error has to reject the promise
    send: async ([name, ...args]) => client.call(name!, ...args),
    // deno-lint-ignore require-await -- an error has to reject the promise
    subscriber: async () => subscriberOf(isCluster ? pickNode(client.nodes("master")) : client),
    close: errors.stop,
  };
}

function subscriberOf(client: IoRedis): RedisSubscriber {
  const own = client.duplicate({
    lazyConnect: true,
    retryStrategy: null,
    reconnectOnError: null,
    autoResubscribe: false,
    enableOfflineQueue: true,
    // Only the older protocol has a channel for changes.
    protocol: 2,
  });
  const errors = logErrors(own);
  return {
    async start(channel, key, heard, lost) {
      own.on("message", (from, message) => (from !== INVALIDATED || namesKey(message, key)) && heard());
      own.on("close", () => lost(errors.last() ?? new Error("the connection was closed")));
      try {
        await own.connect();
        const isTracked = await trackKey((...command) => own.call(...command as [string]), key);
        await own.subscribe(channel);
        if (isTracked) await own.subscribe(INVALIDATED).catch(() => {});
      } catch (error) {
        // The thrown error says only that the connection is closed. The last event says why.
        throw errors.last() ?? error;
      }
    },
    ping: () => own.ping(),
    close: () => own.disconnect(),
  };
}
