import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { Readable } from "node:stream";
import { serve } from "@hono/node-server";
import { Hono } from "hono";
import Koa from "koa";
import { describe, expect, test, vi } from "vitest";
import { contextFrom, createGuard, withMaintenance } from "../../src/hosts/fetch.ts";
import { maintenanceMode } from "../../src/index.ts";
import type { LiveState } from "../../src/state.ts";
import { optionError } from "../_errors.ts";
import { until } from "../_until.ts";
import { cleanUp, countOf, listen, live } from "./_upgrade.ts";

const request = (path = "/", init?: RequestInit) => new Request(`http://site.test${path}`, init);
const NONE = { inFlight: 0, before: 0, streams: 0 };
/** Lets everything happen that is due. */
const settle = () => new Promise(setImmediate);

describe("withMaintenance() of /fetch", () => {
  test("answers, or hands all arguments to the handler and returns its result", () => {
    const maintenance = maintenanceMode({ enabled: true, ignoreUrls: ["/open"] });
    const response = new Response("app");
    const app = vi.fn((_request: Request, _env: object, _more: number) => response);
    const handler = withMaintenance(maintenance, { fetch: app });
    const env = {};
    expect((handler(request(), env, 1) as Response).status).toBe(503);
    const open = request("/open");
    expect(handler(open, env, 1)).toBe(response);
    expect(app.mock.calls).toEqual([[open, env, 1]]);
  });

  test("asks peerIp and isStaff with all arguments, and only while maintenance is on", async () => {
    const state = await live();
    const peerIp = vi.fn((_request: Request, peer: string) => peer);
    const isStaff = vi.fn((_request: Request, _peer: string, staff: boolean) => Promise.resolve(staff));
    const handler = withMaintenance(
      maintenanceMode({ state, internalIps: ["192.0.2.1", "203.0.113.9"] }),
      (_request: Request, _peer: string, _staff: boolean) => new Response("app"),
      { peerIp, isStaff, trustProxy: ["10.0.0.0/8"] },
    );
    const statusOf = async (...[init, peer, staff]: [RequestInit, string, boolean]) => {
      const response = await handler(request("/", init), peer, staff);
      await response.text();
      return response.status;
    };
    expect(await statusOf({}, "198.51.100.1", false)).toBe(200);
    expect([peerIp.mock.calls.length, isStaff.mock.calls.length]).toEqual([0, 0]);
    await state.set({ mode: "on" });
    expect(await statusOf({}, "192.0.2.1", false)).toBe(200);
    expect(isStaff).not.toHaveBeenCalled();
    expect(await statusOf({}, "198.51.100.1", false)).toBe(503);
    expect(await statusOf({}, "198.51.100.1", true)).toBe(200);
    expect(await statusOf({ headers: { "x-forwarded-for": "203.0.113.9" } }, "198.51.100.1", false)).toBe(503);
    expect(await statusOf({ headers: { "x-forwarded-for": "203.0.113.9" } }, "10.0.0.1", false)).toBe(200);
  });

  test("adds the header fields of the gate to the app's response", async () => {
    const state = await live();
    await state.set({ mode: "on", start: "2999-01-01T00:00:00Z" });
    const announce = { before: Number.MAX_SAFE_INTEGER, header: "Maintenance" };
    const handler = withMaintenance(maintenanceMode({ state, announce }), () => new Response("app"));
    const response = await handler(request());
    expect(response.headers.get("maintenance")).toBe("start=@32472144000");
    expect(await response.text()).toBe("app");
    await settle();
    expect(countOf(state)).toEqual(NONE);
  });

  test("an address that cannot be found is unknown, which is reported once", async () => {
    const onError = vi.fn();
    const maintenance = maintenanceMode({ enabled: true, internalIps: ["0.0.0.0/0"], onError });
    const error = new Error("no address here");
    const handler = withMaintenance(maintenance, () => new Response("app"), {
      peerIp: () => {
        throw error;
      },
    });
    for (let i = 0; i < 3; i++) expect((await handler(request())).status).toBe(503);
    expect(onError.mock.calls).toEqual([[error]]);
  });

  test.each([
    [{ peerIp: "192.0.2.1" }, '"peerIp" must be a function, received "192.0.2.1"'],
    [{ isStaff: true }, '"isStaff" must be a function, received true'],
    [{ trustedProxy: [] }, 'unknown name "trustedProxy" in options: did you mean "trustProxy"?'],
    [null, "options must be an object, received null"],
  ])("refuses the options %o", (options, problem) => {
    const message = `Cannot put the gate in front of the handler: ${problem}`;
    const maintenance = maintenanceMode();
    expect(() => withMaintenance(maintenance, () => {}, options as object)).toThrow(optionError(message));
    expect(() => createGuard(maintenance, options as object)).toThrow(optionError(message));
    expect(() => contextFrom(request(), undefined, options as never)).toThrow(optionError(message));
  });
});

