import process from "node:process";
import { type HTTPEvent, useSession } from "nitro/h3";

/** The session of somebody who asks. */
export function sessionOf(event: HTTPEvent) {
  const { SESSION_SECRET: password } = process.env;
  if (!password) throw new Error("Set SESSION_SECRET");
  return useSession<{ isStaff: boolean }>(event, { password });
}
