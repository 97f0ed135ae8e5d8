import connect from "connect";
import express from "express";
import fastify from "fastify";
import { H3 } from "h3v2";
import { Hono } from "hono";
import Koa from "koa";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, expect, test } from "vitest";
import { optionError } from "../_errors.ts";
import { gateOf, requestTo } from "./_gate.ts";

const servers = new Set<ReturnType<typeof createServer>>();

afterEach(() => {
  for (const server of servers) server.close();
  servers.clear();
});

async function statusOf(listener: RequestListener): Promise<number> {
  const server = createServer(listener);
  servers.add(server);
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const { port } = server.address() as AddressInfo;
  const response = await fetch(`http://127.0.0.1:${port}/`, { signal: AbortSignal.timeout(5_000) });
  await response.text();
  return response.status;
}

/** The message, by what the framework gives behind the request, and by what the app has to register. */
function messageAbout(received: string, fix: string): string {
  return `Cannot call the gate: "ctx" must be an object such as { clientIp }, received ${received}: ` +
    `the gate is not middleware, pass ${fix}`;
}

const INSTEAD = 'maintenanceMiddleware(maintenance) of "maintenancemode/';

test.each([true, false])(
  "a gate among the middleware of Express says what to register (enabled: %s)",
  async (enabled) => {
    const errors: unknown[] = [];
    const app = express();
    app.use(gateOf({ enabled }) as never);
    const onError: express.ErrorRequestHandler = (error, _req, res, _next) => {
      errors.push(error);
      res.sendStatus(500);
    };
    app.use(onError);
    expect(await statusOf(app)).toBe(500);
    expect(errors).toEqual([optionError(messageAbout("an instance of ServerResponse", `${INSTEAD}express"`))]);
  },
);

test.each([true, false])(
  "a gate among the middleware of Connect does not hold the visitor (enabled: %s)",
  async (enabled) => {
    const app = connect();
    app.use(gateOf({ enabled }) as never);
    app.use((_error: unknown, _req: unknown, res: { statusCode: number; end(): void }, _next: unknown) => {
      res.statusCode = 500;
      res.end();
    });
    expect(await statusOf(app)).toBe(500);
  },
);

test.each([true, false])("a gate among the middleware of Koa says what to register (enabled: %s)", async (enabled) => {
  const errors: unknown[] = [];
  const app = new Koa();
  app.use(gateOf({ enabled }) as never);
  app.on("error", (error) => errors.push(error));
  expect(await statusOf(app.callback())).toBe(500);
  expect(errors).toEqual([optionError(messageAbout("the function bound dispatch", `${INSTEAD}koa"`))]);
});

test.each([true, false])("a gate among the middleware of Hono says what to register (enabled: %s)", async (enabled) => {
  const errors: unknown[] = [];
  const app = new Hono();
  app.use(gateOf({ enabled }) as never);
  app.onError((error, c) => {
    errors.push(error);
    return c.text("failed", 500);
  });
  expect((await app.request("/")).status).toBe(500);
  expect(errors).toEqual([optionError(messageAbout("a function", `${INSTEAD}hono"`))]);
});

test.each([true, false])("a gate among the middleware of h3 says what to register (enabled: %s)", async (enabled) => {
  const errors: unknown[] = [];
  const app = new H3({ silent: true, onError: (error) => void errors.push(error.cause ?? error) });
  app.use(gateOf({ enabled }) as never);
  app.get("/", () => "app");
  expect((await app.request("/")).status).toBe(500);
  expect(errors).toEqual([optionError(messageAbout("the function next", `${INSTEAD}h3"`))]);
});

test.each([true, false])("a gate among the plugins of Fastify says what to register (enabled: %s)", (enabled) => {
  // As Fastify calls a plugin. What a plugin throws there ends the process.
  const register = gateOf({ enabled }) as unknown as (...args: unknown[]) => unknown;
  expect(() => register(fastify(), {}, () => {})).toThrow(
    optionError(messageAbout("an object", 'maintenancePlugin(maintenance) of "maintenancemode/fastify"')) as Error,
  );
});

test("a gate takes what lists and other hosts pass on behind the request", () => {
  expect([requestTo("/")].map(gateOf() as never)).toMatchObject([{ status: 503 }]);
  expect([requestTo("/")].map(gateOf({ enabled: false }) as never)).toEqual([undefined]);
});
