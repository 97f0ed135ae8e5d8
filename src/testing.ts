/**
 * The contract of a store, as test cases for any test runner.
 *
 * ```ts
 * import { test } from "node:test"; // or vitest, bun:test, Deno.test
 * import { memoryStore } from "maintenancemode/stores/memory";
 * import { storeContract } from "maintenancemode/testing";
 *
 * for (const { name, run } of await storeContract(() => ({ store: memoryStore() }))) test(name, run);
 * ```
 *
 * @module maintenancemode/testing
 */
import { invalidOption } from "./util/errors.ts";
import type { HistoryLog, InstanceRegistry, MaintenanceStore, StoredState, Unwatch } from "./types/store.ts";
import { abilitiesOf, type OpenFixture, Place, type Repair, type StoreFixture } from "./testing/place.ts";
import { historyCases } from "./testing/history-cases.ts";
import { instanceCases } from "./testing/instance-cases.ts";
import { liveCases } from "./testing/live-cases.ts";
import { storeCases } from "./testing/store-cases.ts";
import { watchCases } from "./testing/watch-cases.ts";

export type { HistoryLog, InstanceRegistry, MaintenanceStore, OpenFixture, Repair, StoredState, StoreFixture, Unwatch };

/** One promise of the contract. */
export interface ContractCase {
  /** The promise, as the name of a test. */
  readonly name: string;
  /** Rejects if the store breaks the promise. Each run opens a place of its own, so that cases may run at the same time. */
  run(): Promise<void>;
}

/**
 * Lists the cases of the contract that apply to a store. Opens the store once to find out its abilities, and leaves out the
 * cases for abilities that it lacks: a store without `write` is not asked to write, and a fixture without `interrupt` is
 * not interrupted. A case waits at most 20 seconds for a condition.
 *
 * @param open Opens the store over a new, empty place at each call.
 * @returns The cases, each with a name and a function for your test runner.
 * @throws {OptionError} If `open` is not a function, or its fixture has no store, or neither the store nor the fixture can
 * write a text.
 * @example Usage
 * ```ts
 * import { test } from "node:test";
 * import { storeContract } from "maintenancemode/testing";
 * import { openTable, tableStore } from "./table-store.ts";
 *
 * const cases = await storeContract(async () => {
 *   const table = await openTable();
 *   return {
 *     store: tableStore(table),
 *     another: () => tableStore(table),
 *     put: (text) => table.set("maintenance", text),
 *     remove: () => table.delete("maintenance"),
 *     close: () => table.close(),
 *   };
 * });
 * for (const { name, run } of cases) test(name, run);
 * ```
 */
export async function storeContract(open: OpenFixture): Promise<readonly ContractCase[]> {
  const place = await openPlace(open);
  const abilities = abilitiesOf(place.fixture);
  // If closing fails, the cases will report it.
  await place.close().catch(() => {});
  return [...storeCases, ...watchCases, ...instanceCases, ...historyCases, ...liveCases].filter(({ appliesTo }) =>
    appliesTo(abilities)
  )
    .map(({ name, run }) => ({
      name,
      async run() {
        const place = await openPlace(open);
        try {
          await run(place);
        } catch (error) {
          // The first error says more than one of closing.
          await place.close().catch(() => {});
          throw error;
        }
        await place.close();
      },
    }));
}

const TASK = "test the store";

async function openPlace(open: OpenFixture): Promise<Place> {
  if (typeof open !== "function") {
    throw invalidOption(TASK, "open", "a function that opens the store over a new place", open);
  }
  const fixture = await open();
  if (typeof fixture?.store?.read !== "function") {
    throw invalidOption(TASK, "open().store", 'a store with a method "read"', fixture?.store);
  }
  if (!fixture.store.write && typeof fixture.put !== "function") {
    throw invalidOption(TASK, "open().put", 'a function where the store has no "write"', fixture.put);
  }
  return new Place(fixture);
}
