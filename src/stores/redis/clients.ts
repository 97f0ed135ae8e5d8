import { received } from "../../util/received.ts";

/** A client made by `createClient` or `createCluster` of the package `redis`, by the members that tell it from others. */
export interface NodeRedisClient {
  /** Whether it was connected, and not closed since. */
  readonly isOpen: boolean;
  /** Sends a command. */
  sendCommand(...args: never[]): unknown;
  /** Makes another client with the same options. */
  duplicate(...args: never[]): unknown;
  /** Subscribes to a channel. */
  subscribe(...args: never[]): unknown;
}

/** A `Redis` or `Cluster` of the package `ioredis`, by the members that tell it from others. */
export interface IoRedisClient {
  /** How far its connection is. */
  readonly status: string;
  /** Sends a command. */
  call(...args: never[]): unknown;
  /** Makes another client with the same options. */
  duplicate(...args: never[]): unknown;
}

/** Bun's own `RedisClient`, by the members that tell it from others. */
export interface BunRedisClient {
  /** Whether it is connected. */
  readonly connected: boolean;
  /** Sends a command. */
  send(...args: never[]): unknown;
  /** Makes another client with the same options. */
  duplicate(...args: never[]): unknown;
}

/** A client of Redis or Valkey that {@linkcode redisStore} can use. */
export type RedisClient = NodeRedisClient | IoRedisClient | BunRedisClient;

/** What the store needs of a client, whichever it is. */
export interface RedisLink {
  /** Where it leads to, if that can be told: without user name and password. */
  readonly address: string | undefined;
  /** Whether its subscribers can hear of changes made by hand. */
  readonly hearsAll: boolean;
  /** Why a command has failed: the error, or what keeps the client from its server, which says more. */
  explain(error: unknown): unknown;
  /**
   * Sends a command.
   *
   * @param key Tells a cluster where to send it.
   * @param signal Aborted when nobody waits any longer; a command that was not sent by then should never be.
   */
  send(command: readonly string[], key: string, signal: AbortSignal): Promise<unknown>;
  /** Opens a connection of its own, to be connected by {@link RedisSubscriber.start}. */
  subscriber(): Promise<RedisSubscriber>;
  /** Lets go of what it opened, never of the client. */
  close(): void;
}

/** A connection that hears of messages. It never reconnects: once lost, it is lost. */
export interface RedisSubscriber {
  /**
   * Connects, and subscribes to a channel and, where that is possible, to the changes that anybody makes to a key.
   *
   * @param heard Called for each message and each change.
   * @param lost Called when the connection is lost, maybe more than once.
   */
  start(channel: string, key: string, heard: () => void, lost: (error: unknown) => void): Promise<void>;
  /** Asks the server for a sign of life. */
  ping(): Promise<unknown>;
  /** Closes the connection, whatever its condition. */
  close(): void;
}

type Listener = (...args: unknown[]) => void;

/** What both packages for Node have of an `EventEmitter`. */
interface Emitter {
  on(event: string, listener: Listener): unknown;
  off(event: string, listener: Listener): unknown;
}

/** What is known of where a client leads to. */
interface Place {
  host?: unknown;
  port?: unknown;
  path?: unknown;
}

/** The members of node-redis that are used. */
interface NodeRedis extends Emitter {
  readonly isOpen: boolean;
  readonly isReady: boolean;
  readonly options?: { readonly socket?: Place | undefined } | undefined;
  sendCommand(args: readonly string[], options: object): Promise<unknown>;
  duplicate(options: object): NodeRedis;
  connect(): Promise<unknown>;
  subscribe(channel: string, listener: (message: unknown) => void): Promise<unknown>;
  ping(): Promise<unknown>;
  destroy?(): void;
  disconnect(): Promise<void>;
}

/** The members of a node-redis cluster that are used. */
interface NodeRedisCluster extends Emitter {
  readonly isOpen: boolean;
  readonly masters: readonly object[];
  sendCommand(key: string, isReadonly: boolean, args: readonly string[], options: object): Promise<unknown>;
  nodeClient(node: object): NodeRedis | Promise<NodeRedis>;
}

/** The members of ioredis that are used. */
interface IoRedis extends Emitter {
  readonly status: string;
  readonly options: Place & { readonly keyPrefix?: string | undefined };
  call(command: string, ...args: string[]): Promise<unknown>;
  duplicate(options: object): IoRedis;
  connect(): Promise<unknown>;
  subscribe(channel: string): Promise<unknown>;
  ping(): Promise<unknown>;
  disconnect(): void;
}

/** The members of an ioredis `Cluster` that are used. */
interface IoRedisCluster extends IoRedis {
  readonly isCluster: true;
  nodes(role: string): IoRedis[];
}