describe("contextFrom() of /fetch", () => {
  test("gives the client's address and whether the request is from staff", async () => {
    const peerIp = (_request: Request, host: { peer: string }) => host.peer;
    const options = { peerIp, trustProxy: ["10.0.0.0/8"] };
    const headers = { "x-forwarded-for": "203.0.113.9" };
    expect(contextFrom(request("/", { headers }), { peer: "10.0.0.1" }, options)).toEqual({ clientIp: "203.0.113.9" });
    expect(contextFrom(request("/", { headers }), { peer: "192.0.2.1" }, options)).toEqual({ clientIp: "192.0.2.1" });
    expect(contextFrom(request())).toEqual({});
    const isStaff = (_request: Request, host: { peer: string }) => host.peer === "192.0.2.1";
    expect(await contextFrom(request(), { peer: "192.0.2.1" }, { peerIp, isStaff }))
      .toEqual({ clientIp: "192.0.2.1", isStaff: true });
  });
});

describe("createGuard()", () => {
  test("takes the address from the call, as text or as a function, and calls it only while maintenance is on", async () => {
    const state = await live();
    const guard = createGuard(maintenanceMode({ state, internalIps: ["192.0.2.1"] }), { peerIp: () => "198.51.100.1" });
    const next = () => 200 as const;
    const peerIp = vi.fn(() => "192.0.2.1");
    await guard(request(), { next, peerIp });
    expect(peerIp).not.toHaveBeenCalled();
    await state.set({ mode: "on" });
    expect(await guard(request(), { next, peerIp })).toBe(200);
    expect(await guard(request(), { next, peerIp: "192.0.2.1" })).toBe(200);
    expect(await guard(request(), { next })).toHaveProperty("status", 503);
  });

  test("looks at the whole path, or at what is left of it where a router is mounted", async () => {
    const req = (url: string) => ({ url, originalUrl: `/api${url}`, headers: { host: "site.test" }, socket: {} });
    const statusOf = async (path: string, url: string, ignored: string) => {
      const guard = createGuard(maintenanceMode({ enabled: true, ignoreUrls: [ignored] }));
      return (await guard(request(path), { next: () => new Response("app"), host: req(url) })).status;
    };
    expect(await statusOf("/health?a", "/health?a", "/health")).toBe(200);
    expect(await statusOf("/api/health?a", "/health?a", "/api/health")).toBe(200);
    expect(await statusOf("/health", "/admin", "/health")).toBe(503);
  });

  test("takes nothing for the request of Node that is none", async () => {
    const guard = createGuard(maintenanceMode({ enabled: true, ignoreUrls: ["/open"] }));
    const next = () => "app";
    for (
      const host of [undefined, null, 1, "text", { req: null }, { req: {} }, { raw: request("/x") }, { url: "/x" }]
    ) {
      expect(await guard(request("/open"), { next, host })).toBe("app");
    }
  });

  test("asks isStaff with the host's own context, and only if the answer makes a difference", async () => {
    const isStaff = vi.fn((_request: Request, c: { staff: boolean }) => c.staff);
    const guard = createGuard(maintenanceMode({ enabled: true, ignoreUrls: ["/open"] }), { isStaff });
    const next = () => "app";
    expect(await guard(request("/open"), { next, host: { staff: false } })).toBe("app");
    expect(isStaff).not.toHaveBeenCalled();
    expect(await guard(request(), { next, host: { staff: true } })).toBe("app");
    expect(await guard(request(), { next, host: { staff: false } })).toHaveProperty("status", 503);
  });

  test("makes its process one that counts requests", async () => {
    const state = await live();
    createGuard(maintenanceMode({ state }));
    await until(async () => (await state.fleet())?.[0]?.counts?.includes("requests"), "the record says so");
  });

  test("counts until finished has settled and next has returned", async () => {
    const state = await live();
    const guard = createGuard(maintenanceMode({ state }));
    for (const first of ["finished", "next"]) {
      let finish = () => {};
      let answer = () => {};
      const finished = new Promise<void>((resolve) => finish = resolve);
      const answered = new Promise<void>((resolve) => answer = resolve);
      const result = guard(request(), { finished, next: () => answered.then(() => new Response("app")) });
      const [one, other] = first === "finished" ? [finish, answer] : [answer, finish];
      one();
      await settle();
      expect(countOf(state).inFlight).toBe(1);
      other();
      expect(await (await result).text()).toBe("app");
      await settle();
      expect(countOf(state)).toEqual(NONE);
    }
  });

  test.each([
    ["throws", () => {
      throw new Error("no");
    }],
    ["rejects", () => Promise.reject(new Error("no"))],
  ])("a handler that %s fails as without a gate, and is not counted any more", async (_how, next) => {
    const state = await live();
    const guard = createGuard(maintenanceMode({ state }));
    await expect((async () => await guard(request(), { next }))()).rejects.toThrow("no");
    await expect((async () => await guard(request(), { next, finished: Promise.reject(new Error()) }))())
      .rejects.toThrow("no");
    await settle();
    expect(countOf(state)).toEqual(NONE);
  });

  test.each([["undefined", undefined], ["a text", "text"], ["a Response without a body", new Response(null)]])(
    "%s is finished once it is returned",
    async (_name, result) => {
      const state = await live();
      const guard = createGuard(maintenanceMode({ state }));
      expect(await guard(request(), { next: () => Promise.resolve(result) })).toBe(result);
      expect(countOf(state)).toEqual(NONE);
    },
  );
});

