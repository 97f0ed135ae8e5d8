import { isPromise } from "../../util/promise.ts";
import { type CloseStreamsOption, createStreamWatch, type WatchStream } from "./close-streams.ts";
import type { Guard } from "./guard.ts";
import { contentTypeOf, isEventStream } from "./in-flight.ts";

type Body = ReadableStream<Uint8Array<ArrayBuffer>>;

/** Asks the app, and gives its result so that the gate can end its stream. */
export type AskClosable<HostInfo> = <Result>(request: Request, hostInfo: HostInfo, ask: () => Result) => Result;

/** The WebSockets of a host. For Deno, a request is over as soon as the app upgrades it, and has neither URL nor address. */
export interface SocketFinder<HostInfo> {
  /** Finds the WebSocket of a result of the app. */
  socketOf(result: unknown): WebSocket | undefined;
  /** Gives what is to be known about a request later, before the app upgrades it. */
  keep(request: Request, hostInfo: HostInfo): HostInfo;
}

/**
 * Makes the function that asks an app whose results may be streams; `undefined` if the option does not ask for it.
 *
 * @param sockets Finds WebSockets, on a host where they can be reached.
 * @throws {OptionError} If the option is not valid.
 */
export function createClosable<HostInfo>(
  guard: Guard<HostInfo>,
  options: CloseStreamsOption<HostInfo>,
  sockets?: SocketFinder<HostInfo>,
): AskClosable<HostInfo> | undefined {
  const watch = createStreamWatch(guard, options);
  if (watch === undefined) return undefined;
  function make<Result>(request: Request, hostInfo: HostInfo, result: Result): Result {
    if (isPromise(result)) {
      return Promise.resolve(result).then((result: unknown) => make(request, hostInfo, result)) as Result;
    }
    if (isEventStream(contentTypeOf(result))) return withClosableBody(watch!, request, hostInfo, result);
    const socket = sockets?.socketOf(result);
    if (socket !== undefined) watchSocket(watch!, request, hostInfo, socket);
    return result;
  }
  return (request, hostInfo, ask) => {
    if (sockets === undefined || !isUpgrade(request)) return make(request, hostInfo, ask());
    const kept = new Request(request.url, { headers: request.headers });
    return make(kept, sockets.keep(request, hostInfo), ask());
  };
}

function isUpgrade({ headers }: Request): boolean {
  return headers.get("upgrade")?.toLowerCase() === "websocket";
}

/** Gives an app whose streams the gate can end, or the same app. */
export function closableApp<HostInfo, Result>(
  app: (request: Request, hostInfo: HostInfo) => Result,
  askClosable: AskClosable<HostInfo> | undefined,
): (request: Request, hostInfo: HostInfo) => Result {
  if (askClosable === undefined) return app;
  return (request, hostInfo) => askClosable(request, hostInfo, () => app(request, hostInfo));
}

function withClosableBody<HostInfo, Result>(
  watch: WatchStream<HostInfo>,
  request: Request,
  hostInfo: HostInfo,
  result: Result,
): Result {
  const response = result as Response;
  const { body } = response;
  // The server reports a body that something else reads.
  if (!(body instanceof ReadableStream) || body.locked) return result;
  const { stream, close } = closable(body, () => forget());
  const forget = watch(request, hostInfo, close);
  return new Response(stream, response) as Result;
}

/** A body that reads another one, and can be closed. */
function closable(source: Body, onEnd: () => void): { readonly stream: Body; readonly close: () => void } {
  const reader = source.getReader();
  let isOver = false;
  let end!: () => void;
  const finish = (): boolean => {
    if (isOver) return false;
    onEnd();
    return isOver = true;
  };
  const stream: Body = new ReadableStream({
    start(controller) {
      end = () => controller.close();
    },
    async pull(controller) {
      try {
        const { done, value } = await reader.read();
        if (isOver) return;
        if (!done) return controller.enqueue(value);
        finish();
        controller.close();
      } catch (error) {
        finish();
        controller.error(error);
      }
    },
    cancel(reason) {
      finish();
      return reader.cancel(reason);
    },
  }, { highWaterMark: 0 });
  return {
    stream,
    close() {
      if (!finish()) return;
      end();
      reader.cancel().catch(() => {});
    },
  };
}

/** "Service restart", and what a browser's class allows in its place. */
const CLOSE_CODES = [1012, 1000];

function watchSocket<HostInfo>(
  watch: WatchStream<HostInfo>,
  request: Request,
  hostInfo: HostInfo,
  socket: WebSocket,
): void {
  const forget = watch(request, hostInfo, () => {
    for (const code of CLOSE_CODES) {
      try {
        return socket.close(code);
      } catch {
        // The other code will do.
      }
    }
  });
  socket.addEventListener("close", forget);
  // A socket that could not be opened never closes.
  socket.addEventListener("error", forget);
}
