/** The request of a Node server, by the members that are read: `http.IncomingMessage` and its kin. */
export interface NodeRequest {
  /** The method. */
  readonly method?: string | undefined;
  /** The request target. */
  readonly url?: string | undefined;
  /** The header fields by their lower-case names. */
  readonly headers: { readonly [name: string]: string | string[] | undefined };
  /** The connection. */
  readonly socket: { readonly remoteAddress?: string | undefined };
}

/** The response of a Node server, by the methods that are called: `http.ServerResponse` and its kin. */
export interface NodeResponse {
  /** Sends the status and the header fields. */
  // deno-lint-ignore no-explicit-any -- The overloads of http and http2 have no other type in common.
  writeHead(...args: any[]): unknown;
  /** Sends the body. */
  // deno-lint-ignore no-explicit-any -- As above.
  end(...args: any[]): unknown;
}

/** The request and the response of a Node server. */
export interface NodeInfo<Req extends NodeRequest = NodeRequest, Res extends NodeResponse = NodeResponse> {
  /** The request. */
  readonly req: Req;
  /** The response. */
  readonly res: Res;
}

/** Finds the address of the far end of the socket. */
export function findPeer(_request: Request, { req }: Pick<NodeInfo, "req">): string | undefined {
  return req.socket.remoteAddress;
}
