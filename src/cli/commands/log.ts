import { MOST_ENTRIES, readHistory } from "../../state/history.ts";
import type { Context } from "../context.ts";
import { EXIT, usageError } from "../exit-codes.ts";
import { openStore } from "../open/stores.ts";
import { printHistory } from "../output/history-table.ts";
import { show } from "../output/secrets.ts";

/** How many changes are shown, unless somebody asks for more. */
const DEFAULT_LIMIT = 20;

/** Runs `log`. */
export async function log({ args, output, result }: Context): Promise<number> {
  const limit = parseLimit(args.options.limit);
  const opened = await openStore(args.options.store);
  try {
    Object.assign(result, { store: opened.label, history: null });
    const history = await readHistory(opened.store, limit);
    if (history === undefined) {
      throw usageError(`${opened.label} keeps no history; file:, redis: and denokv: stores do`);
    }
    result["history"] = history;
    printHistory(output, history);
    return EXIT.ok;
  } finally {
    opened.close();
  }
}

function parseLimit(text: string | undefined): number {
  if (text === undefined) return DEFAULT_LIMIT;
  const limit = /^\d{1,4}$/.test(text) ? Number(text) : 0;
  if (limit >= 1 && limit <= MOST_ENTRIES) return limit;
  throw usageError(`"--limit" must be a number of changes from 1 to ${MOST_ENTRIES}, received ${show(text)}`);
}
