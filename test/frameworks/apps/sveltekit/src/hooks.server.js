import { sequence } from "@sveltejs/kit/hooks";
import { maintenanceHandle } from "maintenancemode/sveltekit";
import { maintenance, options, userOf } from "../kit.mjs";

export const handle = sequence(
  ({ event, resolve }) => {
    event.locals.user = userOf(event.request.headers.get("cookie"));
    return resolve(event);
  },
  maintenanceHandle(maintenance, {
    ...options,
    isStaff: (_request, event) => event.locals.user === "staff",
    page: "/maintenance",
  }),
);
