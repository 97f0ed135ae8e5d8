import { type MaintenanceContext, maintenanceMode } from "maintenancemode";
import {
  contextFrom,
  offlineFallback,
  type OfflineFallbackOptions,
  type StaffOptions,
  unregister,
  withMaintenance,
} from "maintenancemode/service-worker";

declare const self: ServiceWorkerGlobalScope;

const maintenance = maintenanceMode({ enabled: true });

addEventListener("fetch", withMaintenance(maintenance));
self.addEventListener("fetch", withMaintenance(maintenance));
self.addEventListener(
  "fetch",
  withMaintenance(maintenance, async (event) => {
    event.request satisfies Request;
    return await caches.match(event.request) ?? await fetch(event.request);
  }),
);
self.addEventListener("fetch", async (event) => {
  const answer = maintenance(event.request, await contextFrom(event.request, event));
  if (answer !== undefined) event.respondWith(answer);
});

offlineFallback();
offlineFallback(
  {
    pageUrl: "/503.html",
    answers: { retryAfter: 60, headers: { "x-from": "worker" } },
  } satisfies OfflineFallbackOptions,
);
self.addEventListener("activate", (event) => event.waitUntil(unregister()));

// @ts-expect-error everybody gets the answer
offlineFallback({ answers: { enabled: true } });
// @ts-expect-error the status is what the network said
offlineFallback({ answers: { statusCode: 200 } });
// @ts-expect-error what the app returns is not a response
withMaintenance(maintenance, () => "up");

export function contexts(request: Request, event: FetchEvent, options: StaffOptions<FetchEvent>): void {
  // Without isStaff, nothing has to be awaited.
  maintenance(request, contextFrom(request, event));
  contextFrom(request, event, {}).clientIp satisfies string | undefined;
  contextFrom(request, event, { isStaff: undefined }) satisfies MaintenanceContext;
  maintenance(request, contextFrom(request));
  // With isStaff, which gets what the host knows, the context is a promise, and the gate takes none.
  const later = contextFrom(request, event, { isStaff: (request, host) => request.url === "" || host === undefined });
  later satisfies Promise<MaintenanceContext>;
  // @ts-expect-error it is not awaited
  maintenance(request, later);
  // @ts-expect-error it is a promise
  later.clientIp;
  // Options of which nobody knows whether they have isStaff give either.
  const either = contextFrom(request, event, options);
  // @ts-expect-error it is not awaited
  maintenance(request, either);
  // @ts-expect-error it may be no promise
  either.then;
}
