import { LONGEST_SECRET, SHORTEST_SECRET } from "../bypass/request-secret.ts";
import { hashSecret } from "../bypass/secret.ts";
import type { MaintenanceState, MaintenanceWindow } from "../types/maintenance-state.ts";
import { TASK } from "./live-state-options.ts";
import { BYPASS } from "./check-window.ts";
import { StateError } from "./state-error.ts";

/**
 * Replaces a secret in a state with its hash.
 *
 * @throws {StateError} If the secret is too short or too long.
 */
export function withHashedSecret<State extends MaintenanceWindow>(state: State): State {
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

/**
 * Replaces the secrets in a state and in its windows with their hashes.
 *
 * @throws {StateError} If one is too short or too long.
 */
export function withHashedSecrets(state: MaintenanceState): MaintenanceState {
  const hashed = withHashedSecret(state);
  const windows: unknown = hashed?.windows;
  if (typeof windows !== "object" || windows === null || Array.isArray(windows)) return hashed;
  const entries = Object.entries(windows).map((
    [name, window],
  ) => [name, withHashedSecret(window as MaintenanceWindow)]);
  return { ...hashed, windows: Object.fromEntries(entries) };
}
