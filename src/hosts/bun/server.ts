/** The server that `Bun.serve` passes to a handler, by the members that are used. */
export interface BunServer {
  /** The far end of the socket; `null` on a Unix socket and for a copy of the request. */
  requestIP(request: Request): { readonly address: string } | null;
  /** How many WebSockets are open. */
  readonly pendingWebSockets?: number;
}
