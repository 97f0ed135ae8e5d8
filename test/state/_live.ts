import { afterEach } from "vitest";
import { liveState } from "../../src/state/live-state.ts";
import type { LiveStateOptions } from "../../src/state/live-state-options.ts";
import type { LiveState } from "../../src/types/live-state.ts";
import type { MaintenanceStore } from "../../src/types/store.ts";

const opened: LiveState[] = [];

/** Makes a live state that is closed after the test, has nothing at work, and whose errors nobody hears of. */
export function open(store: MaintenanceStore, options: LiveStateOptions = {}): LiveState {
  return closeLater(liveState(store, { counts: "nothing", onError: () => {}, ...options }));
}

/** Closes a live state after the test. */
export function closeLater(state: LiveState): LiveState {
  opened.push(state);
  return state;
}

afterEach(async () => {
  await Promise.all(opened.splice(0).map((state) => state.close()));
});

export const ON = '{"mode":"on"}';
export const OFF = '{"mode":"off"}';

export function modeOf(state: LiveState): string {
  return state.current.mode;
}

/** A state without its authors, and without since when it holds. */
export function withoutAuthors(state: unknown): unknown {
  return JSON.parse(JSON.stringify(state, (name, value) => name === "by" || name === "since" ? undefined : value));
}
