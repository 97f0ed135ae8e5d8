import { once } from "node:events";
import { createServer, request, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, test, vi } from "vitest";
import { maintenanceProxy, type ProxyRequest, registerMaintenance } from "../../src/frameworks/next.ts";
import { type Decision, type Maintenance, maintenanceMode } from "../../src/index.ts";
import { liveState } from "../../src/state.ts";
import { memoryStore } from "../../src/stores/memory.ts";
import { trackerOf } from "../hosts/_upgrade.ts";

const servers: Server[] = [];

afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

async function listen(listener: RequestListener): Promise<{ server: Server; url: string }> {
  const server = createServer(listener);
  servers.push(server);
  await once(server.listen(0, "127.0.0.1"), "listening");
  return { server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

/** A promise, and what fulfils it. */
function withResolvers(): { promise: Promise<void>; resolve: () => void } {
  let resolve!: () => void;
  const promise = new Promise<void>((fulfil) => resolve = fulfil);
  return { promise, resolve };
}

/** A request of `proxy.ts`. */
function proxyRequest(path = "/", init?: RequestInit): ProxyRequest {
  const request = new Request(`http://localhost:3000${path}`, init);
  const cookies = { get: () => undefined, has: () => false };
  return Object.assign(request, { cookies, nextUrl: new URL(request.url) });
}

const event = { waitUntil: () => {} };
const closed = (): Maintenance => maintenanceMode({ enabled: true, ignoreUrls: ["/health"] });
const handler = () => new Response("app");

// These come first: what was registered stays for the whole process.
describe("maintenanceProxy() alone", () => {
  test("answers while maintenance is on, and lets Next go on otherwise", async () => {
    const proxy = maintenanceProxy(closed());
    expect((await proxy(proxyRequest(), event))?.status).toBe(503);
    expect(await proxy(proxyRequest("/health"), event)).toBeUndefined();
    expect(await maintenanceProxy(maintenanceMode({ enabled: false }))(proxyRequest(), event)).toBeUndefined();
  });

  test("sends redirects to an absolute URL", async () => {
    const proxy = maintenanceProxy(maintenanceMode({ enabled: true, redirectUrl: "/sorry" }));
    expect((await proxy(proxyRequest(), event))?.headers.get("location")).toBe("http://localhost:3000/sorry");
  });

  test("calls the app's own function for what passes alone, with the same arguments", async () => {
    const app = vi.fn(handler);
    const proxy = maintenanceProxy(closed(), {}, app);
    await proxy(proxyRequest(), event);
    expect(app).not.toHaveBeenCalled();
    const request = proxyRequest("/health");
    expect(await (await proxy(request, event))?.text()).toBe("app");
    expect(app).toHaveBeenCalledExactlyOnceWith(request, event);
  });

  test("adds its fields to what the app's own function returns, and keeps what that says to Next", async () => {
    const options = { isStaff: () => true };
    const rewrite = () => new Response(null, { headers: { "x-middleware-rewrite": "http://localhost:3000/en" } });
    for (
      const [app, name] of [[rewrite, "x-middleware-rewrite"], [() => null, "x-middleware-next"], [
        undefined,
        "x-middleware-next",
      ]] as const
    ) {
      const response = await maintenanceProxy(closed(), options, app)(proxyRequest(), event);
      expect(response?.headers.get("cache-control")).toBe("private, no-store");
      expect(response?.headers.get(name)).not.toBeNull();
    }
  });

  test("gives isStaff the request and the event of Next", async () => {
    const isStaff = vi.fn(() => true);
    const request = proxyRequest();
    await maintenanceProxy(closed(), { isStaff })(request, event);
    expect(isStaff).toHaveBeenCalledExactlyOnceWith(request, event);
  });

  test("does not believe a field about the client's address, unless peerIp says where the request came from", async () => {
    const maintenance = maintenanceMode({ enabled: true, internalIps: ["203.0.113.7"] });
    const request = () => proxyRequest("/", { headers: { "x-forwarded-for": "203.0.113.7" } });
    const trustProxy = ["loopback"];
    expect((await maintenanceProxy(maintenance, { trustProxy })(request(), event))?.status).toBe(503);
    const proxy = maintenanceProxy(maintenance, { trustProxy, peerIp: () => "127.0.0.1" });
    expect((await proxy(request(), event))?.headers.get("x-middleware-next")).toBe("1");
  });

  test("reports once that peerIp throws, and does not know the address", async () => {
    const onError = vi.fn();
    const maintenance = maintenanceMode({ enabled: true, internalIps: ["203.0.113.7"], onError });
    const proxy = maintenanceProxy(maintenance, {
      peerIp: () => {
        throw new Error("no address here");
      },
    });
    for (let i = 0; i < 2; i++) expect((await proxy(proxyRequest(), event))?.status).toBe(503);
    expect(onError).toHaveBeenCalledOnce();
  });

  test("makes the process one that does not count its requests", async () => {
    const store = memoryStore();
    const state = liveState(store);
    await maintenanceProxy(maintenanceMode({ state }))(proxyRequest(), event);
    await expect.poll(async () => (await state.fleet())?.map(({ counts, uncounted }) => ({ counts, uncounted })))
      .toEqual([
        { counts: ["unknown"], uncounted: "by-hand" },
      ]);
    await state.close();
  });

  test("refuses what is no gate, no function or no option", () => {
    expect(() => maintenanceProxy({ enabled: true } as never)).toThrow('"maintenance" must be a gate');
    expect(() => maintenanceProxy(closed(), {}, new Response() as never)).toThrow('"handler" must be a function');
    expect(() => maintenanceProxy(closed(), { peerIp: "127.0.0.1" as never })).toThrow('"peerIp" must be a function');
    expect(() => maintenanceProxy(closed(), { staff: true } as never)).toThrow("staff");
  });
});

describe("registerMaintenance()", () => {
  test("refuses a wrong gate, wrong options, and another runtime than Node", () => {
    expect(() => registerMaintenance({ enabled: true } as never)).toThrow('"maintenance" must be a gate');
    expect(() => registerMaintenance(closed(), { staff: true } as never)).toThrow("staff");
    vi.stubGlobal("Bun", {});
    expect(() => registerMaintenance(closed())).toThrow(
      'Cannot register the gate: this is not Node.js: call it if process.env.NEXT_RUNTIME is "nodejs", and use ' +
        "maintenanceProxy() elsewhere",
    );
  });

  test("decides about requests that came while Next was starting", async () => {
    const ready = withResolvers();
    const handled: string[] = [];
    let arrived = 0;
    // A server that looks whether somebody has answered meanwhile.
    const { url } = await listen(async (req, res) => {
      arrived++;
      await ready.promise;
      if (res.closed || res.writableEnded) return;
      handled.push(req.url!);
      res.end("app");
    });
    const answers = ["/", "/health"].map((path) => fetch(url + path));
    await expect.poll(() => arrived).toBe(2);
    await registerMaintenance(closed());
    ready.resolve();
    expect((await Promise.all(answers)).map(({ status }) => status)).toEqual([503, 200]);
    expect(handled).toEqual(["/health"]);
  });

  test("stands before servers that begin later, and before connections that were open", async () => {
    vi.spyOn(console, "warn").mockReturnValue();
    await registerMaintenance(maintenanceMode({ enabled: false }));
    const { url } = await listen((_req, res) => res.end("app"));
    expect((await fetch(url)).status).toBe(200);
    await registerMaintenance(closed());
    expect((await fetch(url)).status).toBe(503);
    expect((await fetch(`${url}/health`)).status).toBe(200);
  });

  test("stands before a server that a tool for tracing has wrapped", async () => {
    vi.spyOn(console, "warn").mockReturnValue();
    await registerMaintenance(closed());
    const { server, url } = await listen((_req, res) => res.end("app"));
    const { emit } = server;
    server.emit = new Proxy(emit, {});
    expect((await fetch(url)).status).toBe(503);
  });

  test("replaces a gate that was registered before, says so, and decides once", async () => {
    const warn = vi.spyOn(console, "warn").mockReturnValue();
    const { server: inner } = await listen((_req, res) => res.end("app"));
    const { url } = await listen((req, res) => void inner.emit("request", req, res));
    const decisions: Decision[] = [];
    await registerMaintenance(closed());
    const maintenance = maintenanceMode({ enabled: true, onDecision: (decision) => void decisions.push(decision) });
    warn.mockClear();
    await registerMaintenance(maintenance);
    expect(warn.mock.calls).toEqual([[expect.stringContaining("with another gate, which this one replaces")]]);
    await registerMaintenance(maintenance);
    expect(warn).toHaveBeenCalledOnce();
    await (await fetch(url)).text();
    expect(decisions).toHaveLength(1);
  });

  test.each(["returns", "ends the response"])(
    "counts a request whose client has gone until the server's listener %s",
    async (how) => {
      vi.spyOn(console, "warn").mockReturnValue();
      const state = liveState(memoryStore());
      await registerMaintenance(maintenanceMode({ state }));
      const done = withResolvers();
      const arrived = withResolvers();
      let isClosed = false;
      const { url } = await listen(async (_req, res) => {
        res.once("close", () => isClosed = true);
        arrived.resolve();
        await done.promise;
        if (how === "returns") return;
        res.end();
        await new Promise(() => {});
      });
      const inFlight = () => trackerOf(state).count().inFlight;
      const controller = new AbortController();
      const asked = fetch(url, { signal: controller.signal }).catch(() => {});
      await arrived.promise;
      controller.abort();
      await asked;
      // When the server knows that the client has gone.
      await expect.poll(() => isClosed).toBe(true);
      expect(inFlight()).toBe(1);
      done.resolve();
      await expect.poll(() => inFlight()).toBe(0);
      await state.close();
    },
  );

  test("leaves nothing to decide for maintenanceProxy() with the same gate", async () => {
    const warn = vi.spyOn(console, "warn").mockReturnValue();
    const maintenance = closed();
    await registerMaintenance(maintenance);
    const { url } = await listen((_req, res) => res.end("app"));
    await fetch(url);
    const proxy = maintenanceProxy(maintenance, {}, handler);
    expect(await (await proxy(proxyRequest(), event))?.text()).toBe("app");
    warn.mockClear();
    const other = maintenanceProxy(closed());
    for (let i = 0; i < 2; i++) expect((await other(proxyRequest(), event))?.status).toBe(503);
    expect(warn.mock.calls).toEqual([[expect.stringContaining("proxy.ts has another gate")]]);
  });

  test("decides and counts once with maintenanceMiddleware() and guardUpgrade() of another copy of this package", async () => {
    vi.spyOn(console, "warn").mockReturnValue();
    const decisions: Decision[] = [];
    const state = liveState(memoryStore());
    await state.set({ mode: "on" });
    const onDecision = (decision: Decision) => void decisions.push(decision);
    const maintenance = maintenanceMode({ state, onDecision, ignoreUrls: ["/"] });
    await registerMaintenance(maintenance);
    vi.resetModules();
    const copy = await import("../../src/hosts/connect.ts");
    const gate = copy.maintenanceMiddleware(maintenance);
    const names = () => trackerOf(state).list().map(({ kind }) => kind);
    const seen: string[][] = [];
    const { server, url } = await listen((req, res) =>
      gate(req, res, () => {
        seen.push(names());
        res.end("app");
      })
    );
    server.on("upgrade", (_req, socket) => {
      seen.push(names());
      socket.end();
    });
    copy.guardUpgrade(server, maintenance);
    expect(await (await fetch(url)).text()).toBe("app");
    await expect.poll(() => names()).toEqual([]);
    await once(request(url, { headers: { connection: "upgrade", upgrade: "websocket" } }).end(), "error");
    expect(seen).toEqual([["request"], ["upgrade"]]);
    expect(decisions).toHaveLength(2);
    await state.close();
  });
});
