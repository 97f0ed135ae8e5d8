import connect from "connect";
import express from "express";
import { Hono } from "hono";
import { maintenanceMode } from "maintenancemode";
import { maintenanceMiddleware } from "maintenancemode/connect";
import { contextFrom, withMaintenance } from "maintenancemode/node";
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
