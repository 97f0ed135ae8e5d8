import { Hono } from "hono";
import { maintenanceMode } from "maintenancemode";
import { contextFrom, withMaintenance } from "maintenancemode/bun";

const maintenance = maintenanceMode({ enabled: true });

Bun.serve({ fetch: withMaintenance(maintenance, () => new Response("up")) });
Bun.serve({
  fetch: withMaintenance(maintenance, async (request, server) => {
    request satisfies Request;
    const address: string | undefined = server.requestIP(request)?.address;
    return new Response(await request.text() + address);
  }),
});
Bun.serve({ fetch: withMaintenance(maintenance, new Hono()) });
Bun.serve({
  fetch: withMaintenance(maintenance, () => new Response("up"), {
    isStaff: (request, server) => Promise.resolve(server.requestIP(request) === null),
    trustProxy: ["loopback"],
    forwardedHeader: "x-real-ip",
  }),
});
Bun.serve({
  fetch: async (request, server) => maintenance(request, await contextFrom(request, server)) ?? new Response("up"),
});

// @ts-expect-error what the app returns is not a response
Bun.serve({ fetch: withMaintenance(maintenance, () => "up") });
// @ts-expect-error the option is trustProxy
withMaintenance(maintenance, () => new Response("up"), { trustProxies: [] });
