import { findExcluded } from "../match/url/excluded-hosts.ts";
import type { MaintenanceWindow } from "../types/maintenance-state.ts";
import { quote } from "../util/received.ts";
import { StateError } from "./state-error.ts";
import { TASK } from "./checks.ts";

/**
 * Checks that some URL matches both lists of a state: otherwise maintenance would be on and concern nobody.
 *
 * @throws {StateError} If none does.
 */
export function checkSomeUrl({ hosts, urls }: Pick<MaintenanceWindow, "hosts" | "urls">): void {
  if (hosts === undefined || urls === undefined) return;
  const excluded = findExcluded(hosts, urls);
  if (excluded.length === urls.length) throw refuse("$.urls", hosts, urls);
}

/**
 * Checks that each URL pattern of a new state is for one of its hosts. A stored state with such a pattern stays valid: it closes
 * a part of the site, which would open.
 *
 * @throws {StateError} If one is not.
 */
export function checkEachUrl({ hosts, urls }: Pick<MaintenanceWindow, "hosts" | "urls">): void {
  if (hosts === undefined || urls === undefined) return;
  const [first] = findExcluded(hosts, urls);
  if (first !== undefined) throw refuse(`$.urls[${first}]`, hosts, [urls[first]!]);
}

function refuse(path: string, hosts: readonly string[], urls: readonly string[]): StateError {
  return new StateError(TASK, {
    path,
    expected: `for one of the hosts in "hosts", ${list(hosts)}`,
    received: list(urls),
    hint: 'it would close nothing: write only the path in "urls", or leave out "hosts"',
  });
}

function list(texts: readonly string[]): string {
  const shown = texts.slice(0, 3).map(quote).join(", ");
  return texts.length > 3 ? `${shown} and ${texts.length - 3} more` : shown;
}
