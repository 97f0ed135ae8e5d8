/** A Worker in service-worker syntax that knows its client: the module's handler, called by hand. */
import worker from "./workerd.ts";

interface FetchEvent extends Event {
  request: Request;
  respondWith(response: Response | Promise<Response>): void;
}

// Bindings are global names here.
declare const MARK: string;

addEventListener("fetch", (event) => {
  const { request } = event as FetchEvent;
  (event as FetchEvent).respondWith(worker.fetch(request, { MARK } as never, event as never));
});
