import { readFleet, waitForFleet } from "../state/fleet.ts";
import { type FleetTarget, isReady } from "../state/fleet-target.ts";
import { RECORD_TTL_MS } from "../state/instance-record.ts";
import type { Instance } from "../types/fleet.ts";
import type { MaintenanceStore } from "../types/store.ts";
import type { Reading } from "./reading.ts";
import { judge, targetOf, type Verdict } from "./verdict.ts";

/** A process as the API shows it. */
export interface ShownInstance extends Omit<Instance, "id"> {
  /** Whether it has the stored state. */
  readonly follows: boolean;
  /** Whether it is known to have finished what it had at work before. */
  readonly ready: boolean;
}

/** The body of `GET api/fleet`. */
export interface ShownFleet {
  readonly verdict: Verdict;
  /** The processes, as they last reported; `null` if the store does not record them. */
  readonly instances: readonly ShownInstance[] | null;
}

/** Looks at the fleet, and remembers processes that go silent. */
export interface FleetWatch {
  /** Looks at the records once. */
  look(reading: Reading): Promise<ShownFleet>;
  /** Notes the processes that are there: call it before a state is written. One that goes silent afterwards is missed. */
  note(): Promise<void>;
}

/** Makes a {@link FleetWatch}. */
export function createFleetWatch(store: MaintenanceStore): FleetWatch {
  /** The processes of which it is known that they were there, as they were last. */
  let known: readonly Instance[] = [];
  /** The ids of those that were there when the state was written from here. */
  let owed: ReadonlySet<string> = new Set();
  let noted: readonly Instance[] | undefined;
  let revision: string | undefined;
  let lookedAt = -Infinity;
  /** Since when each is silent, in milliseconds of the clock that runs evenly. */
  const silentSince = new Map<string, number>();

  /** Forgets whom a command that starts now would not know either, so that nobody is missed who has left meanwhile. */
  function forget(next: string): void {
    // A farewell stays for as long as a record.
    if (performance.now() - lookedAt > RECORD_TTL_MS) known = known.filter(({ id }) => owed.has(id));
    lookedAt = performance.now();
    if (revision === next) return;
    revision = next;
    known = noted ?? known.filter(({ id }) => !silentSince.has(id));
    owed = new Set(noted?.map(({ id }) => id));
    noted = undefined;
    silentSince.clear();
  }

  return {
    async note() {
      noted = await readFleet(store).catch(() => undefined);
    },
    async look(reading) {
      const now = Date.now();
      const target = targetOf(reading, now);
      if (store.instances === undefined) return { verdict: judge(reading, target, undefined, now), instances: null };
      forget(reading.revision);
      const report = await waitForFleet(store, target, { timeoutMs: 0, known });
      const instances = withSilence(report.instances, silentSince);
      known = instances;
      const seen = { ...report, instances, stragglers: withSilence(report.stragglers, silentSince) };
      return { verdict: judge(reading, target, seen, now), instances: instances.map((each) => show(each, target)) };
    },
  };
}

function show(instance: Instance, target: FleetTarget): ShownInstance {
  const { id: _, ...shown } = instance;
  return { ...shown, follows: instance.revision === target.revision, ready: isReady(instance, target, {}) };
}

/** Puts in for how long processes have been silent over several looks: each look alone knows nothing of the former ones. */
function withSilence(instances: readonly Instance[], since: Map<string, number>): Instance[] {
  const now = performance.now();
  return instances.map((instance) => {
    if (instance.silentMs === undefined) {
      since.delete(instance.id);
      return instance;
    }
    const first = since.get(instance.id) ?? now;
    since.set(instance.id, first);
    return { ...instance, silentMs: Math.max(instance.silentMs, Math.round(now - first)) };
  });
}
