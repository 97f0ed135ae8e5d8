import type { Decision, DecisionReason } from "../types/decision.ts";

/** How many times the gate made a decision. */
export interface DecisionCount {
  readonly outcome: Decision["outcome"];
  readonly because: DecisionReason;
  /** What metrics call the window that decided; `undefined` for the one without a name. */
  readonly window: string | undefined;
  value: number;
}

/** Counts decisions. */
export interface DecisionCounts {
  /** Counts one. Each request pays for this during maintenance: the meter gets the sums when it is read. */
  add(made: Decision): void;
  /** The counts so far. */
  list(): DecisionCount[];
}

/**
 * Makes a counter of decisions.
 *
 * @param labelOf What metrics call a window.
 */
export function createDecisionCounts(labelOf: (name: string) => string): DecisionCounts {
  const windows = new Map<string | undefined, Map<DecisionReason, DecisionCount>>();

  return {
    add(made) {
      const { outcome, because } = made;
      const name = made.outcome === "answer" ? made.window : undefined;
      const window = name === undefined ? undefined : labelOf(name);
      let counts = windows.get(window);
      if (counts === undefined) windows.set(window, counts = new Map());
      const count = counts.get(because);
      if (count === undefined) counts.set(because, { outcome, because, window, value: 1 });
      else count.value++;
    },
    list: () => [...windows.values()].flatMap((counts) => [...counts.values()]),
  };
}