/** The members of Bun's client that are used. */
interface BunRedis {
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

/**
 * Finds out which client it is.
 *
 * @throws {TypeError} If it is none that is known.
 */
export function linkTo(client: unknown): RedisLink {
  if (typeof client === "string") {
    // Never quoted: a URL may hold a password.
    throw refused(
      "a string",
      'make the client first, such as await createClient({ url }).connect() of "redis", new Redis(url) of "ioredis" or new RedisClient(url) of "bun"',
    );
  }
  if (isNonNull(client)) {
    if (has(client, "call", "duplicate", "disconnect") && "status" in client) return ioRedis(client as never);
    if (has(client, "send", "duplicate", "connect") && "connected" in client) return bunRedis(client as never);
    if (has(client, "sendCommand", "duplicate", "subscribe") && "isOpen" in client) {
      if (has(client, "nodeClient")) return nodeRedisCluster(client as never);
      if (!has(client, "acquire")) return nodeRedis(client as never);
      throw refused("a client of Redis Sentinel", 'give it a "Redis" of "ioredis" with sentinels instead');
    }
    if (has(client, "sendCommand", "execute")) {
      throw refused("a pool of clients", "a pool has no connection that hears of changes: give it a client");
    }
  }
  throw refused(received(client), "give it what createClient() or new Redis() returned");
}

const NOT_CONNECTED = "the client is not connected: connect the client first: await client.connect()";

function refused(what: string, hint: string): TypeError {
  return new TypeError(
    `Cannot open the Redis store: "client" must be a client of the package "redis" or "ioredis" or Bun's RedisClient, ` +
      `received ${what}: ${hint}`,
  );
}

function isNonNull(value: unknown): value is object {
  return (typeof value === "object" || typeof value === "function") && value !== null;
}

function has(value: object, ...methods: string[]): boolean {
  return methods.every((name) => typeof (value as Record<string, unknown>)[name] === "function");
}

function addressOf({ host, port, path }: Place): string | undefined {
  if (typeof path === "string" && path) return path;
  return typeof host === "string" && host ? `${host.includes(":") ? `[${host}]` : host}:${port ?? 6379}` : undefined;
}

/** Listens to the errors of an emitter: an `error` event that nobody listens to ends the process. */
function listen(emitter: Emitter): { last(): unknown; stop(): void } {
  let last: unknown;
  const onError = (error: unknown): void => void (last = error);
  const onReady = (): void => void (last = undefined);
  emitter.on("error", onError);
  emitter.on("ready", onReady);
  return {
    last: () => last,
    stop: () => {
      emitter.off("error", onError);
      emitter.off("ready", onReady);
    },
  };
}

function notConnected(cause: unknown): Error {
  // Where an address has several forms, an error of all of them has a code and no message.
  const message = cause instanceof Error ? cause.message || String((cause as { code?: unknown }).code ?? "") : "";
  return new Error(`the client is not connected${message && `: ${message}`}`);
}

function nodeRedis(client: NodeRedis): RedisLink {
  const errors = listen(client);
  return {
    address: addressOf(client.options?.socket ?? {}),
    hearsAll: true,
    explain(error) {
      if (!client.isOpen) return new Error(NOT_CONNECTED);
      return client.isReady ? error : notConnected(errors.last() ?? error);
    },
    // deno-lint-ignore require-await -- what is thrown has to reject
    send: async (command, _key, abortSignal) => client.sendCommand(command, { abortSignal, typeMapping: {} }),
    // deno-lint-ignore require-await -- what is thrown has to reject
    subscriber: async () => nodeRedisSubscriber(client),
    close: errors.stop,
  };
}

function nodeRedisCluster(cluster: NodeRedisCluster): RedisLink {
  const errors = listen(cluster);
  return {
    address: undefined,
    hearsAll: false,
    explain: (error) => cluster.isOpen ? error : new Error(NOT_CONNECTED),
    // deno-lint-ignore require-await -- what is thrown has to reject
    send: async (command, key, abortSignal) =>
      cluster.sendCommand(key, false, command, { abortSignal, typeMapping: {} }),
    async subscriber() {
      // A message reaches all nodes of a cluster.
      const node = oneOf(cluster.masters);
      if (node === undefined) throw new Error(NOT_CONNECTED);
      return nodeRedisSubscriber(await cluster.nodeClient(node));
    },
    close: errors.stop,
  };
}

/**
 * The channel on which Redis tells a connection of RESP2 that keys have changed.
 *
 * @see {@link https://redis.io/docs/latest/develop/reference/client-side-caching/ | Client-side caching}
 */
const INVALIDATED = "__redis__:invalidate";

/** Asks Redis to tell a connection of all changes to a key, and whether it will. */
async function track(send: (...command: string[]) => Promise<unknown>, key: string): Promise<boolean> {
  try {
    const id = String(await send("CLIENT", "ID"));
    await send("CLIENT", "TRACKING", "ON", "REDIRECT", id, "BCAST", "PREFIX", key);
    return true;
  } catch {
    // Not every user may do that, and not every service can. Changes made by hand are found by polling then.
    return false;
  }
}

/** Whether a key is among those that have changed. Nothing stands for all of them, as after `FLUSHALL`. */
function isAmong(key: string, message: unknown): boolean {
  const keys = String(message ?? "");
  return keys === "" || `,${keys},`.includes(`,${key},`);
}

function nodeRedisSubscriber(client: NodeRedis): RedisSubscriber {
  // Only the older protocol has a channel for changes, and these settings exist with the newer one alone.
  const own = client.duplicate({
    RESP: 2,
    maintNotifications: "disabled",
    clientSideCache: undefined,
    emitInvalidate: undefined,
  });
  const close = (): void => {
    try {
      // Version 4 has no destroy().
      if (own.destroy) own.destroy();
      else own.disconnect().catch(() => {});
    } catch {
      // It was closed before.
    }
  };
  // For as long as it lives: destroying it may emit one more.
  own.on("error", () => {});
  return {
    async start(channel, key, heard, lost) {
      own.on("error", (error) => {
        // At once, before it goes about reconnecting.
        close();
        lost(error);
      });
      await own.connect();
      const isTracked = await track((...command) => own.sendCommand(command, {}), key);
      await own.subscribe(channel, () => heard());
      if (isTracked) await own.subscribe(INVALIDATED, (keys) => isAmong(key, keys) && heard()).catch(() => {});
    },
    ping: () => own.ping(),
    close,
  };
}

function ioRedis(client: IoRedis | IoRedisCluster): RedisLink {
  if (client.options?.keyPrefix) {
    throw refused(
      "one with a keyPrefix",
      'give it client.duplicate({ keyPrefix: "" }), and the whole key as the option "key"',
    );
  }
  const errors = listen(client);
  const isCluster = "isCluster" in client && client.isCluster;
  return {
    address: isCluster ? undefined : addressOf(client.options ?? {}),
    hearsAll: !isCluster,
    explain(error) {
      if (client.status === "end") return new Error(NOT_CONNECTED);
      return client.status === "ready" ? error : notConnected(errors.last() ?? error);
    },
    // deno-lint-ignore require-await -- what is thrown has to reject
    send: async ([name, ...args]) => client.call(name!, ...args),
    // deno-lint-ignore require-await -- what is thrown has to reject
    async subscriber() {
      if (!isCluster) return ioRedisSubscriber(client);
      // A message reaches all nodes of a cluster.
      const node = oneOf(client.nodes("master"));
      if (node === undefined) throw new Error(NOT_CONNECTED);
      return ioRedisSubscriber(node);
    },
    close: errors.stop,
  };
}

function ioRedisSubscriber(client: IoRedis): RedisSubscriber {
  const own = client.duplicate({
    lazyConnect: true,
    retryStrategy: null,
    reconnectOnError: null,
    autoResubscribe: false,
    enableOfflineQueue: true,
    // Only the older protocol has a channel for changes.
    protocol: 2,
  });
  const errors = listen(own);
  return {
    async start(channel, key, heard, lost) {
      own.on("message", (from, keys) => (from !== INVALIDATED || isAmong(key, keys)) && heard());
      own.on("close", () => lost(errors.last() ?? new Error("the connection was closed")));
      try {
        await own.connect();
        const isTracked = await track((...command) => own.call(...command as [string]), key);
        await own.subscribe(channel);
        if (isTracked) await own.subscribe(INVALIDATED).catch(() => {});
      } catch (error) {
        // Its own error says no more than that the connection is closed.
        throw errors.last() ?? error;
      }
    },
    ping: () => own.ping(),
    close: () => own.disconnect(),
  };
}

function bunRedis(client: BunRedis): RedisLink {
  // Bun's client gives up for good when it could not reconnect for half a minute, and its events have room for one
  // listener, which is the user's. So the commands go through a client of the store's own, which it can connect again.
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
    async subscriber() {
      return bunSubscriber(await client.duplicate());
    },
    close() {
      own?.then((connection) => connection.close(), () => {});
      own = undefined;
    },
  };
}

function bunSubscriber(own: BunRedis): RedisSubscriber {
  return {
    async start(channel, _key, heard, lost) {
      own.onclose = lost;
      await own.connect();
      // Bun reconnects silently and without its subscriptions: that it connects once more is all that it tells.
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

function oneOf<Item>(items: readonly Item[]): Item | undefined {
  return items[Math.floor(Math.random() * items.length)];
}
