import type { HistoryLog } from "../../types/store.ts";
import type { ScriptRunner } from "./runner.ts";
import { APPEND, TAIL } from "./scripts.ts";

/** Keeps the last changes in a stream. */
export function createHistory({ run }: ScriptRunner, key: string): HistoryLog {
  return {
    async append(entry) {
      await run(APPEND, [key], [entry]);
    },
    list: (limit) => run(TAIL, [key], [String(limit)]),
  };
}
