import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { maintenanceMiddleware } from "../../src/hosts/connect.ts";
import { withMaintenance } from "../../src/hosts/node.ts";
import { LIVE, type LiveInternals } from "../../src/gate/live.ts";
import { liveState } from "../../src/state/live-state.ts";
import { hashSecret } from "../../src/bypass/secret.ts";
import { memoryStore } from "../../src/stores/memory.ts";
import type { LiveStateOptions } from "../../src/state/live-state-options.ts";
import type { MaintenanceOptions } from "../../src/gate/maintenance-options.ts";
import type { Maintenance } from "../../src/gate/maintenance.ts";
import { maintenanceMode } from "../../src/maintenance.ts";

const SECRET = "correct-horse-battery";

const HOSTS: Record<string, (maintenance: Maintenance) => RequestListener> = {
  "withMaintenance()": (maintenance) => withMaintenance(maintenance, () => new Response("app")) as RequestListener,
  "maintenanceMiddleware()": (maintenance) => {
    const middleware = maintenanceMiddleware(maintenance);
    return (req, res) => middleware(req, res, () => void res.end("app"));
  },
};

/** A site whose store does not answer until `release` is called, and then says that maintenance is on. */
async function startSite(
  host: string,
  given: LiveStateOptions = {},
  options: MaintenanceOptions = { ignoreUrls: ["/health"] },
) {
  let release = () => {};
  const held = new Promise<void>((resolve) => release = resolve);
  const memory = memoryStore(JSON.stringify({ mode: "on", bypass: hashSecret(SECRET) }));
  const store = {
    ...memory,
    read: async (signal: AbortSignal) => {
      await held;
      return await memory.read(signal);
    },
  };
  const state = liveState(store, { startTimeoutMs: 60_000, onError: () => {}, ...given });
  const server = createServer(HOSTS[host]!(maintenanceMode({ state, ...options })));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(async () => {
    release();
    server.closeAllConnections();
    server.close();
    await state.close();
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const ask = async (path: string, init?: RequestInit) => {
    const response = await fetch(`${url}${path}`, init);
    await response.arrayBuffer();
    return response.status;
  };
  return { ask, release, url };
}

const cases = Object.keys(HOSTS).flatMap((host) => [[host, {}], [host, { perRequest: true }]] as const);

test.each(cases)(
  "%s with %j answers a health check while the store hangs, and lets others wait",
  async (host, given) => {
    const { ask, release } = await startSite(host, given);
    const home = ask("/");
    let hasAnswered = false;
    void home.then(() => hasAnswered = true);
    expect(await ask("/health")).toBe(200);
    expect(await ask("/health", { method: "POST", body: "a" })).toBe(200);
    expect(hasAnswered).toBe(false);
    release();
    expect(await home).toBe(503);
  },
);

test("an internal address, and the option's secret in a header field, do not wait for the store", async () => {
  const [host] = Object.keys(HOSTS);
  const internal = await startSite(host!, {}, { internalIps: ["127.0.0.1"] });
  expect(await internal.ask("/")).toBe(200);
  const secret = await startSite(host!, {}, { bypassSecret: "another-secret-of-the-site" });
  expect(await secret.ask("/", { headers: { "maintenance-bypass": "another-secret-of-the-site" } })).toBe(200);
});

test.each(Object.keys(HOSTS))(
  "%s keeps shared caches from keeping what an internal client gets while nobody knows whether the site is closed",
  async (host) => {
    const cachingOf = async (options: MaintenanceOptions, path: string) => {
      const { url } = await startSite(host, {}, options);
      const response = await fetch(`${url}${path}`);
      await response.arrayBuffer();
      return response.headers.get("cache-control");
    };
    expect(await cachingOf({ internalIps: ["127.0.0.1"] }, "/")).toBe("private, no-store");
    expect(await cachingOf({ internalIps: ["127.0.0.1"], admittedCaching: "leave" }, "/")).toBeNull();
    expect(await cachingOf({ ignoreUrls: ["/health"] }, "/health")).toBeNull();
  },
);

test("a bypass link waits for the store even at an ignored URL, so that the app does not see its secret", async () => {
  const { ask, release } = await startSite("withMaintenance()");
  const opened = ask(`/health?maintenance-bypass=${SECRET}`, { redirect: "manual" });
  expect(await ask("/health")).toBe(200);
  release();
  expect(await opened).toBe(302);
});

test("a request that does not wait is counted", async () => {
  const memory = memoryStore();
  const state = liveState({ ...memory, read: () => new Promise(() => {}) }, { onError: () => {} });
  const held: (() => void)[] = [];
  const middleware = maintenanceMiddleware(maintenanceMode({ state, ignoreUrls: ["/health"] }));
  const server = createServer((req, res) => middleware(req, res, () => void held.push(() => res.end())));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(async () => {
    server.closeAllConnections();
    server.close();
    await state.close();
  });
  const answer = fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}/health`);
  const { tracker } = (state as unknown as { [LIVE]: LiveInternals })[LIVE];
  await expect.poll(() => held.length).toBe(1);
  expect(tracker!.count().inFlight).toBe(1);
  held[0]!();
  await (await answer).arrayBuffer();
  await expect.poll(() => tracker!.count().inFlight).toBe(0);
});
