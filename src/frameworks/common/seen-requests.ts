import type { Maintenance } from "../../gate/maintenance.ts";

const seen = new WeakMap<Maintenance, WeakSet<object>>();

/**
 * Makes a function that tells whether a gate has let in a request already, and remembers the request. Middleware that is
 * registered twice would count each request twice.
 *
 * @param maintenance The gate, which was checked before.
 */
export function createSeenRequests(maintenance: Maintenance): (request: object) => boolean {
  let requests = seen.get(maintenance);
  if (requests === undefined) seen.set(maintenance, requests = new WeakSet());
  const ofGate = requests;
  return (request) => {
    if (ofGate.has(request)) return true;
    ofGate.add(request);
    return false;
  };
}
