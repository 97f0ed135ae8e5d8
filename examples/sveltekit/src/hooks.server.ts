import process from "node:process";
import { type Handle, sequence } from "@sveltejs/kit/hooks";
import { maintenanceHandle } from "maintenancemode/sveltekit";
import { maintenance, state } from "./lib/server/maintenance.ts";
import { isStaffSession } from "./lib/server/session.ts";

const findStaff: Handle = ({ event, resolve }) => {
  event.locals.isStaff = isStaffSession(event.cookies.get("session"));
  return resolve(event);
};

export const handle = sequence(
  findStaff,
  maintenanceHandle(maintenance, { isStaff: (_request, event) => event.locals.isStaff }),
);

// A process that says goodbye is not waited for.
process.on("sveltekit:shutdown", () => state.close());
