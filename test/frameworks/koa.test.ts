import { once } from "node:events";
import { createServer, type IncomingHttpHeaders, request } from "node:http";
import { connect as connectHttp2, createServer as createHttp2Server } from "node:http2";
import { buffer } from "node:stream/consumers";
import express from "express";
import Koa from "koa";
import compose from "koa-compose";
import { describe, expect, test } from "vitest";
import { maintenanceMiddleware } from "../../src/frameworks/koa.ts";
import { maintenanceMiddleware as connectMiddleware } from "../../src/hosts/connect.ts";
import { maintenanceMode, type MaintenanceOptions } from "../../src/index.ts";
import { optionError } from "../_errors.ts";
import { until } from "../_until.ts";
import { cleanUp, countOf, listen, live } from "../hosts/_upgrade.ts";
import { ASKED, expectOfGate, GATE } from "./_answers.ts";

type Options = Parameters<typeof maintenanceMiddleware>[1];

/** An app with the gate before whatever a test adds. */
function appOf(gate: MaintenanceOptions = {}, options?: Options): Koa {
  const app = new Koa();
  app.silent = true;
  app.use(maintenanceMiddleware(maintenanceMode({ enabled: true, ...gate }), options));
  return app;
}

interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** Asks an app over HTTP. */
async function ask(app: Koa, path = "/", { method = "GET", headers = {} } = {}): Promise<Answer> {
  const port = await listen(createServer(app.callback()));
  const asked = request({ port, host: "127.0.0.1", method, path, headers, agent: false }).end();
  const [response] = await once(asked, "response");
  return { status: response.statusCode, headers: response.headers, body: await buffer(response) };
}

describe("the answer of maintenanceMiddleware() for Koa", () => {
  test.each(ASKED)("%s is the gate's, byte by byte", async (_kind, asked) => {
    await expectOfGate(await ask(appOf(GATE), "/", asked), asked);
  });

  test("to HEAD has the length and the type of the page", async () => {
    const headers = { accept: "text/html" };
    const page = await ask(appOf(), "/", { headers });
    const head = await ask(appOf(), "/", { method: "HEAD", headers });
    expect([head.status, head.body.length]).toEqual([503, 0]);
    expect(head.headers["content-length"]).toBe(page.headers["content-length"]);
    expect(head.headers["content-type"]).toBe(page.headers["content-type"]);
  });

  test("that redirects has neither a type nor a body", async () => {
    const answer = await ask(appOf({ redirectUrl: "https://status.test/" }), "/", { headers: { accept: "text/html" } });
    expect(answer.headers).toMatchObject({ location: "https://status.test/", "content-length": "0" });
    expect(answer.headers["content-type"]).toBeUndefined();
    expect(answer.body.length).toBe(0);
  });

  test("may be a Response with a stream and cookies, beside the cookies of middleware in front", async () => {
    const app = new Koa();
    app.use((ctx, next) => {
      ctx.cookies.set("own", "1");
      return next();
    });
    const handler503 = () => {
      const headers: [string, string][] = [["set-cookie", "a=1"], ["set-cookie", "b=2"], ["content-length", "3000"]];
      return new Response("own", { status: 503, headers });
    };
    app.use(maintenanceMiddleware(maintenanceMode({ enabled: true, handler503 })));
    const answer = await ask(app);
    expect([answer.status, String(answer.body)]).toEqual([503, "own"]);
    expect(answer.headers["set-cookie"]).toEqual(["own=1; path=/; httponly", "a=1", "b=2"]);
    expect((await ask(app, "/", { method: "HEAD" })).body.length).toBe(0);
  });

  test("is seen and can be changed by middleware in front", async () => {
    const app = new Koa();
    const seen: unknown[] = [];
    app.use(async (ctx, next) => {
      await next();
      seen.push(ctx.status, ctx.type);
      ctx.set("x-time", "1");
    });
    app.use(maintenanceMiddleware(maintenanceMode({ enabled: true })));
    expect((await ask(app, "/", { headers: { accept: "text/html" } })).headers["x-time"]).toBe("1");
    expect(seen).toEqual([503, "text/html"]);
  });

  test("is given over HTTP/2 as well", async () => {
    const port = await listen(createHttp2Server(appOf().callback()) as never);
    const session = connectHttp2(`http://127.0.0.1:${port}`);
    cleanUp(() => session.close());
    const stream = session.request({ ":path": "/" });
    const [headers] = await once(stream, "response");
    expect(headers[":status"]).toBe(503);
    expect((await buffer(stream)).length).toBeGreaterThan(0);
  });
});

