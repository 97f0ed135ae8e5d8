// Checked by Deno, with Deno's own types.
import { type MaintenanceContext, maintenanceMode } from "@maintenancemode/maintenancemode";
import { contextFrom, type HostOptions, withMaintenance } from "@maintenancemode/maintenancemode/deno";
import { Hono } from "hono";

const maintenance = maintenanceMode({ enabled: true });

Deno.serve(withMaintenance(maintenance, () => new Response("up")));
Deno.serve(
  withMaintenance(maintenance, async (request, info) => {
    request satisfies Request;
    info satisfies Deno.ServeHandlerInfo;
    const host: string = info.remoteAddr.transport === "tcp" ? info.remoteAddr.hostname : "";
    return new Response(await request.text() + host);
  }),
);
Deno.serve(withMaintenance(maintenance, new Hono()));
Deno.serve({ port: 0 }, withMaintenance(maintenance, new Hono().fetch));
const handler: Deno.ServeHandler = withMaintenance(maintenance, () => new Response("up"), {
  isStaff: (_request, info) => Promise.resolve(info.remoteAddr.transport === "unix"),
  trustProxy: ["loopback"],
  forwardedHeader: "forwarded",
});
Deno.serve(async (request, info) => {
  const ctx = await contextFrom(request, info);
  return maintenance(request, ctx) ?? await handler(request, info);
});

// @ts-expect-error what the app returns is not a response
Deno.serve(withMaintenance(maintenance, () => "up"));
// @ts-expect-error the option is trustProxy
withMaintenance(maintenance, () => new Response("up"), { trustProxies: [] });

export function contexts(
  request: Request,
  info: Deno.ServeHandlerInfo,
  options: HostOptions<Deno.ServeHandlerInfo>,
): void {
  // Without isStaff, nothing has to be awaited.
  maintenance(request, contextFrom(request, info));
  contextFrom(request, info, {}).clientIp satisfies string | undefined;
  contextFrom(request, info, { isStaff: undefined }) satisfies MaintenanceContext;
  contextFrom(request, info, { trustProxy: ["loopback"], forwardedHeader: "forwarded" }) satisfies MaintenanceContext;
  // @ts-expect-error the option is trustProxy
  contextFrom(request, info, { trustProxies: [] });
  // @ts-expect-error the address of the client is missing
  contextFrom(request);
  // With isStaff, which gets what the host knows, the context is a promise, and the gate takes none.
  const later = contextFrom(request, info, { isStaff: (request, host) => request.url === "" || host === undefined });
  later satisfies Promise<MaintenanceContext>;
  // @ts-expect-error it is not awaited
  maintenance(request, later);
  // @ts-expect-error it is a promise
  later.clientIp;
  // Options of which nobody knows whether they have isStaff give either.
  const either = contextFrom(request, info, options);
  // @ts-expect-error it is not awaited
  maintenance(request, either);
  // @ts-expect-error it may be no promise
  either.then;
}
