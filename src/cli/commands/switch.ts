import type { MaintenanceMode } from "../../types/maintenance-state.ts";
import type { Context } from "../context.ts";
import { EXIT } from "../exit-codes.ts";
import { follow } from "../wait/follow.ts";
import { catchSignals } from "../process/signals.ts";
import { openStore } from "../open/stores.ts";
import { commit } from "../change/commit.ts";
import { plan } from "../change/plan.ts";
import type { Target } from "../change/planned.ts";
import { clauseOf } from "../output/describe.ts";
import { afterInterruption, fillResult, report } from "../change/report.ts";
import { requireClosed } from "../change/require-closed.ts";
import { readWaitPlan, requireInstances } from "../wait/plan.ts";

/** Runs `on`, `read-only`, `admit` and `off`. */
export async function switchTo(context: Context, target: Target): Promise<number> {
  const { options } = context.args;
  const waitPlan = readWaitPlan(options);
  const opened = await openStore(options.store);
  try {
    if (waitPlan !== undefined) requireInstances(opened.store, opened.label, "--wait");
    const planned = await plan(context, opened, target);
    if (waitPlan !== undefined && (target === "on" || target === "read-only")) {
      requireClosed(context, planned, "--wait would return");
    }
    if (options["dry-run"]) {
      report(context, planned);
      fillResult(context, planned, undefined);
      return EXIT.ok;
    }
    const interrupt = waitPlan === undefined ? undefined : catchSignals({
      state: describeInterrupted(planned.situation.state.mode),
      ...afterInterruption(context, planned),
    });
    try {
      const written = await commit(context, planned);
      report(context, written.planned);
      fillResult(context, written.planned, written.revision);
      if (interrupt === undefined) return EXIT.ok;
      await follow(context, written, waitPlan!, interrupt.signal);
    } finally {
      interrupt?.stop();
    }
    return EXIT.ok;
  } finally {
    opened.close();
  }
}

/** What holds when a wait was interrupted. */
function describeInterrupted(mode: MaintenanceMode): string {
  const unknown = mode === "off" ? "some processes may not know it yet" : "requests from before may still be at work";
  return `${clauseOf(mode, "is")}, and ${unknown}`;
}
