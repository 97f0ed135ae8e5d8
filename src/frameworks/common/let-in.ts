import type { Maintenance } from "../../gate/maintenance.ts";

const letIn = new WeakMap<Maintenance, WeakSet<object>>();

/**
 * The requests that a gate has let in, each by an object that the framework keeps for as long as the request lasts. A framework
 * asks about such a request again where middleware is registered twice, say: it would be counted twice.
 *
 * @param maintenance The gate, which was checked before. All adapters of a gate share what this returns.
 */
export function letInBy(maintenance: Maintenance): WeakSet<object> {
  let requests = letIn.get(maintenance);
  if (requests === undefined) letIn.set(maintenance, requests = new WeakSet());
  return requests;
}
