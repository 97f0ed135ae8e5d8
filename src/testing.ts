/**
 * The contract that every store keeps, as a list of test cases for any test runner.
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
import type { InstanceRegistry, MaintenanceStore, StoredState, Unwatch } from "./types/store.ts";
import { abilitiesOf, type OpenFixture, Place, type Repair, type StoreFixture } from "./testing/place.ts";
import { instanceCases } from "./testing/instance-cases.ts";
import { liveCases } from "./testing/live-cases.ts";
import { storeCases } from "./testing/store-cases.ts";
import { watchCases } from "./testing/watch-cases.ts";

export type { InstanceRegistry, MaintenanceStore, OpenFixture, Repair, StoredState, StoreFixture, Unwatch };

/** One promise that a store has to keep. */
export interface ContractCase {
  /** What is promised, as the name of a test. */
  readonly name: string;
  /** Rejects if the promise is not kept. Each run is over a place of its own; they may run at the same time. */
  run(): Promise<void>;
}

/**
 * The cases of the contract that apply to a store. It is opened once to see what it can do: what it cannot is left out,
 * so a store that can only be read is not asked to write, and one whose fixture cannot interrupt it is not tested for
 * that.
 *
 * @param open Opens the store over a new place in which nothing is stored, each time it is called.
 * @returns The cases, each with a name and a function to run, for the test runner at hand.
 * @throws {TypeError} If the fixture is not valid.
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
  // Each case will say what is wrong with it.
  await place.close().catch(() => {});
  return [...storeCases, ...watchCases, ...instanceCases, ...liveCases].filter(({ appliesTo }) => appliesTo(abilities))
    .map(({ name, run }) => ({
      name,
      async run() {
        const place = await openPlace(open);
        try {
          await run(place);
        } catch (error) {
          // What went wrong first says more.
          await place.close().catch(() => {});
          throw error;
        }
        await place.close();
      },
    }));
}

async function openPlace(open: OpenFixture): Promise<Place> {
  if (typeof open !== "function") {
    throw new TypeError("Cannot test the store: the first argument must be a function that opens it");
  }
  const fixture = await open();
  if (typeof fixture?.store?.read !== "function") {
    throw new TypeError(
      'Cannot test the store: the function that opens it must return an object whose "store" has a method "read"',
    );
  }
  if (!fixture.store.write && !fixture.put) {
    throw new TypeError('Cannot test the store: a store without "write" needs a "put" beside it in the fixture');
  }
  return new Place(fixture);
}
