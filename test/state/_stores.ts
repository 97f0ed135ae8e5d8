import type { MaintenanceStore, StoredState } from "../../src/types/store.ts";
import { until } from "../_until.ts";

export { until };

/** A call of a store that waits to be answered by the test. */
export interface PendingRead {
  answer(text: string | undefined, version?: string): void;
  fail(error: unknown): void;
  readonly signal: AbortSignal;
}

/** A store whose answers come when, and in the order in which, a test gives them. */
export class SteppedStore implements MaintenanceStore {
  readonly name = "stepped";
  readonly pollIntervalMs: number;
  readonly reads: PendingRead[] = [];
  readonly writes: { text: string; done(version?: string): void; fail(error: unknown): void }[] = [];
  changed: (() => void) | undefined;
  failed: ((error: unknown) => void) | undefined;
  watches = 0;
  closed = 0;

  constructor(pollIntervalMs = 1_000_000) {
    this.pollIntervalMs = pollIntervalMs;
  }

  read(signal: AbortSignal): Promise<StoredState | undefined> {
    return new Promise((resolve, reject) => {
      this.reads.push({
        answer: (text, version) => resolve(text === undefined ? undefined : { text, version }),
        fail: reject,
        signal,
      });
    });
  }

  write(text: string): Promise<string | undefined> {
    return new Promise((resolve, reject) => this.writes.push({ text, done: resolve, fail: reject }));
  }

  watch(changed: () => void, failed: (error: unknown) => void): () => void {
    this.watches++;
    this.changed = changed;
    this.failed = failed;
    return () => void (this.changed = undefined);
  }

  close(): void {
    this.closed++;
  }

  /** The next reading that is not answered yet. */
  async nextRead(): Promise<PendingRead> {
    await until(() => this.reads.length > 0);
    return this.reads.shift()!;
  }

  /** The next writing that is not done yet, after readings that all find a text. */
  async nextWriteAfter(text: string): Promise<SteppedStore["writes"][number]> {
    await until(() => {
      for (const read of this.reads.splice(0)) read.answer(text);
      return this.writes.length > 0;
    });
    return this.writes.shift()!;
  }

  /** The next writing that is not done yet. */
  async nextWrite(): Promise<SteppedStore["writes"][number]> {
    await until(() => this.writes.length > 0);
    return this.writes.shift()!;
  }
}

/** Lets everything happen that needs no more than promises that have settled. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve));
}
