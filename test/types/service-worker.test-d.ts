import { maintenanceMode } from "maintenancemode";
import {
  contextFrom,
  offlineFallback,
  type OfflineFallbackOptions,
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
