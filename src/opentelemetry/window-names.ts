/** How many windows metrics call by their names. Each name makes time series, which a meter keeps as long as it lives. */
const NAMED = 500;

/** What metrics call the windows beyond those, all of them together. */
export const OTHER = "_OTHER";

/** The windows that metrics know by name. */
export interface WindowNames {
  /** What metrics call a window: its name, or {@link OTHER} beyond the limit. */
  labelOf(name: string): string;
  /** What {@link labelOf} has returned so far. */
  readonly labels: ReadonlySet<string>;
}

/** Makes the names. They are given in the order in which they are asked for. */
export function createWindowNames(): WindowNames {
  const labels = new Set<string>();
  return {
    labels,
    labelOf(name) {
      const label = labels.has(name) || labels.size < NAMED ? name : OTHER;
      labels.add(label);
      return label;
    },
  };
}