describe("a body is followed", () => {
  async function followed(
    init?: ResponseInit,
  ): Promise<{ state: LiveState; response: Response; write: (text: string) => void; close: () => void }> {
    const state = await live();
    const guard = createGuard(maintenanceMode({ state }));
    let controller!: ReadableStreamDefaultController<Uint8Array>;
    const body = new ReadableStream<Uint8Array>({ start: (own) => void (controller = own) });
    const response = await guard(request(), { next: () => new Response(body, init) });
    const write = (text: string) => controller.enqueue(new TextEncoder().encode(text));
    return { state, response, write, close: () => controller.close() };
  }

  /** The ways to read a body to its end. */
  const readers: Record<string, (response: Response) => Promise<string>> = {
    "text()": (response) => response.text(),
    "a copy": (response) => new Response(response.body, response).text(),
    "a reader": async ({ body }) => {
      const reader = body!.getReader();
      let text = "";
      for (;;) {
        const { done, value } = await reader.read();
        if (done) return text;
        text += new TextDecoder().decode(value);
      }
    },
    "two readers": async ({ body }) => {
      const first = body!.getReader();
      const { value } = await first.read();
      first.releaseLock();
      return new TextDecoder().decode(value) + await readers["for await"]!({ body } as Response);
    },
    "for await": async ({ body }) => {
      let text = "";
      for await (const part of body as unknown as AsyncIterable<Uint8Array>) text += new TextDecoder().decode(part);
      return text;
    },
    "pipeTo()": async ({ body }) => {
      let text = "";
      await body!.pipeTo(new WritableStream({ write: (part) => void (text += new TextDecoder().decode(part)) }));
      return text;
    },
    "pipeThrough()": ({ body }) => new Response(body!.pipeThrough(new TransformStream())).text(),
    "tee()": async ({ body }) => {
      const [one, two] = body!.tee();
      const [text, same] = await Promise.all([new Response(one).text(), new Response(two).text()]);
      expect(same).toBe(text);
      return text;
    },
    "tee() whose other branch is given up": async ({ body }) => {
      const [one, two] = body!.tee();
      two.cancel().catch(() => {});
      return await new Response(one).text();
    },
    "tee() whose other branch is given up at the end": async ({ body }) => {
      const [one, two] = body!.tee();
      const text = await new Response(one).text();
      await two.cancel();
      return text;
    },
    "clone()": async (response) => {
      const text = await response.clone().text();
      expect(await response.text()).toBe(text);
      return text;
    },
    "Readable.fromWeb()": async ({ body }) => {
      let text = "";
      for await (const part of Readable.fromWeb(body as never)) text += part;
      return text;
    },
  };

  test.each(Object.entries(readers))("to its end by %s", async (_name, read) => {
    const { state, response, write, close } = await followed();
    write("one ");
    const reading = read(response);
    await settle();
    expect(countOf(state)).toMatchObject({ inFlight: 1 });
    write("two");
    await settle();
    expect(countOf(state)).toMatchObject({ inFlight: 1 });
    close();
    expect(await reading).toBe("one two");
    await settle();
    expect(countOf(state)).toEqual(NONE);
  });

  test("a text counts until it is read", async () => {
    const state = await live();
    const handler = withMaintenance(maintenanceMode({ state }), () => new Response("text"));
    const response = await handler(request());
    expect(countOf(state)).toMatchObject({ inFlight: 1 });
    expect(await response.text()).toBe("text");
    await settle();
    expect(countOf(state)).toEqual(NONE);
  });

  test("an error of the app ends it", async () => {
    const state = await live();
    const guard = createGuard(maintenanceMode({ state }));
    const body = new ReadableStream({
      pull() {
        throw new Error("broken");
      },
    });
    const response = await guard(request(), { next: () => new Response(body) });
    await expect(response.text()).rejects.toThrow("broken");
    await settle();
    expect(countOf(state)).toEqual(NONE);
  });

  test("an event stream is counted apart", async () => {
    const { state, close } = await followed({ headers: { "content-type": "text/event-stream; charset=utf-8" } });
    expect(countOf(state)).toEqual({ inFlight: 0, before: 0, streams: 1 });
    close();
  });

  test.each<[string, (body: ReadableStream) => Promise<unknown>]>([
    ["cancel()", (body) => body.cancel()],
    ["the reader's cancel()", (body) => body.getReader().cancel()],
    ["break", async (body) => {
      for await (const _ of body as unknown as AsyncIterable<unknown>) break;
    }],
  ])("given up by %s: it counts on, since its source may still be at work", async (_name, giveUp) => {
    const { state, response, write } = await followed();
    write("one");
    await giveUp(response.body!);
    await settle();
    expect(countOf(state)).toMatchObject({ inFlight: 1 });
  });

  test("given up for HEAD it is finished", async () => {
    const state = await live();
    const handler = withMaintenance(maintenanceMode({ state }), () => new Response("text"));
    const response = await handler(request("/", { method: "HEAD" }));
    await response.body!.cancel();
    await settle();
    expect(countOf(state)).toEqual(NONE);
  });
});

