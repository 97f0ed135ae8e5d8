import type { Maintenance } from "../../gate/maintenance.ts";

/** The requests that a gate has let in, each by an object that the framework keeps for as long as the request lasts. */
const letIn = new WeakMap<object, Maintenance>();

/** Whether a gate has let in a request before: the framework asks it twice, where it was registered twice, say. */
export function wasLetIn(maintenance: Maintenance, key: object): boolean {
  return letIn.get(key) === maintenance;
}

/** Takes note that a gate has let in a request. */
export function noteLetIn(maintenance: Maintenance, key: object): void {
  letIn.set(key, maintenance);
}
