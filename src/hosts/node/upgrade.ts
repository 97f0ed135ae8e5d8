import type { InForce } from "../../counting/in-flight.ts";
import { type Answer, isAnswer } from "../../answer/response.ts";
import type { Maintenance } from "../../gate/maintenance.ts";
import { invalidOption } from "../../util/errors.ts";
import { type CloseStreamsOption, createStreamWatch } from "../common/close-streams.ts";
import { type HostOptions, TASK } from "../common/context.ts";
import { createGuard } from "../common/guard.ts";
import { createProxyHint } from "../common/proxy-hint.ts";
import { followUpgrade } from "./in-flight.ts";
import { findPeer, type NodeRequest } from "./info.ts";
import { noteLetIn, wasLetIn } from "./let-in.ts";
import { endSocket, LINGER_MS, RawResponse, type UpgradeSocket } from "./raw-response.ts";
import { withRealRequests } from "./real-requests.ts";
import { gateRequest, realRequest } from "./request.ts";
import { sendAnswer } from "./send-answer.ts";
import { sendResponse } from "./send-response.ts";

/** A Node server, by the member that is used: `http.Server` and `https.Server`. */
export interface UpgradeServer {
  /** Calls the listeners of an event. */
  // deno-lint-ignore no-explicit-any -- The overloads of http and https have no other type in common.
  emit(event: any, ...args: any[]): boolean;
}

/** The request and the socket of an upgrade. */
export interface UpgradeInfo {
  /** The request. */
  readonly req: NodeRequest;
  /** The socket, which the HTTP parser has let go of. */
  readonly socket: UpgradeSocket;
}

/** Options of {@link guardUpgrade}. */
export interface GuardUpgradeOptions<Info = UpgradeInfo> extends HostOptions<Info>, CloseStreamsOption<Info> {}

/**
 * Puts the gate before the `upgrade` listeners of a Node server, where WebSockets begin. It does not matter whether these are
 * registered before or after this call.
 *
 * An upgrade that does not pass gets the gate's answer, and its connection closes. While the site is read-only, that is every
 * upgrade of a visitor whom nothing else lets in. While the gate waits for `isStaff` or for the store, the socket is kept as
 * it is. With a live state, an upgrade that passes counts as a stream until its socket is closed, so that `--streams` waits
 * for it.
 *
 * With `closeStreams`, a WebSocket that maintenance finds open gets a close frame with the code 1012, "service restart", and
 * two seconds to go. Another protocol has its socket ended. That is safe if the app writes each frame at once, as `ws` and
 * its kin do. An app that passes on pieces of frames, as a proxy does, gives `close` to end its sockets.
 *
 * @param server The server.
 * @param maintenance The gate.
 * @param options Who is staff, which proxies to believe about the client's address, and what becomes of open sockets.
 * @returns A function that takes the gate away again. Sockets that are open stay counted.
 * @throws {OptionError} If an argument is not valid.
 * @throws {MaintenanceError} With the code `ERR_VERSION`, if another version of this package has made the gate.
 * @see {@link https://www.rfc-editor.org/rfc/rfc6455#section-7.4 | RFC 6455 section 7.4}, and the registry of close codes
 * @example WebSockets with ws
 * ```ts no-eval
 * import { createServer } from "node:http";
 * import { maintenanceMode } from "maintenancemode";
 * import { guardUpgrade } from "maintenancemode/connect";
 * import { WebSocketServer } from "ws";
 *
 * const server = createServer();
 * new WebSocketServer({ server });
 * guardUpgrade(server, maintenanceMode({ enabled: true }));
 * server.listen(3000);
 * ```
 */
export function guardUpgrade<Info extends UpgradeInfo = UpgradeInfo>(
  server: UpgradeServer,
  maintenance: Maintenance,
  options: GuardUpgradeOptions<Info> = {},
): () => void {
  if (typeof server?.emit !== "function") {
    throw invalidOption(TASK, "server", "a server of node:http or node:https", server);
  }
  const guard = createGuard(maintenance, withRealRequests(options), findPeer, undefined, {
    ownOptions: ["closeStreams"],
    counts: "streams",
    createHint: createProxyHint,
  });
  const watch = createStreamWatch(guard, options);
  const { tracker } = guard;
  const { emit: original } = server;
  let isUndone = false;

  function handle(args: readonly [Info["req"], UpgradeSocket, ...unknown[]]): void {
    const [req, socket] = args;
    if (wasLetIn(req, maintenance)) return void original.call(server, "upgrade", ...args);
    const info = { req, socket } as unknown as Info;
    const gated = gateRequest(req);
    const request = guard.handsOutRequests ? realRequest(gated) : gated;
    // Without it, a client that goes away would end the process. The app listens for itself once it has the socket.
    socket.on("error", ignore);
    const pass = (inForce: InForce) => {
      socket.removeListener("error", ignore);
      if (socket.destroyed) return;
      noteLetIn(req, maintenance);
      const isNew = tracker === undefined || followUpgrade(tracker, req, socket, inForce);
      if (isNew && watch !== undefined) {
        const { bytesWritten } = socket;
        socket.once("close", watch(request, info, () => closeSocket(req, socket, bytesWritten)));
      }
      original.call(server, "upgrade", ...args);
    };
    const answer = (verdict: Answer | Response) => {
      const res = new RawResponse(socket);
      if (isAnswer(verdict)) sendAnswer(verdict, res, guard.report);
      else void sendResponse(verdict, req.method, res, guard.report);
    };
    void guard(request, info, pass, answer);
  }

  // Not a listener of its own: it could not keep the others from being called.
  const emit = (event: unknown, ...args: unknown[]): boolean => {
    if (event !== "upgrade" || isUndone) return original.call(server, event, ...args);
    handle(args as never);
    return true;
  };
  const wasOwn = Object.hasOwn(server, "emit");
  server.emit = emit;
  return () => {
    isUndone = true;
    // Somebody else may have put their own in front since.
    if (server.emit !== emit) return;
    if (wasOwn) server.emit = original;
    else delete (server as Partial<UpgradeServer>).emit;
  };
}

function ignore(): void {}

/** A close frame with the code 1012. */
const SERVICE_RESTART = Uint8Array.of(0x88, 2, 1012 >> 8, 1012 & 255);

/**
 * Closes the socket of an app.
 *
 * @param writtenBefore What the socket had sent when the app got it.
 */
function closeSocket({ headers }: NodeRequest, socket: UpgradeSocket, writtenBefore: number | undefined): void {
  socket.on("error", ignore);
  // Before the app has answered, a frame would stand in place of the answer.
  const isOpen = socket.bytesWritten !== undefined && socket.bytesWritten !== writtenBefore;
  if (!isOpen || String(headers.upgrade).toLowerCase() !== "websocket") return endSocket(socket);
  socket.write(SERVICE_RESTART);
  // The client answers with such a frame, at which the app's library closes the connection.
  const timer = setTimeout(() => endSocket(socket), LINGER_MS);
  socket.once("close", () => clearTimeout(timer));
}
