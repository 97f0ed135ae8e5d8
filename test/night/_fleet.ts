/** The processes of a night: a site, workers beside it, and a process that only watches. */
import { globSync } from "node:fs";
import { freePort } from "../_free-port.ts";
import type { Ledger } from "./_ledger.ts";
import { commandOf, type Running, type Runtime, startProcess } from "./_processes.ts";
import { type Proxy, startProxy } from "./_proxy.ts";

/** What a process is. */
export type Kind = "web" | "by-hand" | "worker" | "watcher";

/** One process, as it is started again and again. */
export interface Slot {
  readonly kind: Kind;
  readonly runtime: Runtime;
  readonly port: number;
  /** The URL of its store. */
  readonly store: string;
  /** Its network to Redis, where that can be cut. */
  readonly proxy: Proxy | undefined;
  /** The environment in which its clock is wrong. */
  readonly env: Record<string, string>;
  generation: number;
  running: Running | undefined;
}

/** What a fleet is made of. */
export interface FleetOptions {
  readonly store: string;
  /** Whether few processes are enough. */
  readonly isSmall: boolean;
  readonly isByHand: boolean;
  readonly isCut: boolean;
  readonly isSkewed: boolean;
  readonly ledger: Ledger;
  readonly ledgerPath: string;
  /** Called when a process has ended by itself. */
  onFailure(text: string): void;
  log(line: string): void;
}

/** The processes of a night. */
export interface Fleet {
  readonly slots: readonly Slot[];
  /** The last one comes and goes. */
  readonly spare: Slot;
  start(slot: Slot): Promise<void>;
  stop(slot: Slot, signal: "SIGTERM" | "SIGKILL"): Promise<void>;
  close(): Promise<void>;
}

/** The processes by their kinds. The last one comes and goes. */
const FLEETS: Record<"redis" | "file" | "small", string> = {
  redis: "web:node*6 web:deno web:bun worker:node worker:deno watcher:node web:node",
  file: "web:node web:deno web:bun web:node web:deno web:bun worker:node worker:bun watcher:deno web:deno",
  small: "web:node web:deno web:bun worker:node worker:deno watcher:node web:node",
};

const CLIENTS = ["redis", "ioredis"];

/** The library that gives a process a wrong clock; `undefined` if it is not installed. */
export const FAKETIME: string | undefined = globSync("/usr/lib/*/faketime/libfaketime.so.1")[0];

/** The environment of a process whose clock is wrong: ten minutes ahead, or behind. */
export function skewed(minutes: number): Record<string, string> {
  if (minutes === 0) return {};
  return {
    LD_PRELOAD: FAKETIME!,
    FAKETIME: `${minutes > 0 ? "+" : ""}${minutes}m`,
    // Timers go on as they are, and so do the times of files: their clock is that of the file system.
    DONT_FAKE_MONOTONIC: "1",
    FAKETIME_DONT_FAKE_MONOTONIC: "1",
    NO_FAKE_STAT: "1",
  };
}

export async function planFleet(options: FleetOptions): Promise<Fleet> {
  const { store, isSmall, isByHand, isCut, isSkewed, ledger, ledgerPath, onFailure, log } = options;
  const isRedis = !store.startsWith("file:");
  const named = FLEETS[isSmall ? "small" : isRedis ? "redis" : "file"].split(" ").flatMap((text) => {
    const [name = "", times = "1"] = text.split("*");
    return Array.from({ length: Number(times) }, () => name.split(":") as [Kind, Runtime]);
  });
  if (isByHand) named[0] = ["by-hand", "node"];
  const slots = await Promise.all(named.map(async ([kind, runtime], index): Promise<Slot> => {
    const proxy = isCut ? await startProxy(Number(new URL(store).port)) : undefined;
    const url = proxy === undefined ? store : store.replace(/:\d+$/, `:${proxy.port}`);
    return {
      kind,
      runtime,
      port: await freePort(),
      store: isRedis ? `${CLIENTS[index % 2]}+${url}` : url,
      proxy,
      env: isSkewed ? skewed([0, 10, -10][index % 3]!) : {},
      generation: 0,
      running: undefined,
    };
  }));

  async function start(slot: Slot): Promise<void> {
    const name = `${slots.indexOf(slot)}.${++slot.generation}`;
    const { kind, runtime, store, port, env } = slot;
    const file = kind === "worker" || kind === "watcher" ? "test/night/worker.ts" : "test/night/app.ts";
    const running = await startProcess(commandOf(runtime, file, kind, name, ledgerPath, store, String(port)), { env });
    slot.running = running;
    void running.gone.then((how) => {
      ledger.write("killed", name);
      if (slot.running !== running) return;
      slot.running = undefined;
      onFailure(`Process ${name} (${kind}, ${runtime}) has ended by itself with ${how}: ${running.output()}`);
    });
  }

  async function stop(slot: Slot, signal: "SIGTERM" | "SIGKILL"): Promise<void> {
    const { running } = slot;
    slot.running = undefined;
    await running?.end(signal);
    const said = running?.output().replace(/^listening\n/, "").trim();
    if (said) log(`  a process said: ${said}`);
  }

  return {
    slots,
    spare: slots.at(-1)!,
    start,
    stop,
    async close() {
      await Promise.all(slots.map((slot) => stop(slot, "SIGKILL")));
      await Promise.all(slots.map(({ proxy }) => proxy?.close()));
    },
  };
}
