import { maintenanceMiddleware } from "maintenancemode/react-router";
import { maintenance, options, userOf } from "../kit.mjs";
import { userContext } from "./context.js";

function findUser({ request, context }) {
  context.set(userContext, userOf(request.headers.get("cookie")));
}

export const middleware = [
  findUser,
  maintenanceMiddleware(maintenance, {
    ...options,
    isStaff: (_request, { context }) => context.get(userContext) === "staff",
  }),
];