describe("maintenanceMiddleware() for Koa", () => {
  test("gives isStaff the context, with what middleware in front has put there", async () => {
    const app = new Koa();
    app.use((ctx, next) => {
      ctx.state["user"] = ctx.get("x-user");
      return next();
    });
    app.use(maintenanceMiddleware(maintenanceMode({ enabled: true }), {
      isStaff: (request, ctx: Koa.Context) => {
        expect(request).toBeInstanceOf(Request);
        return Promise.resolve(ctx.state["user"] === "staff");
      },
    }));
    app.use((ctx) => void (ctx.body = "app"));
    expect(String((await ask(app, "/", { headers: { "x-user": "staff" } })).body)).toBe("app");
    expect((await ask(app, "/", { headers: { "x-user": "visitor" } })).status).toBe(503);
  });

  test("does not believe the proxies that Koa believes", async () => {
    const app = new Koa({ proxy: true });
    app.use(maintenanceMiddleware(maintenanceMode({ enabled: true, internalIps: ["192.0.2.7"] }), { trustProxy: [] }));
    expect((await ask(app, "/", { headers: { "x-forwarded-for": "192.0.2.7" } })).status).toBe(503);
  });

  test("keeps what is admitted from caches, also the error of an app, whose fields Koa clears", async () => {
    const state = await live();
    await state.set({ mode: "on", admit: 1 });
    const app = appOf({ enabled: undefined as never, state });
    const errors: unknown[] = [];
    app.on("error", (error) => errors.push(error.message));
    app.use((ctx) => {
      ctx.set("cache-control", "public, max-age=60");
      if (ctx.path === "/fail") throw new Error("broken");
      if (ctx.path === "/teapot") ctx.throw(418);
      if (ctx.path === "/") ctx.body = "app";
    });
    for (const [path, status] of [["/", 200], ["/fail", 500], ["/teapot", 418], ["/none", 404]] as const) {
      const answer = await ask(app, path);
      expect([path, answer.status, answer.headers["cache-control"]]).toEqual([path, status, "private, no-store"]);
    }
    expect(errors).toEqual(["broken", "I'm a Teapot"]);
  });

  test("looks at the whole path where koa-mount and its kin cut it", async () => {
    const app = new Koa();
    const gate = maintenanceMiddleware(maintenanceMode({ enabled: true, ignoreUrls: ["/health", "/api/open"] }));
    const inner = compose<Koa.Context>([gate, (ctx) => void (ctx.body = `app ${ctx.path}`)]);
    app.use((ctx, next) => {
      ctx.path = ctx.path.replace(/^\/api/, "") || "/";
      return inner(ctx, next);
    });
    expect((await ask(app, "/api/health")).status).toBe(503);
    expect(String((await ask(app, "/api/open")).body)).toBe("app /open");
  });

  test("leaves an answer that cannot be sent to Koa as an error", async () => {
    // Headers takes it, and Node does not.
    const handler503 = () => new Response("own", { headers: { "x-own": "\u0001" } });
    for (const isStaff of [() => false, () => Promise.resolve(false)]) {
      const app = appOf({ handler503 }, { isStaff });
      const errors: unknown[] = [];
      app.on("error", (error) => errors.push(error.code));
      expect((await ask(app)).status).toBe(500);
      expect(errors).toEqual(["ERR_INVALID_CHAR"]);
    }
  });

  test("counts a request until the response is closed, also without ctx.respond, and once for two gates", async () => {
    const state = await live();
    const app = appOf({ enabled: undefined as never, state });
    app.use(maintenanceMiddleware(maintenanceMode({ state, ignoreUrls: ["/health"] })));
    let end = () => {};
    app.use((ctx) => {
      ctx.respond = false;
      ctx.status = 200;
      end = () => ctx.res.end("late");
    });
    const answer = ask(app);
    await until(() => countOf(state).inFlight > 0, "the request is counted");
    expect(countOf(state).inFlight).toBe(1);
    end();
    expect(String((await answer).body)).toBe("late");
    await until(() => countOf(state).inFlight === 0, "the request has ended");
  });

  test("registered twice asks the gate once", async () => {
    const decisions: unknown[] = [];
    const maintenance = maintenanceMode({
      enabled: true,
      ignoreUrls: ["/"],
      onDecision: (made) => decisions.push(made),
    });
    const app = new Koa();
    app.use(maintenanceMiddleware(maintenance)).use(maintenanceMiddleware(maintenance));
    app.use((ctx) => void (ctx.body = "app"));
    expect((await ask(app)).status).toBe(200);
    expect(decisions.length).toBe(1);
  });

  test("refuses what is no gate, and options that it does not know", () => {
    expect(() => maintenanceMiddleware({} as never)).toThrow(
      optionError(
        'Cannot put the gate in front of the handler: "maintenance" must be a gate that maintenanceMode() returned, received an object',
      ),
    );
    expect(() => maintenanceMiddleware(maintenanceMode({}), { proxy: true } as never)).toThrow(/unknown name "proxy"/);
  });

  test("in Express says which middleware to take, and so does that of /connect in Koa", async () => {
    const wrong = express();
    wrong.use(maintenanceMiddleware(maintenanceMode({})) as never);
    const port = await listen(createServer(wrong));
    const response = await fetch(`http://127.0.0.1:${port}/`);
    expect(response.status).toBe(500);
    expect(await response.text()).toContain("import the middleware of &quot;maintenancemode/express&quot;");

    const app = new Koa();
    const errors: string[] = [];
    app.on("error", ({ message }) => errors.push(message));
    app.use(connectMiddleware(maintenanceMode({})) as never);
    expect((await ask(app)).status).toBe(500);
    expect(errors).toEqual([expect.stringContaining('for Koa, import the middleware of "maintenancemode/koa"')]);
  });
});
