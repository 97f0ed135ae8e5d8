import type { Context } from "../context.ts";
import { EXIT } from "../exit-codes.ts";
import { timeZone } from "../input/times.ts";
import { openStore } from "../open/stores.ts";
import { printWindows, windowJson } from "../output/windows.ts";
import { readCurrent, requireValid } from "../situation.ts";
import { viewWindows } from "../windows.ts";

/** Runs `windows`. */
export async function windows({ args, output, result }: Context): Promise<number> {
  const opened = await openStore(args.options.store);
  try {
    const current = await readCurrent(opened.store);
    Object.assign(result, { store: opened.label, revision: current.revision, timeZone: timeZone(), windows: [] });
    const snapshot = requireValid(current, opened.label);
    const now = Date.now();
    const views = viewWindows(snapshot, now);
    result["windows"] = views.map((view) => windowJson(view, opened, snapshot.state));
    printWindows(output, views, opened, now);
    return EXIT.ok;
  } finally {
    opened.close();
  }
}
