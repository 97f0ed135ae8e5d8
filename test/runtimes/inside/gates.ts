/** The configurations that the cases talk about by name: options of the gate and of its host, as a user writes them. */
import { liveState } from "maintenancemode/state";
import { memoryStore } from "maintenancemode/stores/memory";
import type { Maintenance, MaintenanceContext, MaintenanceInfo, MaintenanceOptions } from "../../../src/index.ts";
import type { Need, Notes } from "../suite.ts";
import type { Check } from "./check.ts";

/** The options of `withMaintenance`, the same for every host. */
export interface HostOptions {
  // deno-lint-ignore no-explicit-any -- each host has its own kind of host info
  isStaff?: (request: Request, hostInfo: any) => boolean | Promise<boolean>;
  trustProxy?: string[];
  forwardedHeader?: string;
}

/** One configuration. */
export interface Gate {
  options: MaintenanceOptions;
  host?: HostOptions;
  /** `"object"`: the app is given as an object with a `fetch` method. `"none"`: no app, where the host allows it. */
  app?: "object" | "none";
  /** Path that a framework mounts the gate under, where it can. */
  under?: string;
  /** For `enabled: () => boolean`. */
  on: boolean;
  notes: Notes;
}

/** The gates whose options not every gate takes, and what they ask for. */
export const GATE_NEEDS: Readonly<Record<string, Need>> = {
  "ignore-regexp": "url-patterns",
  "ignore-urlpattern": "url-patterns",
  "ignore-init": "url-patterns",
  "ignore-whole": "url-patterns",
  "redirect": "redirect-url",
  "redirect-away": "redirect-url",
  "html-only": "response-type",
  "json-only": "response-type",
  "text-only": "response-type",
  "type-function": "response-type",
};

/** What the gates need of the runtime. */
export interface Tools {
  URLPattern: Check["URLPattern"];
  isHostInfo(value: unknown): boolean;
  saw(request: Request): void;
}

/** Notes of nothing. */
export function emptyNotes(): Notes {
  return {
    reached: 0,
    staff: 0,
    staffHostInfo: [],
    allow: 0,
    handler503: 0,
    page: 0,
    responseType: 0,
    decisions: [],
    clientIps: [],
    errors: [],
  };
}

