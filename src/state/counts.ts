import type { Counted, Instance } from "../types/fleet.ts";

/** What this process counts, for its record. */
export interface Counts {
  /** Notes a host helper that counts requests, tracked work, or a gate called by hand that has let a request through. */
  note(what: "requests" | "work" | "by-hand"): void;
  /** What the record says. */
  describe(): Pick<Instance, "counts" | "uncounted">;
}

/**
 * Makes the notes of what this process counts.
 *
 * @param declared The option `counts` of `liveState`.
 * @param onChange Called when the notes have changed.
 */
export function createCounts(declared: "work" | "nothing" | undefined, onChange: () => void): Counts {
  const noted = new Set<"requests" | "work" | "by-hand">(declared === "work" ? ["work"] : []);
  return {
    note(what) {
      if (noted.has(what)) return;
      noted.add(what);
      onChange();
    },
    describe() {
      const counts: Counted[] = (["requests", "work"] as const).filter((what) => noted.has(what));
      if (noted.has("by-hand")) return { counts: [...counts, "unknown"], uncounted: "by-hand" };
      if (counts.length > 0) return { counts };
      return declared === "nothing" ? { counts: ["nothing"] } : { counts: ["unknown"], uncounted: "undeclared" };
    },
  };
}
