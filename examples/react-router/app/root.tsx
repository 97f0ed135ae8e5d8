import { maintenanceMiddleware } from "maintenancemode/react-router";
import { Links, Meta, Outlet, Scripts } from "react-router";
import type { Route } from "./+types/root";
import { maintenance } from "./maintenance.server";
import { findSession, sessionContext } from "./session.server";

export const middleware: Route.MiddlewareFunction[] = [
  findSession,
  maintenanceMiddleware(maintenance, {
    isStaff: (_request, { context }) => context.get(sessionContext).get("isStaff") === true,
  }),
];

export default function Root() {
  return (
    <html lang="en">
      <head>
        <Meta />
        <Links />
      </head>
      <body>
        <Outlet />
        <Scripts />
      </body>
    </html>
  );
}
