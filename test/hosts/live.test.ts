import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, test, vi } from "vitest";
import { RequestTracker } from "../../src/counting/in-flight.ts";
import { LIVE, type LiveInternals } from "../../src/gate/live.ts";
import * as bun from "../../src/hosts/bun.ts";
import * as cloudflare from "../../src/hosts/cloudflare.ts";
import * as deno from "../../src/hosts/deno.ts";
import { maintenanceMiddleware } from "../../src/hosts/connect.ts";
import * as serviceWorker from "../../src/hosts/service-worker.ts";
import type { MaintenanceMode, MaintenanceOptions } from "../../src/index.ts";
import { INTERNALS_VERSION } from "../../src/util/internals-version.ts";
import { prepareAtOnce } from "../../src/state/state-snapshot.ts";
import { maintenanceMode } from "../../src/maintenance.ts";

/** A live state whose every part a test can set. */
function createLive() {
  const live = {
    version: INTERNALS_VERSION,
    snapshot: snapshotOf("off"),
    refresh: undefined as LiveInternals["refresh"],
    tracker: new RequestTracker(() => {}),
    noteAdmission: vi.fn(),
    noteCounting: vi.fn(),
  };
  return {
    live,
    gate: (options: MaintenanceOptions = {}) => maintenanceMode({ ...options, state: { [LIVE]: live } as never }),
    set(mode: MaintenanceMode) {
      live.snapshot = snapshotOf(mode);
      live.tracker.turn(live.snapshot.inForce(Date.now()));
    },
    /** Makes requests wait until the function that is returned is called. */
    hold(): () => void {
      let release = () => {};
      const waiting = new Promise<void>((resolve) => release = resolve);
      live.refresh = () => waiting;
      return () => {
        live.refresh = undefined;
        release();
      };
    },
  };
}

const snapshotOf = (mode: MaintenanceMode): LiveInternals["snapshot"] => prepareAtOnce({ mode });

type Handler = (request: Request) => Response | Promise<Response>;
type Wrap = (
  maintenance: ReturnType<typeof maintenanceMode>,
  app: Handler,
  options?: { isStaff?: () => Promise<boolean> },
) => Handler;

const hosts: Record<string, Wrap> = {
  deno: (maintenance, app, options) => {
    const handler = deno.withMaintenance(maintenance, app, options);
    return (request) => handler(request, { remoteAddr: {} });
  },
  bun: (maintenance, app, options) => {
    const handler = bun.withMaintenance(maintenance, app, options);
    return (request) => handler(request, { requestIP: () => null });
  },
  cloudflare: (maintenance, app, options) => {
    const handler = cloudflare.withMaintenance(maintenance, app, options);
    return (request) => handler(request, undefined, undefined);
  },
  "service-worker": (maintenance, app, options) => {
    const listener = serviceWorker.withMaintenance(maintenance, ({ request }) => app(request), options);
    return (request) => {
      let answer: Response | PromiseLike<Response> | undefined;
      listener({ request, respondWith: (response: Response | PromiseLike<Response>) => answer = response });
      return answer as Response | Promise<Response>;
    };
  },
};

const request = (method = "GET") => new Request("http://site.test/", { method });
const app = () => new Response("app");
const nothing = { inFlight: 0, before: 0, streams: 0 };

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

/** Stops the clock of what is counted, and returns how to let time pass: a machine that is busy could take longer itself. */
function stopClock(): (ms: number) => void {
  let now = performance.now();
  vi.spyOn(performance, "now").mockImplementation(() => now);
  return (ms) => void (now += ms);
}

