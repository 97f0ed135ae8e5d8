/** Operators who switch at the same time: at the command line, in the panel, and by code in a process of the site. */
import { request } from "node:http";
import type { MaintenanceWindow } from "../../src/state.ts";
import type { Order } from "./tenants.ts";
import { commandOf, type Runtime, startProcess } from "./_processes.ts";
import { PARTS, type Place, PLACES } from "./_tenants.ts";

/** What became of a switching. */
export type Outcome =
  /** It was made. */
  | "done"
  /** Its operator was told that somebody else was first, or has taken over. */
  | "lost"
  /** There was nothing to switch off. */
  | "nothing"
  /** It was made, and the fleet was not ready in time. */
  | "not safe"
  | "failed";

/** A way to switch. */
export type Way = "cli" | "panel" | "code";

/** One switching by one operator, who has a name of their own: their window says it as its reason. */
export interface Switching {
  readonly by: string;
  readonly way: Way;
  readonly what: "close" | "open" | "run";
  readonly place: Place;
  /** The process that it went through; `undefined` at the command line. */
  readonly site: Site | undefined;
  readonly startedAt: number;
  readonly endedAt: number;
  readonly outcome: Outcome;
  /** What the operator was told. */
  readonly told: string;
}

/** A process of the site. */
export interface Site {
  readonly name: string;
  readonly runtime: Runtime;
  readonly port: number;
  readonly controlPort: number;
}

/** An answer over a socket. */
export interface Answer {
  readonly status: number;
  readonly headers: Record<string, string | string[] | undefined>;
  readonly body: string;
}

/** Sends one request to a port of this machine. */
export function ask(
  port: number,
  path: string,
  { method = "GET", headers = {}, body }: { method?: string; headers?: Record<string, string>; body?: string } = {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = request({ host: "127.0.0.1", port, path, method, headers, agent: false }, (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (part) => text += part).on("error", reject);
      response.on("end", () => resolve({ status: response.statusCode!, headers: response.headers, body: text }));
    });
    sent.on("error", reject).end(body);
  });
}

/** What operators need. */
export interface Desk {
  readonly store: string;
  readonly ledgerPath: string;
  readonly sites: readonly Site[];
  random(end: number): number;
}

const CLI_RUNTIMES: readonly Runtime[] = ["node", "deno", "bun"];

/** Lets one operator switch something at random. The number is theirs alone. */
export async function switchAtRandom(desk: Desk, number: number): Promise<Switching> {
  const { random, sites } = desk;
  const by = `op-${number}-`;
  const way = (["cli", "panel", "code"] as const)[random(3)]!;
  const place = PLACES[random(6) === 0 ? 0 : 1 + random(3)]!;
  const choice = random(10);
  const what: Plan["what"] = choice < 5 ? "close" : choice < 8 || way === "panel" ? "open" : "run";
  // Each ends at another time, far from now, and so each has its place among those that close the same URL.
  const end = new Date(Date.UTC(2040, 0, 1) + (number * 7_919 % 100_000) * 60_000).toISOString();
  const mode = what !== "run" && random(4) === 0 ? "read-only" : "on";
  const isLast = place === "top" && random(2) === 0;
  const window: MaintenanceWindow = { mode, reason: by, by, ...PARTS[place], ...(!isLast && { end }) };
  const site = way === "cli" ? undefined : sites[random(sites.length)]!;
  const plan: Plan = {
    by,
    what,
    place,
    window,
    ms: 50 + random(300),
    isSure: random(2) === 0,
    cli: CLI_RUNTIMES[random(3)]!,
  };
  const startedAt = Date.now();
  const [outcome, told] = site === undefined
    ? await atCommandLine(desk, plan)
    : await (way === "panel" ? inPanel(site, plan) : byCode(site, plan));
  return { by, way, what, place, site, startedAt, endedAt: Date.now(), outcome, told };
}

interface Plan {
  readonly by: string;
  readonly what: Switching["what"];
  readonly place: Place;
  readonly window: MaintenanceWindow;
  readonly ms: number;
  readonly isSure: boolean;
  readonly cli: Runtime;
}

async function atCommandLine(
  { store, ledgerPath }: Desk,
  { by, what, place, window: { mode, end, hosts = [], urls = [] }, ms, cli }: Plan,
): Promise<[Outcome, string]> {
  const named = place === "top" ? [] : ["--name", place];
  const common = ["--store", store, "--by", by];
  const fields = [
    ...named,
    ...["--reason", by, "--end", end ?? "none"],
    ...hosts.flatMap((host) => ["--host", host]),
    ...urls.flatMap((url) => ["--url", url]),
  ];
  const work = commandOf("node", "test/night/work.ts", ledgerPath, place, by, String(ms));
  const args = what === "open"
    ? ["off", ...common, ...(place === "top" ? ["--unnamed"] : named)]
    : what === "close"
    ? [mode, ...common, ...fields]
    : ["run", ...common, ...fields, "--wait", "60s", "--", ...work];
  const running = await startProcess(commandOf(cli, "src/cli/main.ts", ...args));
  const code = await running.gone;
  const outcome = ({ 0: "done", 5: "not safe", 6: "lost" } as Record<string, Outcome>)[code] ?? "failed";
  if (what === "open" && code === 2 && /^maintenancemode: no window is named/m.test(running.output())) {
    return ["nothing", ""];
  }
  return [outcome, `${args.join(" ")}, in ${cli}: ${code} ${running.output()}`];
}

async function inPanel({ controlPort }: Site, { by, what, place, window }: Plan): Promise<[Outcome, string]> {
  const headers = { host: "panel.test", authorization: by, "content-type": "application/json" };
  const seen = await ask(controlPort, "/ops/api/state", { headers });
  if (seen.status !== 200) return ["failed", `GET api/state: ${seen.status} ${seen.body}`];
  const { windows } = JSON.parse(seen.body) as {
    windows: { name: string | null; window: MaintenanceWindow; etag: string }[];
  };
  const there = windows.find(({ name }) => (name ?? "top") === place);
  if (what === "open" && (there === undefined || there.window.mode === "off")) return ["nothing", ""];
  const { status, body } = await ask(controlPort, place === "top" ? "/ops/api/window" : `/ops/api/windows/${place}`, {
    method: what === "open" ? "DELETE" : "PUT",
    headers: {
      ...headers,
      "maintenance-token": String(seen.headers["maintenance-token"]),
      ...(there === undefined ? { "if-none-match": "*" } : { "if-match": there.etag }),
    },
    ...(what !== "open" && { body: JSON.stringify(window) }),
  });
  const told = `${what} ${place} in the panel: ${status} ${body}`;
  if ([200, 201, 204].includes(status)) return ["done", told];
  return [status === 412 || status === 404 ? "lost" : "failed", told];
}

async function byCode(
  { controlPort }: Site,
  { by, what, place, window, ms, isSure }: Plan,
): Promise<[Outcome, string]> {
  const order: Order = {
    by,
    what: ({ close: "set", open: "delete", run: "during" } as const)[what],
    ...(place !== "top" && { name: place }),
    window,
    ms,
    isSure,
  };
  const { body } = await ask(controlPort, "/do", { method: "POST", body: JSON.stringify(order) });
  const told = `${order.what} ${place} by code: ${body}`;
  if (body === "done" || body === "nothing") return [body, told];
  if (body.startsWith("ConflictError")) return ["lost", told];
  return [body.startsWith("FleetError") ? "not safe" : "failed", told];
}
