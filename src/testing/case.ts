import type { Abilities, Place } from "./place.ts";

/** One case of the contract. */
export interface Case {
  /** What is promised. */
  readonly name: string;
  /** Whether a store can be held against it. */
  readonly appliesTo: (abilities: Abilities) => boolean;
  /** Throws if the promise is not kept. */
  readonly run: (place: Place) => Promise<void>;
}
