import { maintenanceMode } from "maintenancemode";
import { contextFrom, withMaintenance } from "maintenancemode/service-worker";

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

// @ts-expect-error what the app returns is not a response
withMaintenance(maintenance, () => "up");
