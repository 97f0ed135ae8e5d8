import connect from "connect";
import express from "express";
import { Hono } from "hono";
import { type MaintenanceContext, maintenanceMode } from "maintenancemode";
import { maintenanceMiddleware } from "maintenancemode/connect";
import { contextFrom, type HostOptions, withMaintenance } from "maintenancemode/node";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";

const maintenance = maintenanceMode({ enabled: true });

createServer(withMaintenance(maintenance, () => new Response("up")));
createServer(
  withMaintenance(maintenance, async (request, { req }) => {
    request satisfies Request;
    const address: string | undefined = req.socket.remoteAddress;
    return new Response(await request.text() + address);
  }),
);
createServer(
  withMaintenance<{ req: IncomingMessage; res: ServerResponse }>(
    maintenance,
    (_request, { req, res }) => new Response(req.httpVersion, { status: res.statusCode }),
  ),
);
createServer(withMaintenance(maintenance, new Hono()));
createServer(
  withMaintenance(maintenance, () => new Response("up"), {
    isStaff: (_request, { req }) => Promise.resolve(req.headers.authorization !== undefined),
    trustProxy: ["loopback"],
    forwardedHeader: "forwarded",
  }),
);

connect().use(maintenanceMiddleware(maintenance));
express().use(maintenanceMiddleware(maintenance, { isStaff: () => false }));
const step: (req: IncomingMessage, res: ServerResponse, next: (error?: unknown) => void) => void =
  maintenanceMiddleware(
    maintenance,
  );

export async function byHand(request: Request, req: IncomingMessage, res: ServerResponse): Promise<Response> {
  return maintenance(request, await contextFrom(request, { req, res })) ?? new Response(String(step.length));
}

// @ts-expect-error what the app returns is not a response
withMaintenance(maintenance, () => "up");
// @ts-expect-error the option is trustProxy
maintenanceMiddleware(maintenance, { trustProxies: [] });

export function contexts(
  request: Request,
  req: IncomingMessage,
  options: HostOptions<{ readonly req: IncomingMessage }>,
): void {
  // Without isStaff, nothing has to be awaited.
  maintenance(request, contextFrom(request, { req }));
  contextFrom(request, { req }, {}).clientIp satisfies string | undefined;
  contextFrom(request, { req }, { isStaff: undefined }) satisfies MaintenanceContext;
  contextFrom(request, { req }, {
    trustProxy: ["loopback"],
    forwardedHeader: "forwarded",
  }) satisfies MaintenanceContext;
  // @ts-expect-error the option is trustProxy
  contextFrom(request, { req }, { trustProxies: [] });
  // @ts-expect-error the address of the client is missing
  contextFrom(request);
  // With isStaff, which gets what the host knows, the context is a promise, and the gate takes none.
  const later = contextFrom(request, { req }, { isStaff: (request, host) => request.url === "" || host === undefined });
  later satisfies Promise<MaintenanceContext>;
  // @ts-expect-error it is not awaited
  maintenance(request, later);
  // @ts-expect-error it is a promise
  later.clientIp;
  // Options of which nobody knows whether they have isStaff give either.
  const either = contextFrom(request, { req }, options);
  // @ts-expect-error it is not awaited
  maintenance(request, either);
  // @ts-expect-error it may be no promise
  either.then;
}
