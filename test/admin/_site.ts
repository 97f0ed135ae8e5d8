/** A site with its gate and its panel, on a port of its own. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { adminHandler, type AdminOptions } from "../../src/admin.ts";
import { withMaintenance } from "../../src/hosts/node.ts";
import { maintenanceMode } from "../../src/index.ts";
import { liveState } from "../../src/state.ts";
import { type MemoryStore, memoryStore } from "../../src/stores/memory.ts";
import type { LiveState } from "../../src/types/live-state.ts";
import type { MaintenanceStore } from "../../src/types/store.ts";

/** The cookie of the operator whom the site knows. */
export const COOKIE = "operator=ann";

/** A site. */
export interface Site {
  readonly origin: string;
  /** Where the panel is, without a slash at the end. */
  readonly panel: string;
  readonly state: LiveState;
  readonly store: MemoryStore;
  /** What was reported to the panel's `onError`. */
  readonly errors: unknown[];
  /** Breaks all connections. */
  dropConnections(): void;
  /** How many requests for `/slow` the app has. */
  waiting(): number;
  /** Ends the responses to them. */
  finish(): void;
  close(): Promise<void>;
}

/** Starts a site. Its app answers `/slow` only when it is told to. */
export async function startSite(
  { store = memoryStore(), ...options }: Partial<AdminOptions> & { store?: MaintenanceStore } = {},
): Promise<Site> {
  const errors: unknown[] = [];
  const state = liveState(store, { pollIntervalMs: 100, startTimeoutMs: 200, onError: () => {} });
  const maintenance = maintenanceMode({ state, ignoreUrls: ["/ops{/*}?"] });
  const admin = adminHandler({
    state,
    authorize: (request) => request.headers.get("cookie")?.includes(COOKIE) === true && { by: "ann" },
    onError: (error) => void errors.push(error),
    ...options,
  });
  const waiting: (() => void)[] = [];
  const server = createServer(withMaintenance(maintenance, async (request) => {
    const { pathname } = new URL(request.url);
    if (/^\/ops(?:\/|$)/.test(pathname)) return await admin(request);
    if (pathname === "/slow") await new Promise<void>((done) => waiting.push(done));
    return new Response(`<!doctype html><title>App</title><p>${pathname}`, {
      headers: { "content-type": "text/html" },
    });
  }));
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  await state.ready;
  return {
    origin,
    panel: `${origin}/ops`,
    state,
    store: store as MemoryStore,
    errors,
    dropConnections: () => server.closeAllConnections(),
    waiting: () => waiting.length,
    finish: () => waiting.splice(0).forEach((done) => done()),
    async close() {
      waiting.splice(0).forEach((done) => done());
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
      await state.close();
    },
  };
}
