import type { GateInternals } from "../../gate/internals.ts";
import { INTERNALS_VERSION } from "../../util/internals-version.ts";
import type { Exchange } from "./servers.ts";

/** What `instrumentation.ts` and `proxy.ts` know of each other: Next puts a copy of this package into the bundle of each. */
export interface Registration {
  /** The gate in front of the servers; `undefined` until `registerMaintenance` was called. */
  gate: RegisteredGate | undefined;
  /** The servers that give their requests to the gate; `undefined` until somebody looks for them. */
  servers: WeakSet<object> | undefined;
  /** Whether a request has come by the gate. */
  hasSeen: boolean;
  /** The requests that have come by, so that none is gated twice. */
  readonly seen: WeakSet<object>;
}

/** The gate in front of the servers of this process. */
export interface RegisteredGate {
  /** Tells this gate from others. */
  readonly internals: GateInternals;
  /** Answers a request, or lets it through. */
  request(exchange: Exchange, next: () => void): void;
  /** Puts the gate before the upgrades of a server. Returns `false` if it is there already. */
  guardUpgrades(server: object): boolean;
  /** Takes the gate away from the upgrades again. */
  dispose(): void;
}

const KEY = Symbol.for(`maintenancemode.next.${INTERNALS_VERSION}`);

/** The one registration of this process. */
export function registration(): Registration {
  const shared = globalThis as { [KEY]?: Registration };
  return shared[KEY] ??= { gate: undefined, servers: undefined, hasSeen: false, seen: new WeakSet() };
}
