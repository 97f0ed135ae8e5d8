/**
 * What every runtime has in common: the gates, the app behind them, and a few addresses under `/__control/` by which
 * the driver looks at what the gates' functions have seen. An entry file adds how its host mounts a gate.
 */
import type { Maintenance } from "../../../src/index.ts";
import type { AppReport, Notes } from "../suite.ts";
import type { Check } from "./check.ts";
import { checks } from "./checks.ts";
import { createGates, emptyNotes, type Gate, GATE_NEEDS, type HostOptions } from "./gates.ts";

/** The package under test and what the runtime adds to it. */
export interface Runtime extends Check {
  /** Tells whether something is the host's own second argument. */
  isHostInfo(value: unknown): boolean;
  /** The host's `contextFrom`. */
  // deno-lint-ignore no-explicit-any -- each host takes its own kind of host info
  contextFrom(request: Request, hostInfo: any, options: HostOptions): unknown;
}

/** The app behind a gate, as an object with a fetch handler. */
export interface App {
  // deno-lint-ignore no-explicit-any -- each host passes its own further arguments
  fetch(request: Request, ...host: any[]): Promise<Response>;
}

/** A gate with its compiled `maintenance`. */
export interface MountedGate extends Gate {
  name: string;
  maintenance: Maintenance;
}

/** What {@link createFixture} returns. */
export interface Fixture {
  gates: MountedGate[];
  /** Mounts each gate in the host's way and returns the handler of a gate by its name. */
  mount<Handler>(wrap: (gate: MountedGate, app: App) => Handler): (name: string | null | undefined) => Handler;
  /** The answer to an address under `/__control/`, or `undefined` for any other address. */
  control(target: string): Promise<string> | undefined;
  /** Remembers the server's own request, so that the app can tell whether it gets the same. */
  saw(request: Request): void;
  /** The report of an app that is no fetch handler. */
  report(gate: string, request: { method: string; url: string; body: string; forwardedFor: string | null }): AppReport;
}

/** Makes all gates and the app behind them. Does nothing that a runtime forbids at the top level of a module. */
export function createFixture(runtime: Runtime): Fixture {
  const seen = new WeakSet<object>();
  const gates = createGates({
    URLPattern: runtime.URLPattern,
    isHostInfo: runtime.isHostInfo,
    saw: (request) => seen.add(request),
  });
  const taken = Object.entries(gates).filter(([name]) => !runtime.isTiny || !(name in GATE_NEEDS));
  const mounted = taken.map(([name, gate]): MountedGate => ({
    ...gate,
    name,
    maintenance: runtime.maintenanceMode(gate.options),
  }));

  function report(gate: string, request: Parameters<Fixture["report"]>[1]): AppReport {
    gates[gate]!.notes.reached++;
    return {
      reached: "app",
      method: request.method,
      url: request.url,
      path: pathOf(request.url),
      body: request.body.slice(0, 200),
      bodyLength: request.body.length,
      bodySum: sumOf(request.body),
      same: false,
      hostInfo: false,
      forwardedFor: request.forwardedFor,
    };
  }

  function appOf(gate: MountedGate): App {
    const app: App = { fetch };
    async function fetch(this: unknown, request: Request, ...host: unknown[]): Promise<Response> {
      const path = pathOf(request.url);
      if (path.endsWith("/throw")) throw new Error("the app failed");
      if (path.endsWith("/teapot")) {
        const headers = new Headers({ "content-type": "text/x-tea", "x-reached": "app", "x-tea": "Assam" });
        headers.append("set-cookie", "a=1");
        headers.append("set-cookie", "b=2");
        return new Response("short and stout", { status: 418, headers });
      }
      if (path.endsWith("/stream")) {
        const parts = ["one, ", "two, ", "three"];
        const stream = new ReadableStream({
          pull(controller) {
            const part = parts.shift();
            if (part) controller.enqueue(new TextEncoder().encode(part));
            else controller.close();
          },
        });
        return new Response(stream, { headers: { "x-reached": "app" } });
      }
      if (path.endsWith("/context")) {
        const ctx = await runtime.contextFrom(request, host.length === 2 ? pair(host) : host[0], gate.host ?? {});
        return new Response(JSON.stringify({ ctx }), { headers: { "x-reached": "app" } });
      }
      const body = await request.text();
      const told = report(gate.name, {
        method: request.method,
        url: request.url,
        body,
        forwardedFor: request.headers.get("x-forwarded-for"),
      });
      told.same = seen.has(request);
      told.hostInfo = runtime.isHostInfo(host.length === 2 ? pair(host) : host[0]);
      if (this !== app) told.reached = "app without its object";
      return new Response(JSON.stringify(told), {
        headers: { "content-type": "application/json", "x-reached": "app" },
      });
    }
    return app;
  }

  return {
    gates: mounted,
    mount(wrap) {
      const handlers = new Map(mounted.map((gate) => [gate.name, wrap(gate, appOf(gate))]));
      return (name) => {
        const handler = handlers.get(name ?? "off");
        if (!handler) throw new Error(`There is no gate "${name}"`);
        return handler;
      };
    },
    control(target) {
      const [, verb, query] = /\/__control\/(\w+)\?(.*)$/.exec(target) ?? [];
      if (!verb) return undefined;
      const parameters = new URLSearchParams(query);
      const name = parameters.get("name") ?? "";
      if (verb === "notes") return Promise.resolve(JSON.stringify(takeNotes(gates[name]!)));
      if (verb === "switch") {
        gates[name]!.on = parameters.get("on") === "true";
        return Promise.resolve("{}");
      }
      return verb === "check" ? runCheck(name, runtime) : undefined;
    },
    saw: (request) => void seen.add(request),
    report,
  };
}

/** The path of a URL or request target as it is written, without query and fragment. */
function pathOf(url: string): string {
  return url.replace(/^[a-z][a-z+.-]*:\/\/[^/?#]*/i, "").replace(/[?#].*$/s, "");
}

// Workers hand their app `env` and `ctx`, and their host info is both in one object.
function pair([env, ctx]: unknown[]): unknown {
  return { env, ctx };
}

function sumOf(text: string): number {
  let sum = 0;
  for (let i = 0; i < text.length; i++) sum = (sum * 31 + text.charCodeAt(i)) >>> 0;
  return sum;
}

function takeNotes(gate: Gate): Notes {
  const notes = { ...gate.notes };
  Object.assign(gate.notes, emptyNotes());
  return notes;
}

async function runCheck(name: string, runtime: Runtime): Promise<string> {
  try {
    await checks[name]!(runtime);
    return JSON.stringify({ ok: true });
  } catch (error) {
    const { message, stack, expected, got } = error as Error & { expected?: string; got?: string };
    return JSON.stringify({ ok: false, what: message, expected: expected ?? "no exception", got: got ?? stack });
  }
}
