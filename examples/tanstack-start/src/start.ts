import { createCsrfMiddleware, createMiddleware, createStart } from "@tanstack/react-start";
import { maintenanceMiddleware } from "maintenancemode/tanstack-start";
import { maintenance } from "./maintenance.server";
import { readSession } from "./session.server";

const findSession = createMiddleware().server(({ next }) => next({ context: { session: readSession() } }));

const gate = createMiddleware().middleware([findSession]).server(
  maintenanceMiddleware(maintenance, { isStaff: (_request, { context }) => context.session.isStaff }),
);

// TanStack Start has this by itself, but not beside a list of one's own.
const csrf = createCsrfMiddleware({ filter: ({ handlerType }) => handlerType === "serverFn" });

export const startInstance = createStart(() => ({ requestMiddleware: [gate, csrf] }));
