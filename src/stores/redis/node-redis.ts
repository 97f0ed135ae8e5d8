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

/**
 * A client that `createClient` or `createCluster` of the package `redis` made. The type names only the members that tell
 * it from other clients.
 */
export interface NodeRedisClient {
  /** Whether the client has been connected and not closed since. */
  readonly isOpen: boolean;
  /** Sends a command. */
  sendCommand(...args: never[]): unknown;
  /** Makes another client with the same options. */
  duplicate(...args: never[]): unknown;
  /** Subscribes to a channel. */
  subscribe(...args: never[]): unknown;
}

/** The members of a client that the link uses. */
export interface NodeRedis extends Emitter {
  readonly isOpen: boolean;
  readonly isReady: boolean;
  readonly options?: { readonly socket?: Address | undefined } | undefined;
  sendCommand(args: readonly string[], options: object): Promise<unknown>;
  duplicate(options: object): NodeRedis;
  connect(): Promise<unknown>;
  subscribe(channel: string, listener: (message: unknown) => void): Promise<unknown>;
  ping(): Promise<unknown>;
  destroy?(): void;
  disconnect(): Promise<void>;
}

/** The members of a cluster that the link uses. */
export interface NodeRedisCluster extends Emitter {
  readonly isOpen: boolean;
  readonly masters: readonly object[];
  sendCommand(key: string, isReadonly: boolean, args: readonly string[], options: object): Promise<unknown>;
  nodeClient(node: object): NodeRedis | Promise<NodeRedis>;
}

/** Links a client of the package `redis`. */
export function linkNodeRedis(client: NodeRedis): RedisLink {
  const errors = logErrors(client);
  return {
    address: formatAddress(client.options?.socket ?? {}),
    hearsAll: true,
    explain(error) {
      if (!client.isOpen) return new Error(NOT_CONNECTED);
      return client.isReady ? error : notConnected(errors.last() ?? error);
    },
    // deno-lint-ignore require-await -- an error has to reject the promise
    send: async (command, _key, abortSignal) => client.sendCommand(command, { abortSignal, typeMapping: {} }),
    // deno-lint-ignore require-await -- an error has to reject the promise
    subscriber: async () => subscriberOf(client),
    close: errors.stop,
  };
}

/** Links a cluster of the package `redis`. */
export function linkNodeRedisCluster(cluster: NodeRedisCluster): RedisLink {
  const errors = logErrors(cluster);
  return {
    address: undefined,
    hearsAll: false,
    explain: (error) => cluster.isOpen ? error : new Error(NOT_CONNECTED),
    // deno-lint-ignore require-await -- an error has to reject the promise
    send: async (command, key, abortSignal) =>
      cluster.sendCommand(key, false, command, { abortSignal, typeMapping: {} }),
    subscriber: async () => subscriberOf(await cluster.nodeClient(pickNode(cluster.masters))),
    close: errors.stop,
  };
}

function subscriberOf(client: NodeRedis): RedisSubscriber {
  const own = client.duplicate({
    // Only the older protocol has a channel for changes. The other settings exist only with the newer one.
    RESP: 2,
    maintNotifications: "disabled",
    clientSideCache: undefined,
    emitInvalidate: undefined,
  });
  const close = (): void => {
    try {
      // Version 4 lacks destroy().
      if (own.destroy) own.destroy();
      else own.disconnect().catch(() => {});
    } catch {
      // The connection was closed before.
    }
  };
  // This listener stays: destroy() may emit one more error.
  own.on("error", () => {});
  return {
    async start(channel, key, heard, lost) {
      own.on("error", (error) => {
        // Closes at once, before the client starts to reconnect.
        close();
        lost(error);
      });
      await own.connect();
      const isTracked = await trackKey((...command) => own.sendCommand(command, {}), key);
      await own.subscribe(channel, () => heard());
      if (isTracked) await own.subscribe(INVALIDATED, (keys) => namesKey(keys, key) && heard()).catch(() => {});
    },
    ping: () => own.ping(),
    close,
  };
}
