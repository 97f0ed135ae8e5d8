import type { StateSnapshot } from "../../gate/live.ts";
import type { Authorship } from "../../state/attribution.ts";
import type { Former } from "../../state/former.ts";
import type { Instance } from "../../types/fleet.ts";
import type { OpenStore } from "../open/stores.ts";
import type { Situation, Stored } from "../situation.ts";

/** The goal of a change: a mode, or the same mode with another percentage of visitors that gets in. */
export type Target = "on" | "read-only" | "off" | "admit";

/** Which window a change is about. */
export interface Subject {
  /** Its name; `undefined` for the maintenance without a name. */
  readonly name: string | undefined;
  /** Whether it is about all of them. */
  readonly isAll: boolean;
}

/** A change of the state that is ready to be written. */
export interface Planned {
  readonly opened: OpenStore;
  /** The window that it is about. */
  readonly subject: Subject;
  /** What the store held before. */
  readonly former: Stored;
  /** The state to store. */
  readonly snapshot: StateSnapshot;
  /** Its text. */
  readonly text: string;
  /** Whether the state differs from the stored one, so that it has to be written. */
  readonly isChange: boolean;
  /** The window after the change. */
  readonly situation: Situation;
  /** The other windows of the state. */
  readonly others: readonly Situation[];
  /** When it was planned, in milliseconds since 1970. */
  readonly now: number;
  /** Who makes the change, and when by the clock of the store. */
  readonly author: Authorship;
  /** The processes before the change; `undefined` if the store does not record them. */
  readonly instances: readonly Instance[] | undefined;
  /** The window that `run` goes back to; `undefined` for other commands. */
  readonly back: Former | undefined;
  /** The secret of a new bypass link: printed once, and stored only as a hash. */
  readonly secret: string | undefined;
}

/** A change that was made. */
export interface Committed {
  /** The change, on the state that the store held at last. */
  readonly planned: Planned;
  /** The revision of the stored state. */
  readonly revision: string;
}
