// Checked by Deno, with Deno's own types.
import { maintenanceMode } from "@maintenancemode/maintenancemode";
import { contextFrom, withMaintenance } from "@maintenancemode/maintenancemode/deno";
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
