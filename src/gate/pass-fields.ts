import type { MaintenanceContext } from "../types/context.ts";
import type { Decision, DecisionReason } from "../types/decision.ts";
import type { Activation } from "./activation.ts";
import type { Decider } from "./decide.ts";
import type { GateSettings } from "./features.ts";

/** Header fields for the app's response, by name and value. Cookies go beside those that the app sets. */
export type AddedFields = readonly (readonly [name: string, value: string])[];

/** Makes the header fields for the app's response to a request that passes during maintenance; `undefined` for none. */
export type PassFields = (request: Request, ctx: MaintenanceContext, made: Decision) => AddedFields | undefined;

/** Keeps every cache that others share from keeping a response: RFC 9111 sections 5.2.2.5 and 5.2.2.7. */
const PRIVATE = ["cache-control", "private, no-store"] as const;

const READ_ONLY: AddedFields = [["maintenance-mode", "read-only"]];

/** What lets one visitor in where others stay out. */
const ADMISSIONS: readonly DecisionReason[] = ["staff", "internal-ip", "bypass", "allowed", "admitted"];

/** Prepares {@link PassFields}. */
export function createPassFields(
  { admittedCaching, bypassDomain, features }: GateSettings,
  { isEnabled, inForceFor }: Activation,
  isReading: Decider["isReading"],
): PassFields {
  return (request, ctx, { because }) => {
    const windows = inForceFor(request);
    // The strictest comes first.
    const isReadOnly = !isEnabled() && windows[0]?.state.mode === "read-only";
    // Visitors who were let in can write: they are not told that the site is read-only.
    if (!ADMISSIONS.includes(because)) return isReadOnly && because !== "off" ? READ_ONLY : undefined;
    const fields: (readonly [string, string])[] = [];
    // What everybody may read anyway can stay in caches.
    if (admittedCaching === "no-store" && !(isReadOnly && windows.every((window) => isReading(request, window)))) {
      fields.push(PRIVATE);
    }
    const cookie = because === "admitted"
      ? features.admission?.admitCookie(request, ctx.clientIp, bypassDomain)
      : undefined;
    if (cookie !== undefined) fields.push(["set-cookie", cookie]);
    return fields.length === 0 ? undefined : fields;
  };
}
