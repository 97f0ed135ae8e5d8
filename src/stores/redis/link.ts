/** The parts of a Redis client that the store uses, the same for every client. */
export interface RedisLink {
  /** The address of the server without user name and password, if the client tells it. */
  readonly address: string | undefined;
  /** Whether its subscribers hear of changes that people make with `redis-cli`. */
  readonly hearsAll: boolean;
  /** Explains why a command failed: the error itself, or the lost connection behind it. */
  explain(error: unknown): unknown;
  /**
   * Sends a command.
   *
   * @param key Tells a cluster which node to send it to.
   * @param signal Aborted once the store has given up. The client must not send the command after that.
   */
  send(command: readonly string[], key: string, signal: AbortSignal): Promise<unknown>;
  /** Makes a connection of the store's own. {@link RedisSubscriber.start} connects it. */
  subscriber(): Promise<RedisSubscriber>;
  /** Closes what the link opened, but never the client. */
  close(): void;
}

/** A connection that listens for messages. It never reconnects. */
export interface RedisSubscriber {
  /**
   * Connects and subscribes to a channel. Where Redis allows it, also subscribes to every change of a key.
   *
   * @param heard Called for each message and each change.
   * @param lost Called when the connection is lost, possibly more than once.
   */
  start(channel: string, key: string, heard: () => void, lost: (error: unknown) => void): Promise<void>;
  /** Resolves when the server answers a `PING`. */
  ping(): Promise<unknown>;
  /** Closes the connection, whatever its condition. */
  close(): void;
}

/** The address of a server, as both packages for Node keep it in their options. */
export interface Address {
  host?: unknown;
  port?: unknown;
  path?: unknown;
}

/** Formats an address as `host:port` or as the path of a socket. */
export function formatAddress({ host, port, path }: Address): string | undefined {
  if (typeof path === "string" && path) return path;
  return typeof host === "string" && host ? `${host.includes(":") ? `[${host}]` : host}:${port ?? 6379}` : undefined;
}

/** The reason and the remedy when the caller has not connected the client, or has closed it. */
export const NOT_CONNECTED = "the client is not connected: connect the client first: await client.connect()";

/** Makes the error for a client that has lost its connection. */
export function notConnected(cause: unknown): Error {
  // If a host name has several addresses, the error for all of them has a code but no message.
  const message = cause instanceof Error ? cause.message || String((cause as { code?: unknown }).code ?? "") : "";
  return new Error(`the client is not connected${message && `: ${message}`}`);
}

/** Picks a node of a cluster at random. A message that one node publishes reaches all of them. */
export function pickNode<Node>(nodes: readonly Node[]): Node {
  const node = nodes[Math.floor(Math.random() * nodes.length)];
  if (node === undefined) throw new Error(NOT_CONNECTED);
  return node;
}
