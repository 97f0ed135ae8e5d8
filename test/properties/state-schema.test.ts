import fc from "fast-check";
import { expect, test } from "vitest";
import { parseState } from "../../src/state/parse.ts";
import { StateError } from "../../src/state/state-error.ts";
import { BEYOND } from "../schemas/_beyond.ts";
import { errorsIn, readSchema, strictAjv } from "../schemas/_schemas.ts";
import { mutate, mutations, states } from "../schemas/_states.ts";

const validate = strictAjv().compile(readSchema("state"));

/** Why a value is not a state; `undefined` if it is one. */
function refusalOf(value: unknown): string | undefined {
  try {
    parseState(JSON.stringify(value));
    return undefined;
  } catch (error) {
    if (!(error instanceof StateError)) throw error;
    return error.message;
  }
}

test("the schema takes each state that parseState() takes, and no other but by the rules that it cannot tell", () => {
  const seen = { taken: 0, refused: 0 };
  fc.assert(
    fc.property(states, fc.array(mutations, { maxLength: 2 }), (state, changes) => {
      const value: unknown = JSON.parse(JSON.stringify(changes.reduce<unknown>(mutate, state)));
      const refusal = refusalOf(value);
      const errors = errorsIn(validate, value);
      if (refusal === undefined) expect(errors).toBeUndefined();
      else if (errors === undefined) expect(BEYOND.some(({ message }) => message.test(refusal)), refusal).toBe(true);
      seen[refusal === undefined ? "taken" : "refused"]++;
    }),
    { numRuns: 300 },
  );
  // Otherwise it would have compared next to nothing.
  expect(seen.taken).toBeGreaterThan(30);
  expect(seen.refused).toBeGreaterThan(30);
});