async function listen(handler: (req: IncomingMessage, res: ServerResponse) => void): Promise<string> {
  const server = createServer(handler);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

describe.each(Object.entries(hosts))("%s", (name, wrap) => {
  test("requests wait for the first reading of the store and are decided about after it", async () => {
    const { gate, hold, set } = createLive();
    const release = hold();
    const called = vi.fn(app);
    const handler = wrap(gate(), called);
    const answers = [handler(request()), handler(request())];
    await Promise.resolve();
    expect(called).not.toHaveBeenCalled();
    set("on");
    release();
    expect((await Promise.all(answers)).map(({ status }) => status)).toEqual([503, 503]);
    set("off");
    expect(handler(request())).toBeInstanceOf(Response);
    expect(called).toHaveBeenCalledTimes(1);
  });

  test("what passes after waiting is what the app returns", async () => {
    const { gate, hold } = createLive();
    const release = hold();
    const answer = wrap(gate(), app)(request());
    release();
    expect(await (await answer).text()).toBe("app");
  });

  test("nothing is awaited when there is nothing to wait for", () => {
    const { gate, live } = createLive();
    live.refresh = () => undefined;
    const response = app();
    expect(wrap(gate(), () => response)(request())).toBe(response);
  });

  test.each([true, false])("it is decided from scratch once isStaff has answered %s", async (isStaff) => {
    const { gate, set } = createLive();
    const decisions: string[] = [];
    let answer = (_isStaff: boolean) => {};
    const handler = wrap(gate({ onDecision: ({ because }) => void decisions.push(because) }), app, {
      isStaff: () => new Promise((resolve) => answer = resolve),
    });
    const statusAfter = async (mode: MaintenanceMode, method: string) => {
      set("on");
      const response = handler(request(method));
      set(mode);
      answer(isStaff);
      return (await response).status;
    };
    expect(await statusAfter("read-only", "GET")).toBe(200);
    expect(await statusAfter("read-only", "POST")).toBe(isStaff ? 200 : 503);
    expect(await statusAfter("off", "GET")).toBe(200);
    expect(await statusAfter("on", "GET")).toBe(isStaff ? 200 : 503);
    expect(decisions).toEqual(
      isStaff ? ["staff", "staff", "off", "staff"] : ["safe-method", "read-only", "off", "maintenance"],
    );
  });

  test("that staff may pass is noted where there are any", () => {
    const isStaff = () => Promise.resolve(true);
    const { gate, live } = createLive();
    wrap(gate(), app);
    wrap(gate({ allowStaff: false }), app, { isStaff });
    expect(live.noteAdmission).not.toHaveBeenCalled();
    wrap(gate(), app, { isStaff });
    expect(live.noteAdmission.mock.calls).toEqual([["staff"]]);
  });

  const counts = name === "deno" || name === "bun";

  test(counts ? "requests are counted" : "requests are not counted", async () => {
    const { gate, live } = createLive();
    let finish = (_response: Response) => {};
    const handler = wrap(gate(), () => new Promise((resolve) => finish = resolve));
    const answer = handler(request());
    expect(live.tracker.count().inFlight).toBe(counts ? 1 : 0);
    finish(app());
    await answer;
    expect(live.tracker.count()).toEqual(nothing);
  });

  if (!counts) return;

  test("a handler that throws or rejects is not counted any more", async () => {
    const { gate, live } = createLive();
    const error = new Error("broken");
    expect(() =>
      wrap(gate(), () => {
        throw error;
      })(request())
    ).toThrow(error);
    await expect(wrap(gate(), () => Promise.reject(error))(request())).rejects.toBe(error);
    expect(live.tracker.count()).toEqual(nothing);
  });

  test("a request counts from when it is let in, under the state that let it in", async () => {
    const { gate, live, set, hold } = createLive();
    let answer = (_isStaff: boolean) => {};
    const never: Handler = () => new Promise(() => {});
    const release = hold();
    void wrap(gate(), never)(request());
    set("on");
    set("off");
    expect(live.tracker.count()).toEqual(nothing);
    release();
    await expect.poll(() => live.tracker.count()).toEqual({ inFlight: 1, before: 0, streams: 0 });

    set("on");
    void wrap(gate(), never, { isStaff: () => new Promise((resolve) => answer = resolve) })(request());
    set("read-only");
    answer(true);
    await expect.poll(() => live.tracker.count()).toEqual({ inFlight: 2, before: 1, streams: 0 });
  });

  test("a gate that is on by itself does not make the requests of others earlier ones", () => {
    const { gate, live } = createLive();
    const never: Handler = () => new Promise(() => {});
    const isOn = wrap(gate({ enabled: true, allow: () => true }), never);
    const isOff = wrap(gate(), never);
    for (const handler of [isOff, isOn, isOff, isOn]) void handler(request());
    expect(live.tracker.count()).toEqual({ inFlight: 4, before: 0, streams: 0 });
  });

  test("a state that begins by the clock tells those that were let in before from those after", () => {
    const { gate, live } = createLive();
    let hasBegun = false;
    live.snapshot = { ...snapshotOf("on"), isInForce: () => hasBegun };
    const handler = wrap(gate({ allow: () => true }), () => new Promise(() => {}));
    void handler(request());
    hasBegun = true;
    void handler(request());
    expect(live.tracker.count()).toEqual({ inFlight: 2, before: 1, streams: 0 });
  });
});

describe("deno", () => {
  test("a request that ended in this turn, whose name Deno has forgotten, is none any more", () => {
    const { gate, live } = createLive();
    const handler = deno.withMaintenance(gate(), () => new Promise<Response>(() => {}));
    const closed = (): never => {
      throw new TypeError("Request closed");
    };
    const forgotten = Object.defineProperties(request(), { method: { get: closed }, url: { get: closed } });
    const completed = new Promise(() => {});
    void handler(forgotten, { remoteAddr: {}, completed });
    void handler(request(), { remoteAddr: {}, completed });
    expect(live.tracker.list().map(({ request }) => request.url)).toEqual(["http://site.test/"]);
  });
});

describe("cloudflare", () => {
  test("what the store is read with may outlive the request by waitUntil of its context", () => {
    class Context {
      readonly kept: Promise<unknown>[] = [];
      waitUntil(promise: Promise<unknown>): void {
        this.kept.push(promise);
      }
    }
    const { gate, live } = createLive();
    const reading = Promise.resolve();
    live.refresh = (findWaitUntil) => void findWaitUntil?.()?.(reading);
    const handler = cloudflare.withMaintenance(gate(), (_request: Request, _env: object, _ctx: Context) => app());
    const ctx = new Context();
    expect(handler(request(), {}, ctx)).toBeInstanceOf(Response);
    expect(ctx.kept).toEqual([reading]);
  });

  test("a request that reads no store does not ask its context for waitUntil", () => {
    const { gate, live } = createLive();
    live.refresh = () => undefined;
    let asked = 0;
    const ctx = {
      get waitUntil() {
        return void asked++;
      },
    };
    const handler = cloudflare.withMaintenance(gate(), (_request: Request, _env: unknown, _ctx: unknown) => app());
    expect(handler(request(), {}, ctx)).toBeInstanceOf(Response);
    expect(asked).toBe(0);
  });

  test("without a context nothing is handed on", () => {
    const { gate, live } = createLive();
    const found: unknown[] = [];
    live.refresh = (findWaitUntil) => void found.push(findWaitUntil?.());
    const handler = cloudflare.withMaintenance(gate(), (_request: Request, _env: unknown, _ctx: unknown) => app());
    for (const ctx of [undefined, null, {}]) expect(handler(request(), {}, ctx)).toBeInstanceOf(Response);
    expect(found).toEqual([undefined, undefined, undefined]);
  });
});

describe("maintenanceMiddleware()", () => {
  test("waits for the first reading of the store, and goes on without it", async () => {
    const { gate, hold, set, live } = createLive();
    const release = hold();
    const handler = maintenanceMiddleware(gate());
    const passed = vi.fn();
    const url = await listen((req, res) =>
      handler(req, res, () => {
        passed();
        res.end("app");
      })
    );
    const answer = fetch(url);
    await new Promise<void>((resolve) => servers[0]!.once("request", () => resolve()));
    expect(passed).not.toHaveBeenCalled();
    set("on");
    release();
    expect((await answer).status).toBe(503);
    set("off");
    expect(await (await fetch(url)).text()).toBe("app");
    expect(passed).toHaveBeenCalledTimes(1);
    await expect.poll(() => live.tracker.count()).toEqual(nothing);
  });

  test("counts what it lets in while maintenance is off, and while it is on", async () => {
    const { gate, set, live } = createLive();
    const handler = maintenanceMiddleware(gate({ allow: () => true }));
    const held: ServerResponse[] = [];
    const url = await listen((req, res) => handler(req, res, () => void held.push(res)));
    const answers = [fetch(url)];
    await expect.poll(() => live.tracker.count()).toMatchObject({ inFlight: 1, before: 0 });
    set("on");
    answers.push(fetch(url));
    await expect.poll(() => live.tracker.count()).toMatchObject({ inFlight: 2, before: 1 });
    for (const res of held) res.end();
    await Promise.all(answers);
    await expect.poll(() => live.tracker.count()).toEqual(nothing);
  });

  test.each(["answered", "given up"])(
    "counts a request whose client went away while it waited until it is %s",
    async (how) => {
      const { gate, hold, live } = createLive();
      const pass = stopClock();
      const release = hold();
      const handler = maintenanceMiddleware(gate());
      const closed = vi.fn();
      const passed = vi.fn();
      const responses: ServerResponse[] = [];
      const url = await listen((req, res) => {
        responses.push(res);
        res.on("close", closed);
        handler(req, res, passed);
      });
      const controller = new AbortController();
      const answer = fetch(url, { signal: controller.signal }).catch(() => {});
      await new Promise<void>((resolve) => servers[0]!.once("request", () => resolve()));
      controller.abort();
      await answer;
      await expect.poll(() => closed).toHaveBeenCalled();
      release();
      await expect.poll(() => passed).toHaveBeenCalled();
      expect(live.tracker.count()).toMatchObject({ inFlight: 1 });
      pass(59_000);
      expect(live.tracker.count()).toMatchObject({ inFlight: 1 });
      if (how === "answered") responses[0]!.end("late");
      else pass(2_000);
      expect(live.tracker.count()).toEqual(nothing);
    },
  );

  test("counts a request whose client went away in the middle for ten seconds, if nothing tells more", async () => {
    const { gate, live } = createLive();
    const pass = stopClock();
    const handler = maintenanceMiddleware(gate());
    const left = vi.fn();
    const responses: ServerResponse[] = [];
    const url = await listen((req, res) => {
      responses.push(res);
      res.on("close", left);
      handler(req, res, () => res.write("the first part"));
    });
    const controller = new AbortController();
    const { body } = await fetch(url, { signal: controller.signal });
    await body!.getReader().read();
    controller.abort();
    await expect.poll(() => left).toHaveBeenCalled();
    pass(9_000);
    expect(live.tracker.count()).toMatchObject({ inFlight: 1 });
    pass(2_000);
    expect(live.tracker.count()).toEqual(nothing);
  });
});
