import type { NodeRequest, NodeResponse } from "../../hosts/connect.ts";

/** The request of h3 2 and Nitro 3: a `Request` with what the server knows about it. */
export interface ServerRequest extends Request {
  /** The address of the far end of the socket. */
  readonly ip?: string | undefined;
  /** What the runtime has made the request of. */
  readonly runtime?: { readonly node?: NodeExchange | undefined } | undefined;
}

/** The request of a Node server and the response to it. */
export interface NodeExchange {
  /** The request. */
  readonly req: NodeRequest;
  /** The response. An upgrade has none. */
  readonly res?: NodeResponse | undefined;
}

/** An event of h3 2, by the members that are read. */
export interface Event2 {
  readonly req: ServerRequest;
  readonly res: {
    readonly status?: number | undefined;
    readonly headers: Headers;
    readonly errHeaders?: Headers;
  };
}

/** An event of h3 1, by the members that are read. */
export interface Event1 {
  readonly node: { readonly req: NodeRequest; readonly res: NodeResponse & { readonly writableEnded?: boolean } };
}
