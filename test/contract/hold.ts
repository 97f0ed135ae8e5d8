import { type OpenFixture, storeContract } from "../../src/testing.ts";

/** The outcome of each case by its name: the complaint, or `null`. */
export type Outcome = Record<string, string | null>;

/** Outcomes by the name of the store. */
export type Results = Record<string, Outcome>;

/**
 * Tests a store against the contract, case by case.
 *
 * @param open Opens the store.
 * @param but The cases to leave out.
 */
export async function hold(open: OpenFixture, but?: RegExp): Promise<Outcome> {
  const outcome: Outcome = {};
  for (const { name, run } of await storeContract(open)) {
    if (but?.test(name)) continue;
    outcome[name] = await run().then(() => null, describe);
  }
  return outcome;
}

function describe(error: unknown): string {
  const { message, cause } = error as Error;
  return cause === undefined ? message : `${message}: ${describe(cause)}`;
}
