/** A Service Worker: the same script in a browser and, in service-worker syntax, in workerd. */
import { addedGlobals, hasUrlPattern } from "./before.ts";
import { clientIpFrom, maintenanceMode } from "maintenancemode";
import { contextFrom, withMaintenance } from "maintenancemode/service-worker";
import { createFixture } from "./fixture.ts";

interface FetchEvent extends Event {
  request: Request;
  respondWith(response: Response | Promise<Response>): void;
  waitUntil(done: Promise<unknown>): void;
}

declare const URLPattern: never;
declare const self: {
  addEventListener(type: string, listener: (event: FetchEvent) => unknown): void;
  skipWaiting?(): Promise<void>;
  clients?: { claim(): Promise<void> };
};

const fixture = createFixture({
  isTiny: false,
  maintenanceMode,
  clientIpFrom,
  contextFrom,
  URLPattern,
  hasUrlPattern,
  addedGlobals: addedGlobals(),
  isHostInfo: (event) => typeof (event as FetchEvent)?.respondWith === "function",
});
const listenerOf = fixture.mount((gate, app) =>
  withMaintenance(
    gate.maintenance,
    gate.app === "none" ? undefined : (event: FetchEvent) => app.fetch(event.request, event),
    // The other options are refused here: there is no address that they could tell of.
    gate.host?.isStaff ? { isStaff: gate.host.isStaff } : {},
  )
);

self.addEventListener("install", (event) => event.waitUntil(self.skipWaiting!()));
self.addEventListener("activate", (event) => event.waitUntil(self.clients!.claim()));
self.addEventListener("fetch", (event) => {
  const { request } = event;
  const told = fixture.control(request.url);
  if (told) return event.respondWith(told.then((text) => new Response(text)));
  // The page and the script of the test itself come from the network.
  const gate = request.headers.get("x-gate") ?? new URL(request.url).searchParams.get("gate");
  if (!gate) return;
  fixture.saw(request);
  const { respondWith } = event;
  const caught = (error: Error) => new Response(String(error), { status: 500, headers: { "x-caught": error.message } });
  // The event stays the host's own; only what becomes of an error in the app is made visible.
  Object.defineProperty(event, "respondWith", {
    configurable: true,
    writable: true,
    value: (response: Response | Promise<Response>) => respondWith.call(event, Promise.resolve(response).catch(caught)),
  });
  return listenerOf(gate)(event as never);
});
