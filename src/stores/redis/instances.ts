import type { InstanceRegistry } from "../../types/store.ts";
import type { ScriptRunner } from "./runner.ts";
import { LIST, PUT, REMOVE } from "./scripts.ts";

/** Keeps the records of the processes in two keys: the records, and the times when they expire. */
export function createInstances(
  { run }: ScriptRunner,
  keys: readonly [records: string, expiry: string],
): InstanceRegistry {
  return {
    async put(id, record, ttlMs) {
      await run(PUT, keys, [id, record, String(Math.ceil(ttlMs))]);
    },
    async delete(id) {
      await run(REMOVE, keys, [id]);
    },
    list: () => run(LIST, keys, []),
  };
}
