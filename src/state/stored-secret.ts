import { LONGEST_SECRET, SHORTEST_SECRET } from "../bypass/request-secret.ts";
import { hashSecret } from "../bypass/secret.ts";
import type { MaintenanceState } from "../types/maintenance-state.ts";
import { TASK } from "./live-state-options.ts";
import { BYPASS } from "./check-window.ts";
import { StateError } from "./state-error.ts";

/**
 * Replaces a secret in a state with its hash.
 *
 * @throws {StateError} If the secret is too short or too long.
 */
export function withHashedSecret(state: MaintenanceState): MaintenanceState {
  const bypass: unknown = state?.bypass;
  if (typeof bypass !== "string" || BYPASS.test(bypass)) return state;
  const bound = bypass.length < SHORTEST_SECRET
    ? `at least ${SHORTEST_SECRET}`
    : bypass.length > LONGEST_SECRET
    ? `at most ${LONGEST_SECRET}`
    : undefined;
  // The message must not show the secret, not even its length.
  if (bound !== undefined) {
    throw new StateError(TASK, { path: "$.bypass", expected: `a secret of ${bound} characters` });
  }
  return { ...state, bypass: hashSecret(bypass) };
}
