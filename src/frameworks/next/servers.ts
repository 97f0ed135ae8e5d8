import { isPromise } from "../../util/promise.ts";

/** A server of Node, by the members that are used. */
export interface Server {
  emit(event: unknown, ...args: unknown[]): boolean;
  on(event: "request", listener: Listener): unknown;
  removeListener(event: "request", listener: Listener): unknown;
  rawListeners(event: "request"): Listener[];
  listenerCount(event: "request"): number;
}

interface Listener {
  (this: unknown, req: object, res: Response): unknown;
  listener?: Listener;
}

/** The response of a Node server, by the members that are used. */
interface Response {
  readonly req?: object;
  readonly destroyed: boolean;
  readonly writableEnded: boolean;
  end(): unknown;
}

/** A request and its response. */
export type Exchange = readonly [req: object, res: Response];

/** What has come to the servers of a process before somebody looked. */
export interface Early {
  /** The requests that are at work, with their responses. */
  readonly exchanges: readonly Exchange[];
  /** Whether there are more that nobody can find: on a connection, they wait behind the first. */
  readonly hasMore: boolean;
}

interface DiagnosticsChannel {
  subscribe(name: string, onMessage: (message: never) => void): void;
}

interface Process {
  /** Not imported: this module is part of bundles for other runtimes as well. */
  getBuiltinModule?(name: "node:diagnostics_channel"): DiagnosticsChannel;
  /** The sockets and servers that are open. Node does not document it, and has it in all versions. */
  _getActiveHandles?(): readonly Socket[];
}

/** A socket. The HTTP server keeps the response on it that is to be sent next. */
interface Socket {
  readonly server?: Server | null;
  readonly _httpMessage?: Response | null;
  /** It keeps the request that has come last. */
  readonly parser?: { readonly incoming?: object | null } | null;
}

function nodeProcess(): Process | undefined {
  const { Bun, Deno, process } = globalThis as { Bun?: unknown; Deno?: unknown; process?: Process };
  return Bun === undefined && Deno === undefined ? process : undefined;
}

/**
 * Calls a function with the server of each connection that is open or will be opened in this process. Wrapping a class would
 * not do: tools for tracing wrap single servers, and may have done so before.
 *
 * @returns What has come before, or `undefined` outside Node.
 */
export function findServers(onServer: (server: Server) => void): Early | undefined {
  const process = nodeProcess();
  const diagnostics = process?.getBuiltinModule?.("node:diagnostics_channel");
  if (diagnostics === undefined) return undefined;
  const look = ({ server }: Socket) => {
    // The sockets of clients have none.
    if (server && server.listenerCount("request") > 0) onServer(server);
  };
  diagnostics.subscribe("net.server.socket", ({ socket }: { socket: Socket }) => look(socket));
  diagnostics.subscribe("http.server.request.start", look);
  const sockets = process?._getActiveHandles?.() ?? [];
  sockets.forEach(look);
  // The messages of clients have no server.
  const busy = sockets.filter(({ server, _httpMessage: res }) =>
    server && res?.req && !res.writableEnded && !res.destroyed
  );
  return {
    exchanges: busy.map(({ _httpMessage: res }): Exchange => [res!.req!, res!]),
    hasMore: busy.some(({ _httpMessage: res, parser }) => parser?.incoming && parser.incoming !== res!.req),
  };
}

/**
 * Calls a function in place of the listeners of the event `request`, and one before those of `upgrade`.
 *
 * @param onRequest Gets a function that calls the listeners.
 */
export function intercept(
  server: Server,
  onRequest: (exchange: Exchange, next: () => void) => void,
  onUpgrade: () => boolean,
): void {
  for (const listener of server.rawListeners("request")) {
    server.removeListener("request", listener);
    server.on("request", endingWhatIsLost(listener));
  }
  const { emit } = server;
  server.emit = (event, ...args) => {
    if (event === "upgrade" && onUpgrade()) return server.emit(event, ...args);
    if (event !== "request") return emit.call(server, event, ...args);
    onRequest(args as unknown as Exchange, () => void emit.call(server, event, ...args));
    return true;
  };
}

/**
 * Ends a response when the listener is done with it and the client has gone away, which Next does not do: nothing else tells
 * that the request need not be counted any more.
 */
function endingWhatIsLost(listener: Listener): Listener {
  const ending: Listener = function (req, res) {
    const result = listener.call(this, req, res);
    if (isPromise(result)) {
      const end = () => void (res.destroyed && !res.writableEnded && res.end());
      result.then(end, end);
    }
    return result;
  };
  // By this member the listener can still be removed.
  ending.listener = listener.listener ?? listener;
  return ending;
}
