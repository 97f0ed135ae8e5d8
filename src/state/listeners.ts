import type { LiveState } from "../types/live-state.ts";
import type { MaintenanceState } from "../types/maintenance-state.ts";
import { checkFunction, invalidOption } from "../util/errors.ts";
import { call } from "../util/listener.ts";
import type { Clock } from "./clock.ts";
import { TASK } from "./live-state-options.ts";
import type { Problems } from "./problems.ts";

type ChangeListener = (current: MaintenanceState, former: MaintenanceState) => void;

/** Tells of changes of the state. */
export interface Changes {
  /** Calls the listeners. */
  tell(current: MaintenanceState, former: MaintenanceState): void;
  /** Calls a function with each change. Returns a function that removes it. */
  listen(listener: ChangeListener): () => void;
}

/** Makes {@link Changes}. */
export function createChanges(): Changes {
  const listeners = new Set<ChangeListener>();
  return {
    tell(current, former) {
      for (const listener of listeners) call("a listener", listener, current, former);
    },
    listen(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}

/** Where the listeners of each event go. */
interface Sources {
  readonly change: Changes["listen"];
  readonly clock: Clock["listen"];
  readonly error: Problems["listen"];
}

type Listener = ChangeListener & Parameters<Clock["listen"]>[1] & Parameters<Problems["listen"]>[0];

/** Makes `LiveState.on`. */
export function createOn({ change, clock, error }: Sources): LiveState["on"] {
  return (event: "change" | "begin" | "end" | "overdue" | "error", listener: Listener) => {
    if (!["change", "begin", "end", "overdue", "error"].includes(event)) {
      throw invalidOption(TASK, "event", '"change", "begin", "end", "overdue" or "error"', event);
    }
    checkFunction(TASK, "listener", listener);
    if (event === "error") return error(listener);
    return event === "change" ? change(listener) : clock(event, listener);
  };
}
