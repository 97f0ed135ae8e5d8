import { type Gate, INTERNALS } from "../../core/handler.ts";
import type { MaintenanceOptions, MaintenanceState } from "../../core/types.ts";
import { loadConfig, makeGate } from "../config.ts";
import type { Context } from "../context.ts";
import { CliError, EXIT } from "../exit-codes.ts";
import { isStoreGiven, openStore } from "../stores.ts";
import { readCurrent, requireValid, situationOf } from "../stored.ts";

/** `page`. */
export async function page(context: Context): Promise<number> {
  const { args, output, result } = context;
  const config = args.options.config === undefined ? undefined : await loadConfig(args.options.config);
  const state = isStoreGiven(args.options.store) ? await readState(args.options.store) : ON;
  const gate = config !== undefined && "gate" in config
    ? config.gate
    : await makeGate(pageOptions(config?.options), state, output);
  // It may follow a store of its own, which was not read yet.
  await (gate as Gate)[INTERNALS].live?.refresh?.(undefined);
  // A method that writes, since those that read pass while the site is read-only.
  const request = new Request("http://localhost/", { method: "POST", headers: { accept: "text/html" } });
  const html = await gate(request)?.text();
  if (html === undefined) {
    throw new CliError("usage", 'the gate of "--config" lets "/" through right now: export its options alone');
  }
  result["html"] = html;
  if (!output.json) output.raw(html);
  return EXIT.ok;
}

const ON: MaintenanceState = { mode: "on" };

/** What of the state the page says. */
async function readState(store: string | undefined): Promise<MaintenanceState> {
  const opened = await openStore(store);
  try {
    const { state, phase } = situationOf(requireValid(await readCurrent(opened.store), opened.label), Date.now());
    if (phase === "off" || phase === "ended") return ON;
    const { mode, reason, end } = state;
    return { mode, ...(reason !== undefined && { reason }), ...(end !== undefined && { end }) };
  } finally {
    opened.close();
  }
}

/** The options without those that would let the request through or send it elsewhere. */
function pageOptions({ page, handler503, statusCode, retryAfter }: MaintenanceOptions = {}): MaintenanceOptions {
  return {
    responseType: "html",
    ...(page !== undefined && { page }),
    ...(handler503 !== undefined && { handler503 }),
    ...(statusCode !== undefined && { statusCode }),
    ...(retryAfter !== undefined && { retryAfter }),
  };
}
