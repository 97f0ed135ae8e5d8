import { isStream, type RequestTracker } from "../counting/in-flight.ts";
import type { InFlightRequest, Instance } from "../types/fleet.ts";

interface Globals {
  process?: {
    pid?: number;
    version?: string;
    getBuiltinModule?(name: string): { hostname?(): string } | undefined;
    kill?(pid: number, signal: number): unknown;
  };
  Deno?: {
    pid: number;
    version: { deno: string };
    hostname(): string;
    permissions: { querySync(descriptor: { name: "sys"; kind: "hostname" } | { name: "run" }): { state: string } };
  };
  Bun?: { version: string };
}

/** Describes this process as one of a fleet. Each call makes a new id. */
export function describeInstance(): Pick<Instance, "id" | "host" | "pid" | "runtime" | "startedAt"> {
  return { id: crypto.randomUUID(), ...describeProcess(), startedAt: Date.now() };
}

/** Describes this process to people. */
export function describeProcess(): Pick<Instance, "host" | "pid" | "runtime"> {
  const { Deno, Bun, process } = globalThis as Globals;
  if (Deno !== undefined) {
    // Without the permission, Deno would stop and ask for it.
    const allowed = Deno.permissions.querySync({ name: "sys", kind: "hostname" }).state === "granted";
    return { host: allowed ? Deno.hostname() : "unknown", pid: Deno.pid, runtime: `deno ${Deno.version.deno}` };
  }
  return {
    host: process?.getBuiltinModule?.("node:os")?.hostname?.() ?? "unknown",
    pid: process?.pid ?? 0,
    runtime: Bun !== undefined ? `bun ${Bun.version}` : `node ${process?.version?.slice(1) ?? ""}`.trim(),
  };
}

/** Names this process as the author of a change, for operators. */
export function nameThisProcess(): string {
  const { host, pid, runtime } = describeProcess();
  // Workers have neither a number nor a host.
  const process = pid === 0 ? runtime : `process ${pid}`;
  return host === "unknown" ? process : `${process}@${host}`;
}

/** Whether this machine has a process of that number; `undefined` if the runtime does not say. */
export function hasProcess(pid: number): boolean | undefined {
  const { Deno, process } = globalThis as Globals;
  // Without the permission, Deno would stop and ask for it.
  if (Deno !== undefined && Deno.permissions.querySync({ name: "run" }).state !== "granted") return undefined;
  if (process?.kill === undefined) return undefined;
  try {
    // Signal 0 is none: it only asks.
    process.kill(pid, 0);
    return true;
  } catch (error) {
    const { code } = error as { code?: unknown };
    // EPERM: the process of another user.
    return code === "EPERM" ? true : code === "ESRCH" ? false : undefined;
  }
}

/** Whether this is Cloudflare Workers, where nothing runs between requests. */
export function isWorker(): boolean {
  return (globalThis as { navigator?: { userAgent?: string } }).navigator?.userAgent === "Cloudflare-Workers";
}

/** How many requests, and how many streams, a record names. */
const NAMED = 10;

/** The requests in flight, for people: those from before come first, and the oldest of them in front. */
export function describeHeld(tracker: RequestTracker): InFlightRequest[] {
  const now = Date.now();
  const open = tracker.list().sort((a, b) =>
    Number(tracker.isFromBefore(b)) - Number(tracker.isFromBefore(a)) || a.since - b.since
  );
  const named = [
    ...open.filter(({ kind }) => !isStream(kind)).slice(0, NAMED),
    ...open.filter(({ kind }) => isStream(kind)).slice(0, NAMED),
  ];
  return named.map(({ request, since, kind }) => ({
    method: clean(request.method ?? "GET"),
    // Express cuts the path at which a middleware is mounted off "url".
    path: clean(kind === "work" ? request.url! : pathOnly(request.originalUrl ?? request.url ?? "/")),
    seconds: Math.max(0, Math.round((now - since) / 100) / 10),
    kind,
  }));
}

/** The path of a URL or of the target of a request. The query may hold secrets. */
function pathOnly(url: string): string {
  return url.replace(/^[a-z][a-z0-9+.-]*:\/\/[^/?#]*/i, "").replace(/[?#][^]*$/, "") || "/";
}

/** Makes a client's text safe for a terminal. */
function clean(text: string): string {
  return text.slice(0, 200).replace(/[^\x20-\x7e]/g, "?");
}
