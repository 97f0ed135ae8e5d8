/** The second argument of a handler for `Deno.serve`, by the members that are read: `Deno.ServeHandlerInfo`. */
export interface DenoServeInfo {
  /** The far end of the socket. On a Unix socket, there is no `hostname`, and the client has no address. */
  readonly remoteAddr: object & { readonly hostname?: string };
  /** Settles when the response has been sent or cannot be sent. */
  readonly completed?: Promise<unknown>;
}

/** Finds the address of the far end of the socket. */
export function findPeer(_request: Request, info: DenoServeInfo): string | undefined {
  try {
    // A test that calls the handler itself may have no info.
    return info?.remoteAddr?.hostname;
  } catch {
    return peers.get(info);
  }
}

/** The addresses of the peers of WebSockets, which Deno forgets. */
const peers = new WeakMap<DenoServeInfo, string | undefined>();

/** Keeps the address of the peer of a WebSocket. */
export function keepPeer<Info extends DenoServeInfo>(request: Request, info: Info): Info {
  if (info !== undefined) peers.set(info, findPeer(request, info));
  return info;
}
