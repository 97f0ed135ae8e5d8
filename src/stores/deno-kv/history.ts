import type { HistoryLog } from "../../types/store.ts";
import type { DenoKv, DenoKvKeyPart } from "./client.ts";
import { insist } from "./insist.ts";

/** How many changes the database keeps. */
const MOST = 1_000;

/** Keeps the last changes under numbers, one after the other. Of two processes that take the same number, one takes the next. */
export function historyUnder(kv: DenoKv, prefix: readonly DenoKvKeyPart[]): HistoryLog {
  async function last(): Promise<number> {
    for await (const { key } of kv.list({ prefix }, { consistency: "strong", limit: 1, reverse: true })) {
      return Number(key.at(-1));
    }
    return 0;
  }

  return {
    async append(entry) {
      for (;;) {
        const number = await last() + 1;
        const key = [...prefix, number];
        const added = await insist(() =>
          kv.atomic().check({ key, versionstamp: null }).set(key, entry).delete([...prefix, number - MOST]).commit()
        );
        if (added.ok) return;
      }
    },
    async list(limit) {
      const entries: string[] = [];
      for await (const { value } of kv.list({ prefix }, { consistency: "strong", limit, reverse: true })) {
        if (typeof value === "string") entries.unshift(value);
      }
      return entries;
    },
  };
}
