import type { Instance } from "../../src/types/fleet.ts";

/** A record of a process that has followed and finished, but for what is given. */
export function instance(given: Partial<Instance> = {}): Instance {
  return {
    id: "a",
    host: "web-1",
    pid: 1,
    runtime: "node 24.21.0",
    startedAt: 0,
    clock: 0,
    revision: "new",
    mode: "on",
    inForce: true,
    counts: ["requests"],
    inFlight: 0,
    before: 0,
    streams: 0,
    held: [],
    admits: [],
    ...given,
  };
}
