import type { MaintenanceWindow } from "../types/maintenance-state.ts";
import { Refusal } from "./problem.ts";

/**
 * Makes the window that an operator has sent; `state.windows.set()` checks it. Who sets it and since when is not for them to say,
 * nor is the hash of the bypass: `"bypass": true` keeps the one that is there.
 *
 * @param sent The body.
 * @param former The stored window, if there is one.
 * @param by The name of the operator.
 * @throws {Refusal} If it says something of the bypass that only the server may.
 */
export function composeWindow(
  sent: unknown,
  former: MaintenanceWindow | undefined,
  by: string | undefined,
): MaintenanceWindow {
  if (typeof sent !== "object" || sent === null || Array.isArray(sent)) {
    throw new Refusal(422, 'The body must be an object such as { "mode": "on" }', {
      code: "ERR_STATE_INVALID",
      path: "$",
    });
  }
  const { by: _by, since: _since, owner: _owner, former: _former, bypass, ...fields } = sent as Record<string, unknown>;
  const author = by === undefined ? {} : { by };
  return { ...fields, ...keptBypass(bypass, former), ...author } as unknown as MaintenanceWindow;
}

function keptBypass(given: unknown, former: MaintenanceWindow | undefined): Pick<MaintenanceWindow, "bypass"> {
  if (given === undefined || given === null || given === false) return {};
  if (given === true && former?.bypass !== undefined) return { bypass: former.bypass };
  const detail = given === true
    ? 'This window has no bypass that "bypass": true could keep: POST to its path with /bypass behind makes one'
    : '"bypass" must be true, to keep the one that is there, or left out: POST to the path with /bypass behind makes one';
  throw new Refusal(422, detail, { code: "ERR_STATE_INVALID", path: "$.bypass" });
}