/** Makes the gates of all cases. Called at the top level of a module, as users do. */
export function createGates(tools: Tools): Record<string, Gate> {
  const gates: Record<string, Gate> = {};

  function gate(
    name: string,
    options: MaintenanceOptions | ((notes: Notes, own: Gate) => MaintenanceOptions),
    more: Pick<Gate, "app" | "under"> & { host?: HostOptions | ((notes: Notes) => HostOptions) } = {},
  ): void {
    const notes = emptyNotes();
    const { host, ...rest } = more;
    const own: Gate = { options: {}, on: false, notes, ...rest };
    if (host) own.host = typeof host === "function" ? host(notes) : host;
    own.options = {
      enabled: true,
      onDecision: (decision, _request, ctx) => {
        notes.decisions.push(decision.because);
        notes.clientIps.push(ctx?.clientIp ?? null);
      },
      onError: (error) => void notes.errors.push(error instanceof Error ? error.message : String(error)),
      ...(typeof options === "function" ? options(notes, own) : options),
    };
    gates[name] = own;
  }

  /** `isStaff` that counts its calls. */
  function staff(notes: Notes, answer: (request: Request) => boolean | Promise<boolean>): HostOptions {
    return {
      isStaff(request, hostInfo) {
        notes.staff++;
        notes.staffHostInfo.push(tools.isHostInfo(hostInfo));
        tools.saw(request);
        return answer(request);
      },
    };
  }

  /** `allow` that counts its calls. */
  function allow(notes: Notes, answer: (request: Request) => boolean): (request: Request) => boolean {
    return (request) => {
      notes.allow++;
      tools.saw(request);
      return answer(request);
    };
  }

  const hasPass = (request: Request) => request.headers.get("x-pass") === "yes";
  const hasBadge = (request: Request) => request.headers.get("x-badge") === "yes";

  // Off
  gates["bare-off"] = { options: {}, on: false, notes: emptyNotes() };
  gate("off", (notes) => ({ enabled: false, allow: allow(notes, () => false) }), {
    host: (notes) => staff(notes, hasBadge),
  });
  gate("off-object", { enabled: false }, { app: "object" });
  gate("off-no-app", { enabled: false }, { app: "none" });

  // On
  gates["bare-on"] = { options: { enabled: true }, on: false, notes: emptyNotes() };
  gate("on", {});
  gate("on-object", {}, { app: "object" });
  gate("on-no-app", {}, { app: "none" });
  gate("switch", (_notes, own) => ({ enabled: () => own.on }));
  gate("switch-throws", (_notes, own) => ({
    enabled: () => {
      if (own.on) return true;
      throw new Error("the flag service is down");
    },
  }));

  // What a store says, which is read for the first time when a request comes
  function stored(name: string, state: string, options: MaintenanceOptions = {}): void {
    gate(name, { enabled: false, state: liveState(memoryStore(state), { onError: () => {} }), ...options });
  }
  stored("state-off", '{"mode":"off"}');
  stored("state-on", '{"mode":"on","reason":"<b>Moving</b>","retryAfter":600,"internalIps":["192.0.2.0/24"]}');
  stored("state-touched", "");
  stored("state-bad", "{");
  stored(
    "state-read-only",
    '{"mode":"read-only","ignoreUrls":["/hooks/*"],"reads":["POST /graphql"],"writes":["GET /logout"]}',
  );
  stored("state-part", '{"mode":"on","urls":["/shop/*"]}');
  stored("state-url", '{"mode":"on","urls":["https://a.example.test/*"]}');
  stored("state-host", '{"mode":"on","hosts":["a.example.test"]}');
  stored("state-past", '{"mode":"on","end":"2020-01-01T00:00:00Z"}');
  stored("state-future", '{"mode":"on","start":"9000-01-01T00:00:00Z"}');
  stored("state-window", '{"mode":"on","start":"2020-01-01T00:00:00Z","end":"9000-01-01T00:00:00Z"}');
  stored("state-recurring", '{"mode":"on","recurring":[{"cron":"* * * * *","duration":"2m","timeZone":"Asia/Tokyo"}]}');
  // The hash of "correct-horse-battery".
  stored(
    "state-bypass",
    '{"mode":"on","bypass":"sha256:UFS5RYwgMT0EBgH1mS1n_Q:QDFT54ZownwNQeDHbxkZPvhFnTLEwtX0cEXt5r0UHAk"}',
  );

  // Who may pass: URLs
  gate("ignore", { ignoreUrls: ["/health", "/docs/*", "/api/:version/ping", "/files/:name.txt", "/caf\u00e9"] });
  gate("ignore-root", { ignoreUrls: ["/"] });
  gate("ignore-regexp", { ignoreUrls: [/^\/global/g, /^\/sticky/y, /^\/mixed$/i, /inner/] });
  gate("ignore-urlpattern", { ignoreUrls: [new tools.URLPattern({ pathname: "/up/:id(\\d+)" })] });
  gate("ignore-init", { ignoreUrls: [{ pathname: "/init/:id(\\d+)" }, { hostname: "static.example.test" }] });
  gate("ignore-whole", { ignoreUrls: ["http://api.example.test/*", "http{s}?://*.example.test/up"] });
  gate("ignore-mounted", { ignoreUrls: ["/shop/status", "/hidden"] }, { under: "/shop" });

  // Who may pass: addresses
  const internalIps = ["10.0.0.0/8", "192.0.2.7", "2001:db8::/32", "fe80::/10"];
  gate("internal", { internalIps }, { host: { trustProxy: ["loopback"] } });
  gate("internal-default", { internalIps: ["10.0.0.0/8"] });
  gate("internal-peer", { internalIps: ["127.0.0.1", "::1"] });
  gate("internal-everyone", { internalIps: ["0.0.0.0/0", "::/0"] });
  gate("xff", { internalIps: ["203.0.113.9", "2001:db8::9"] }, {
    host: { trustProxy: ["loopback", "198.51.100.0/24"] },
  });
  gate("xff-one-proxy", { internalIps: ["203.0.113.9"] }, { host: { trustProxy: ["127.0.0.2"] } });
  gate("forwarded", { internalIps: ["203.0.113.9", "2001:db8::9"] }, {
    host: { trustProxy: ["loopback"], forwardedHeader: "forwarded" },
  });
  gate("fly", { internalIps: ["203.0.113.9"] }, {
    host: { trustProxy: ["loopback"], forwardedHeader: "fly-client-ip" },
  });
  gate("fly-untrusted", { internalIps: ["203.0.113.9"] }, { host: { forwardedHeader: "fly-client-ip" } });

  // Who may pass: staff
  gate("staff", {}, { host: (notes) => staff(notes, hasBadge) });
  gate("staff-async", {}, {
    host: (notes) =>
      staff(notes, async (request) => {
        await new Promise((resolve) => setTimeout(resolve, 5));
        return hasBadge(request);
      }),
  });
  gate("staff-no-app", {}, {
    app: "none",
    host: (notes) =>
      staff(notes, async (request) => {
        await new Promise((resolve) => setTimeout(resolve, 5));
        return hasBadge(request) || request.url.includes("badge=yes");
      }),
  });
  gate("staff-throws", {}, {
    host: (notes) =>
      staff(notes, () => {
        throw new Error("the session store is down");
      }),
  });
  gate("staff-rejects", {}, {
    host: (notes) => staff(notes, () => Promise.reject(new Error("the session store is down"))),
  });
  gate("staff-not-allowed", { allowStaff: false }, { host: (notes) => staff(notes, () => true) });
  gate("order", (notes) => ({
    internalIps: ["10.0.0.0/8"],
    ignoreUrls: ["/health"],
    allow: allow(notes, hasPass),
  }), { host: (notes) => ({ ...staff(notes, hasBadge), trustProxy: ["loopback"] }) });

  // Who may pass: a rule of one's own
  gate("allow", (notes) => ({ allow: allow(notes, hasPass) }));
  gate("allow-throws", (notes) => ({
    allow: allow(notes, () => {
      throw new Error("the rule failed");
    }),
  }));
  gate("allow-promise", (notes) => ({ allow: allow(notes, (() => Promise.resolve(true)) as never) }));
  gate("allow-truthy", (notes) => ({ allow: allow(notes, (() => "yes") as never) }));

  // The answer
  gate("handler503", (notes) => ({
    handler503: (request, info) => {
      notes.handler503++;
      const told = { path: info.requestPath, method: request.method, same: info.request === request, ...plain(info) };
      return new Response(JSON.stringify(told), { status: 503, headers: { "x-handler503": "yes" } });
    },
    retryAfter: 60,
    headers: { "x-added": "yes" },
  }), { host: (notes) => staff(notes, hasBadge) });
  gate("handler503-throws", (notes) => ({
    handler503: () => {
      notes.handler503++;
      throw new Error("the handler failed");
    },
  }));
  gate("handler503-nothing", { handler503: (() => undefined) as never });
  gate("handler503-promise", { handler503: (() => Promise.resolve(new Response("late"))) as never });
  gate("page", { page: "<h1 title='{{request_path}}'>{{request_method}} {{request_path}} {{status}}</h1>" });
  gate("page-function", (notes) => ({
    page: (info) => {
      notes.page++;
      return `<h1>Back soon</h1><p>${info.requestPath} ${info.status}</p>`;
    },
  }));
  gate("page-throws", {
    page: () => {
      throw new Error("the page failed");
    },
  });
  gate("page-number", { page: (() => 42) as never });
  gate("status-200", { statusCode: 200 });
  gate("retry-seconds", { retryAfter: 120 });
  gate("retry-zero", { retryAfter: 0 });
  gate("retry-date", { retryAfter: new Date(Date.UTC(2099, 0, 1)) });
  gate("retry-past", { retryAfter: new Date(Date.UTC(2001, 0, 1)) });
  gate("redirect", { redirectUrl: "/maintenance.html" });
  gate("redirect-away", { redirectUrl: "https://status.example.test/now" });
  gate("html-only", { responseType: "html" });
  gate("json-only", { responseType: "json" });
  gate("text-only", { responseType: "text" });
  gate("type-function", (notes) => ({
    responseType: (request) => {
      notes.responseType++;
      return request.headers.get("x-type") as "json";
    },
  }));
  gate("headers", { headers: { "x-added": "yes", "cache-control": "no-store, private" } });

  // Callbacks that fail
  gate("decision-throws", {
    ignoreUrls: ["/health"],
    onDecision: () => {
      throw new Error("the log is full");
    },
  });

  return gates;
}

/** What of the info can be written as JSON. */
function plain(info: MaintenanceInfo): Record<string, unknown> {
  return { status: info.status, retryAfter: info.retryAfter, because: info.because };
}

export type { Maintenance, MaintenanceContext };
