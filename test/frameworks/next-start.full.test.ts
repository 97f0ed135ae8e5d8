import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { type AddressInfo, connect, type Socket } from "node:net";
import { afterEach, expect, test, vi } from "vitest";
import { registerMaintenance } from "../../src/frameworks/next.ts";
import { registration } from "../../src/frameworks/next/registration.ts";
import { type Maintenance, maintenanceMode } from "../../src/index.ts";
import { liveState } from "../../src/state.ts";
import { memoryStore } from "../../src/stores/memory.ts";
import type { LiveState } from "../../src/types/live-state.ts";
import { INTERNALS_VERSION } from "../../src/util/internals-version.ts";
import { trackerOf } from "../hosts/_upgrade.ts";

const toClose: (() => unknown)[] = [];

afterEach(async () => {
  vi.restoreAllMocks();
  for (const close of toClose.splice(0)) await close();
  // As in a process that has registered nothing.
  registration().gate = undefined;
  delete (globalThis as Record<symbol, unknown>)[Symbol.for(`maintenancemode.next.${INTERNALS_VERSION}`)];
});

/** A gate with a live state of its own. */
function make(): { state: LiveState; maintenance: Maintenance } {
  const state = liveState(memoryStore());
  toClose.push(() => state.close());
  return { state, maintenance: maintenanceMode({ state }) };
}

/** A server that listens at once and handles requests when it is ready, as that of Next does. */
async function startNext(handle: (req: IncomingMessage, res: ServerResponse) => unknown) {
  let ready!: () => void;
  const isReady = new Promise<void>((resolve) => ready = resolve);
  const arrived: string[] = [];
  const server: Server = createServer(async (req, res) => {
    arrived.push(req.url!);
    await isReady;
    await handle(req, res);
  });
  toClose.push(() => (server.closeAllConnections(), server.close()));
  await once(server.listen(0, "127.0.0.1"), "listening");
  const { port } = server.address() as AddressInfo;
  const send = (...paths: string[]): Socket => {
    const socket = connect(port, "127.0.0.1");
    socket.write(paths.map((path) => `GET ${path} HTTP/1.1\r\nHost: a\r\n\r\n`).join(""));
    return socket;
  };
  return {
    url: `http://127.0.0.1:${port}`,
    send,
    arrived: (...paths: string[]) => expect.poll(() => arrived).toEqual(paths),
    ready,
  };
}

/** What the process counts. */
const namesOf = (state: LiveState) => trackerOf(state).list().map(({ request }) => request.url);

/** What `--wait` does for so long. */
const drain = (state: LiveState, timeoutMs: number) => state.during({}, () => "safe", { timeoutMs });

test("a request that came while Next was starting is waited for", async () => {
  const { state, maintenance } = make();
  let finish!: () => void;
  const finished = new Promise<void>((resolve) => finish = resolve);
  const site = await startNext(async (_req, res) => {
    await finished;
    res.end("slow");
  });
  const answer = fetch(`${site.url}/slow`);
  await site.arrived("/slow");
  await registerMaintenance(maintenance);
  site.ready();
  await expect(drain(state, 200)).rejects.toThrow("/slow");
  finish();
  expect(await (await answer).text()).toBe("slow");
  await expect.poll(() => namesOf(state)).toEqual(["while Next was starting"]);
});

test("the start itself is waited for: a client may have gone away by then, whose request nobody can find", async () => {
  const { state, maintenance } = make();
  const handled = vi.fn();
  const site = await startNext((req) => handled(req.url));
  const socket = site.send("/gone");
  await site.arrived("/gone");
  socket.resetAndDestroy();
  await once(socket, "close");
  await registerMaintenance(maintenance);
  await expect(drain(state, 200)).rejects.toThrow("work while Next was starting");
  site.ready();
  await expect.poll(() => handled).toHaveBeenCalled();
  await expect(drain(state, 200)).rejects.toThrow("work while Next was starting");
  expect(await drain(state, 15_000)).toBe("safe");
  expect(namesOf(state)).toEqual([]);
});

test("a request that gets the gate's answer then is not counted, and Next finds its response ended", async () => {
  const { state, maintenance } = make();
  await state.set({ mode: "on" });
  const ended: boolean[] = [];
  const site = await startNext((_req, res) => void ended.push(res.writableEnded));
  const answer = fetch(site.url);
  await site.arrived("/");
  await registerMaintenance(maintenance);
  expect((await answer).status).toBe(503);
  site.ready();
  await expect.poll(() => ended).toEqual([true]);
  expect(namesOf(state)).toEqual(["while Next was starting"]);
});

test("requests that wait behind another one on their connection are not taken for counted", async () => {
  const warn = vi.spyOn(console, "warn").mockReturnValue();
  const { state, maintenance } = make();
  const site = await startNext((_req, res) => res.end());
  site.send("/first", "/second");
  await site.arrived("/first", "/second");
  await registerMaintenance(maintenance);
  expect(warn.mock.calls).toEqual([[expect.stringContaining("several requests at once on a connection")]]);
  await expect.poll(async () => (await state.fleet())?.[0]?.counts).toEqual(["requests", "unknown"]);
});