describe("an adapter by hand", () => {
  let release = () => {};
  const held = () => new Promise<void>((resolve) => release = resolve);

  function slowStream(): Response {
    const encoder = new TextEncoder();
    return new Response(
      new ReadableStream({
        async start(controller) {
          controller.enqueue(encoder.encode("begun "));
          await held();
          controller.enqueue(encoder.encode("ended"));
          controller.close();
        },
      }),
    );
  }

  const adapters: Record<string, (state: LiveState) => Promise<number>> = {
    hono: (state) => {
      const guard = createGuard(maintenanceMode({ state }));
      const app = new Hono();
      app.use(async (c, next) => {
        const answer = await guard(c.req.raw, { next: () => next().then(() => c.res), host: c });
        c.res = undefined;
        c.res = answer;
      });
      app.get("/held", async (c) => (await held(), c.text("held")));
      app.get("/stream", slowStream);
      return new Promise((resolve) => {
        const server = serve({ fetch: app.fetch, port: 0, hostname: "127.0.0.1" }, ({ port }) => resolve(port));
        cleanUp(() => server.close());
      });
    },
    koa: (state) => {
      const guard = createGuard(maintenanceMode({ state }));
      const app = new Koa();
      app.use(async (ctx, next) => {
        const finished = new Promise((resolve) => ctx.res.once("close", resolve));
        const headers = ctx.req.headers as Record<string, string>;
        const asked = new Request(new URL(ctx.url, "http://localhost"), { method: ctx.method, headers });
        const answer = await guard(asked, { next, finished, peerIp: () => ctx.req.socket.remoteAddress, host: ctx });
        if (!(answer instanceof Response)) return;
        ctx.status = answer.status;
        for (const [name, value] of answer.headers) ctx.append(name, value);
        ctx.body = Buffer.from(await answer.arrayBuffer());
      });
      app.use(async (ctx) => {
        if (ctx.path === "/stream") return void (ctx.body = Readable.fromWeb(slowStream().body as never));
        await held();
        ctx.body = "held";
      });
      return listen(createServer(app.callback()));
    },
    "a router of one's own": (state) => {
      const routes: Record<string, () => Response | Promise<Response>> = {
        "/held": () => held().then(() => new Response("held")),
        "/stream": slowStream,
      };
      const handler = withMaintenance(
        maintenanceMode({ state }),
        (request: Request, _req: IncomingMessage) => routes[new URL(request.url).pathname]!(),
        { peerIp: (_request, req) => req.socket.remoteAddress },
      );
      return listen(createServer(async (req: IncomingMessage, res: ServerResponse) => {
        const response = await handler(new Request(new URL(req.url!, "http://localhost")), req);
        res.writeHead(response.status, Object.fromEntries(response.headers));
        for await (const part of response.body as unknown as AsyncIterable<Uint8Array>) res.write(part);
        res.end();
      }));
    },
  };

  test.each(Object.entries(adapters))("%s: a slow handler and a slow stream are waited for", async (_name, start) => {
    const state = await live();
    const port = await start(state);
    for (const [path, text] of [["/held", "held"], ["/stream", "begun ended"]] as const) {
      await state.set({ mode: "off" });
      const answer = fetch(`http://127.0.0.1:${port}${path}`).then((response) => response.text());
      await until(() => countOf(state).inFlight === 1, "the request is counted");
      await state.set({ mode: "on" });
      expect(countOf(state)).toMatchObject({ inFlight: 1, before: 1 });
      expect((await fetch(`http://127.0.0.1:${port}${path}`)).status).toBe(503);
      const later = state.during({}, () => "safe", { timeoutMs: 100 });
      await expect(later).rejects.toThrow(path);
      release();
      expect(await answer).toBe(text);
      await until(() => countOf(state).inFlight === 0, "the request is finished");
      expect(await state.during({}, () => "safe")).toBe("safe");
    }
  });
});
