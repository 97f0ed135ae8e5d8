import { createCsrfMiddleware, createMiddleware, createStart } from "@tanstack/react-start";
import { maintenanceMiddleware } from "maintenancemode/tanstack-start";
import { maintenance, options, userOf } from "../kit.mjs";

const findUser = createMiddleware().server(({ request, next }) =>
  next({ context: { user: userOf(request.headers.get("cookie")) } })
);

const gate = createMiddleware().middleware([findUser]).server(
  maintenanceMiddleware(maintenance, { ...options, isStaff: (_request, { context }) => context.user === "staff" }),
);

const csrf = createCsrfMiddleware({ filter: ({ handlerType }) => handlerType === "serverFn" });

export const startInstance = createStart(() => ({ requestMiddleware: [gate, csrf] }));
