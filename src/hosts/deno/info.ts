/** The second argument of a handler for `Deno.serve`, by the members that are read: `Deno.ServeHandlerInfo`. */
export interface DenoServeInfo {
  /** The far end of the socket. On a Unix socket, there is no `hostname`, and the client has no address. */
  readonly remoteAddr: object & { readonly hostname?: string };
  /** Settles when the response has been sent or cannot be sent. */
  readonly completed?: Promise<unknown>;
}
