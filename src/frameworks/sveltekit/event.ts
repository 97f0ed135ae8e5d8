/** The event of SvelteKit's `handle`, by the members that are read: its `RequestEvent`. */
export interface SvelteKitEvent {
  /** The request. */
  readonly request: Request;
  /** The URL of the page, without what SvelteKit's own requests add to it. */
  readonly url: URL;
  /** Whether the client asks for the data of a page. */
  readonly isDataRequest: boolean;
  /** Whether the app itself asks, with `event.fetch`. */
  readonly isSubRequest: boolean;
  /** Whether the client calls a remote function. */
  readonly isRemoteRequest?: boolean;
  /** What the adapter adds: that of Node the request of the server, as `req`. */
  readonly platform?: unknown;
  /** The client's address, as the adapter finds it. */
  getClientAddress(): string;
  /** Asks the app itself, or another site. */
  fetch(url: string, init?: RequestInit): Promise<Response>;
}

/** What `handle` gets, where `Event` is the app's own event. */
export interface HandleInput<Event> {
  /** The request and what SvelteKit knows about it. */
  readonly event: Event;
  /** Renders the route. */
  readonly resolve: (event: Event) => Response | Promise<Response>;
}
