import { Hono } from "hono";
import { type MaintenanceContext, maintenanceMode } from "maintenancemode";
import { contextFrom, type HostOptions, withMaintenance } from "maintenancemode/bun";

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

export function contexts(
  request: Request,
  server: Bun.Server<undefined>,
  options: HostOptions<Bun.Server<undefined>>,
): void {
  // Without isStaff, nothing has to be awaited.
  maintenance(request, contextFrom(request, server));
  contextFrom(request, server, {}).clientIp satisfies string | undefined;
  contextFrom(request, server, { isStaff: undefined }) satisfies MaintenanceContext;
  contextFrom(request, server, { trustProxy: ["loopback"], forwardedHeader: "forwarded" }) satisfies MaintenanceContext;
  // @ts-expect-error the option is trustProxy
  contextFrom(request, server, { trustProxies: [] });
  // @ts-expect-error the address of the client is missing
  contextFrom(request);
  // With isStaff, which gets what the host knows, the context is a promise, and the gate takes none.
  const later = contextFrom(request, server, { isStaff: (request, host) => request.url === "" || host === undefined });
  later satisfies Promise<MaintenanceContext>;
  // @ts-expect-error it is not awaited
  maintenance(request, later);
  // @ts-expect-error it is a promise
  later.clientIp;
  // Options of which nobody knows whether they have isStaff give either.
  const either = contextFrom(request, server, options);
  // @ts-expect-error it is not awaited
  maintenance(request, either);
  // @ts-expect-error it may be no promise
  either.then;
}
