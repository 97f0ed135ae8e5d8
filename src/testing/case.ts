import type { Abilities, Place } from "./place.ts";

/** One case of the contract, before it is bound to a store. */
export interface Case {
  /** The promise, as a sentence. */
  readonly name: string;
  /** Whether a store with these abilities makes the promise. */
  readonly appliesTo: (abilities: Abilities) => boolean;
  /** Rejects if the store breaks the promise. */
  readonly run: (place: Place) => Promise<void>;
}
