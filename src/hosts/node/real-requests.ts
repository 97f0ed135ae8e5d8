import { ownOf } from "../../util/own.ts";
import type { HostOptions } from "../common/context.ts";
import { realRequest } from "./request.ts";

/** The options with an `isStaff` that gets a real `Request`. */
export function withRealRequests<Info>(options: HostOptions<Info>): HostOptions<Info> {
  // What is wrong with the options is found later.
  const { isStaff } = ownOf(options);
  if (typeof isStaff !== "function") return options;
  return { ...options, isStaff: (request, hostInfo) => isStaff(realRequest(request), hostInfo) };
}
