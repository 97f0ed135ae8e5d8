/** The shells whose completion can be printed. */
export const SHELLS = ["bash", "zsh", "fish", "powershell"] as const;

/** A shell. */
export type Shell = typeof SHELLS[number];
