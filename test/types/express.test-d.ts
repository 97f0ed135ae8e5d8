import connect from "connect";
import express from "express";
import { maintenanceMode } from "maintenancemode";
import * as anyMiddleware from "maintenancemode/connect";
import { maintenanceMiddleware } from "maintenancemode/express";
import type { ServerResponse } from "node:http";
import { type Equal, expect } from "./_expect.ts";

declare global {
  namespace Express {
    /** As express-session and passport add to it. */
    interface Request {
      session: { readonly isStaff?: boolean };
    }
  }
}

const maintenance = maintenanceMode({ enabled: true });
const app = express();

// The place of use tells which request it is.
app.use(maintenanceMiddleware(maintenance, {
  isStaff: (request, { req, res }) => {
    expect<Equal<typeof request, Request>>();
    expect<Equal<typeof req, express.Request>>();
    return req.session.isStaff === true && res.locals["user"] !== undefined;
  },
  closeStreams: { close: ({ req, res }) => void res.end(req.get("accept")) },
}));
app.use(maintenanceMiddleware(maintenance, {
  isStaff: async (_request, { req }) => (await Promise.resolve(req.ip)) === "::1",
}));
app.use(express.json(), maintenanceMiddleware(maintenance, { isStaff: (_request, { req }) => req.session.isStaff! }));
express.Router().use(maintenanceMiddleware(maintenance, { isStaff: (_request, { req }) => req.session.isStaff! }));
const handler: express.RequestHandler = maintenanceMiddleware(maintenance, {
  isStaff: (_request, { req }) => req.session.isStaff === true,
});
app.use(handler);

// Elsewhere it is named.
const named = maintenanceMiddleware<express.Request>(maintenance, {
  isStaff: (_request, { req }) => req.session.isStaff === true,
});
app.use(named);
app.use("/api", named);
const annotated = maintenanceMiddleware(maintenance, {
  isStaff: (_request, { req }: { req: express.Request }) => req.session.isStaff === true,
});
app.use([annotated]);
const both = maintenanceMiddleware<express.Request, express.Response>(maintenance, {
  isStaff: (_request, { req, res }) => req.session.isStaff === true && res.headersSent,
});
app.use(both);
app.use(maintenanceMiddleware(maintenance));
app.use("/api", maintenanceMiddleware(maintenance, { trustProxy: ["loopback"] }));

// @ts-expect-error nothing has put this on the request
app.use(maintenanceMiddleware(maintenance, { isStaff: (_request, { req }) => req.stuff === true }));
// @ts-expect-error the option is trustProxy
app.use(maintenanceMiddleware(maintenance, { trustProxies: ["loopback"] }));
// @ts-expect-error the answer is a boolean
app.use(maintenanceMiddleware(maintenance, { isStaff: (_request, { req }) => req.get("authorization") }));
// @ts-expect-error the app is no gate
maintenanceMiddleware(app);

connect().use(anyMiddleware.maintenanceMiddleware(maintenance, {
  isStaff: (_request, { req, res }) => {
    expect<Equal<typeof req, connect.IncomingMessage>>();
    expect<Equal<typeof res, ServerResponse>>();
    return req.originalUrl === "/";
  },
}));
connect().use("/api", maintenanceMiddleware(maintenance));
