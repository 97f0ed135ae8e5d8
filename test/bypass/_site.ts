import { LIVE, type LiveInternals } from "../../src/gate/live.ts";
import type { Explanation } from "../../src/types/decision.ts";
import type { Maintenance } from "../../src/gate/maintenance.ts";
import type { MaintenanceContext } from "../../src/types/context.ts";
import type { MaintenanceOptions } from "../../src/gate/maintenance-options.ts";
import { INTERNALS_VERSION } from "../../src/util/internals-version.ts";
import { prepareAtOnce } from "../../src/state/state-snapshot.ts";
import { maintenanceMode } from "../../src/maintenance.ts";
import type { MaintenanceState } from "../../src/index.ts";

/** A gate over a state that a test sets at once, without a store. */
export interface Site {
  readonly gate: Maintenance;
  /** Puts a state into force. */
  set(state: MaintenanceState): void;
  /** What the gate says of a request with these header fields. */
  ask(headers?: Record<string, string>, path?: string, ctx?: MaintenanceContext): Explanation;
}

/** Makes a site. */
export function siteOf(options: MaintenanceOptions, state: MaintenanceState = { mode: "off" }): Site {
  const live: Pick<LiveInternals, "version" | "noteAdmission" | "noteCounting"> & {
    snapshot: LiveInternals["snapshot"];
  } = {
    version: INTERNALS_VERSION,
    snapshot: prepareAtOnce(state),
    noteAdmission() {},
    noteCounting() {},
  };
  const gate = maintenanceMode({ ...options, state: { [LIVE]: live } as never });
  return {
    gate,
    set: (next) => live.snapshot = prepareAtOnce(next),
    ask: (headers = {}, path = "/", ctx = {}) =>
      gate.explain(new Request(`https://www.site.test${path}`, { headers }), ctx),
  };
}

/** The `Cookie` that a browser sends after a `Set-Cookie`. */
export function cookieOf(response: Response | undefined): string {
  return response!.headers.get("set-cookie")!.split(";")[0]!;
}
