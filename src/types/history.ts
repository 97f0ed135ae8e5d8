import type { MaintenanceMode, RecurringWindow } from "./maintenance-state.ts";

/** A change of a maintenance, for operators. No visitor sees it. */
export interface HistoryEntry {
  /** When it was changed: an instant in UTC (RFC 3339), by the clock of the store if that has one. */
  readonly at: string;
  /** Who changed it. */
  readonly by: string;
  /** The name of the window; left out for the maintenance at the top level of the state. */
  readonly window?: string;
  /** The mode before. */
  readonly from: MaintenanceMode;
  /** The mode afterwards. */
  readonly to: MaintenanceMode;
  /** What happened: the new mode, or `"changed"` where the mode stayed. */
  readonly what: MaintenanceMode | "changed";
  /** The names of the fields that changed, where the mode stayed. */
  readonly fields?: readonly string[];
  /** The note of the state afterwards. */
  readonly note?: string;
  /** The reason that visitors read afterwards, in its first language, and at most 500 characters of it. */
  readonly reason?: string;
  /** The start of the state afterwards. */
  readonly start?: string;
  /** The recurring windows of the state afterwards: maintenance is in force only within one of them. */
  readonly recurring?: readonly RecurringWindow[];
  /** The end of the state afterwards. */
  readonly end?: string;
  /** The expected end of the state afterwards. */
  readonly expectedEnd?: string;
  /** For how many milliseconds the mode from before was in force, if that is known and it was not `"off"`. */
  readonly lastedMs?: number;
  /** The revision of the state that the change made. */
  readonly revision: string;
  /** The revision that it replaced. */
  readonly replaced?: string;
}
