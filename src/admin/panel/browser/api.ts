/// <reference lib="dom" />
import type { ShownFleet } from "../../fleet-watch.ts";
import type { ShownPart, ShownState } from "../../represent.ts";

/** Where the API is: beside the page, with a slash at the end of the page's path or without. */
const BASE = `${location.pathname.replace(/\/+$/, "")}/api/`;

/** A problem as the API tells it. */
export interface Problem {
  readonly status: number;
  readonly detail: string;
  readonly code?: string;
  /** The place in the window, such as `"$.end"`. */
  readonly path?: string;
  /** What had to stand there. */
  readonly expected?: string;
  readonly received?: string;
  readonly hint?: string;
  /** With 412, what is there now. */
  readonly current?: ShownPart | null;
}

/** What an answer holds: its body, or why there is none. */
export type Answer<Body> = { readonly body: Body } | { readonly problem: Problem };

let token = "";

/** The path of a window below that of the API. */
export function pathOf(name: string | null): string {
  return name === null ? "window" : `windows/${encodeURIComponent(name)}`;
}

/** Asks the API. It never rejects. */
export async function ask<Body>(
  method: string,
  path: string,
  etag?: string | null,
  body?: unknown,
): Promise<Answer<Body>> {
  for (let attempt = 0;; attempt++) {
    const answer = await askOnce<Body>(method, path, etag, body);
    // The token of a page that was open for a day, or that another process has served.
    if (!("problem" in answer) || answer.problem.code !== "ERR_TOKEN" || attempt > 2) return answer;
    await askOnce<ShownState>("GET", "state");
  }
}

async function askOnce<Body>(
  method: string,
  path: string,
  etag?: string | null,
  body?: unknown,
): Promise<Answer<Body>> {
  const headers: Record<string, string> = { accept: "application/json, application/problem+json" };
  if (method !== "GET") headers["maintenance-token"] = token;
  if (etag !== undefined) headers[etag === null ? "if-none-match" : "if-match"] = etag ?? "*";
  if (body !== undefined) headers["content-type"] = "application/json";
  try {
    const init: RequestInit = { method, headers, cache: "no-store", credentials: "same-origin", redirect: "error" };
    const response = await fetch(BASE + path, body === undefined ? init : { ...init, body: JSON.stringify(body) });
    if (!response.headers.has("maintenance-panel")) {
      return { problem: { status: response.status, detail: describe(response) } };
    }
    token = response.headers.get("maintenance-token") ?? token;
    if (response.status === 204) return { body: undefined as Body };
    const answered = await response.json();
    return response.ok ? { body: answered } : { problem: answered };
  } catch {
    return { problem: { status: 0, detail: "The server does not answer. Nothing is known to have changed" } };
  }
}

function describe({ status, headers }: Response): string {
  if (headers.has("maintenance-mode")) {
    return "The gate of the site answers in place of this panel: put the panel in front of the gate, or its path among " +
      'the gate\'s ignoreUrls. Until then, "maintenancemode off" opens the site';
  }
  if (status === 401 || status === 403 || status === 404) {
    return "The server does not know you any more: sign in, and load this page again";
  }
  return `The server has answered with status ${status}`;
}

/** How long a connection may be silent, in milliseconds: two beats of the server, and a little more. */
const SILENT_MS = 25_000;

/** How long to wait before connecting again, in milliseconds. */
const AGAIN_MS = 3_000;

/**
 * Follows the events of the API, and connects again whenever it hears nothing more. A phone that slept, or lost its network,
 * notices no end of the connection by itself.
 */
export function follow(on: {
  state(state: ShownState): void;
  fleet(fleet: ShownFleet): void;
  problem(problem: { readonly detail: string } | null): void;
  connected(isConnected: boolean): void;
}): void {
  const source = new EventSource(`${BASE}events`);
  let heardAt = Date.now();
  const listen = <Data>(name: string, act: (data: Data) => void) =>
    source.addEventListener(name, (event) => {
      heardAt = Date.now();
      act(JSON.parse((event as MessageEvent<string>).data));
    });
  source.onopen = () => {
    heardAt = Date.now();
    on.connected(true);
  };
  listen("state", on.state);
  listen("fleet", on.fleet);
  listen("problem", on.problem);
  listen("beat", () => {});
  const again = () => {
    on.connected(false);
    clearInterval(watchdog);
    source.close();
    setTimeout(() => follow(on), AGAIN_MS);
  };
  const watchdog = setInterval(() => Date.now() - heardAt > SILENT_MS && again(), 1_000);
  source.onerror = again;
}
