import { getRequestListener } from "@hono/node-server";
import express from "express";
import fastify from "fastify";
import * as h3v1 from "h3";
import { H3, toNodeHandler } from "h3v2/node";
import { Hono } from "hono";
import Koa from "koa";
import type { IncomingMessage, RequestListener } from "node:http";
import { posix } from "node:path";

/** What an app has found in a request: whether it is for a closed path, and its host as the framework gives it. */
export interface Found {
  readonly id: number;
  readonly isClosed: boolean;
  readonly host: string;
}

/** Gets what the app finds, and asks the gate about a Request that the app gets. */
export interface Probe {
  found(found: Found): void;
  asked(id: number, request: Request): void;
}

const idOf = ({ headers }: IncomingMessage) => Number(headers["x-id"]);

/** The paths in the spellings in which apps register them. */
const EXACT = ["/shop", "/caf\u00e9", "/caf%C3%A9", "/a b", "/a%20b", "/kiosk", "/x|y", "/x%7Cy"];

/** Apps in front of which the gate stands. */
export const ROUTERS: Readonly<Record<string, (probe: Probe) => RequestListener | Promise<RequestListener>>> = {
  "Express 5": expressApp,
  "Fastify 5": (probe) => fastifyApp(probe, {}),
  "Fastify 5, as tolerant as it can be": (probe) =>
    fastifyApp(probe, {
      caseSensitive: false,
      ignoreTrailingSlash: true,
      ignoreDuplicateSlashes: true,
      useSemicolonDelimiter: true,
    }),
  "Hono": (probe) => honoApp(probe, true),
  "Hono, not strict": (probe) => honoApp(probe, false),
  "h3 1": h3v1App,
  "h3 2": h3v2App,
  "Koa, with ctx.path compared by hand": koaApp,
};

function expressApp(probe: Probe): RequestListener {
  const app = express();
  const handle = (isClosed: boolean): express.RequestHandler => (req, res) => {
    probe.found({ id: idOf(req), isClosed, host: req.hostname ?? "" });
    res.end();
  };
  // The signs with a meaning in Express are escaped.
  app.get([...EXACT.map((path) => path.replace(/[|]/g, "\\$&")), "/docs/*rest", "/users/:id/edit"], handle(true));
  app.use(handle(false));
  app.use(
    ((_error, req, res, _next) => {
      probe.found({ id: idOf(req), isClosed: false, host: "" });
      res.status(400).end();
    }) as express.ErrorRequestHandler,
  );
  return app;
}

async function fastifyApp(probe: Probe, routerOptions: Record<string, boolean>): Promise<RequestListener> {
  let listener: RequestListener | undefined;
  const app = fastify({
    routerOptions: {
      ...routerOptions,
      onBadUrl: (_path: string, req: IncomingMessage, res: { end(): void }) => {
        probe.found({ id: idOf(req), isClosed: false, host: "" });
        res.end();
      },
    } as never,
    serverFactory: (handler, _options) => {
      listener = handler as RequestListener;
      return { on() {}, once() {}, removeListener() {}, close() {}, address: () => null } as never;
    },
  });
  const handle =
    (isClosed: boolean) => (request: { raw: IncomingMessage; hostname: string }, reply: { send(): void }) => {
      probe.found({ id: idOf(request.raw), isClosed, host: request.hostname });
      reply.send();
    };
  for (const path of new Set(EXACT.map((path) => decodeURI(path)))) app.get(path, handle(true) as never);
  for (const path of ["/docs/*", "/users/:id/edit"]) app.get(path, handle(true) as never);
  app.setNotFoundHandler(handle(false) as never);
  await app.ready();
  return listener!;
}

function honoApp(probe: Probe, strict: boolean): RequestListener {
  const app = new Hono({ strict });
  const handle =
    (isClosed: boolean) => (c: { req: { raw: Request; url: string; header(name: string): string | undefined } }) => {
      probe.found({ id: Number(c.req.header("x-id")), isClosed, host: new URL(c.req.url).hostname });
      return new Response("");
    };
  for (const path of [...EXACT, "/docs/*", "/users/:id/edit"]) app.get(path, handle(true));
  app.all("*", handle(false));
  return getRequestListener((request) => {
    probe.asked(Number(request.headers.get("x-id")), request);
    return app.fetch(request);
  });
}

function h3v1App(probe: Probe): RequestListener {
  const app = h3v1.createApp();
  const router = h3v1.createRouter();
  const handle = (isClosed: boolean) =>
    h3v1.eventHandler((event) => {
      probe.found({ id: idOf(event.node.req), isClosed, host: h3v1.getRequestHost(event) });
      return "";
    });
  for (const path of [...EXACT, "/docs/**", "/users/:id/edit"]) router.get(path, handle(true));
  router.get("/**", handle(false));
  app.use(router);
  app.use(handle(false));
  return h3v1.toNodeListener(app);
}

function h3v2App(probe: Probe): RequestListener {
  const app = new H3();
  const handle = (isClosed: boolean) => (event: { req: Request; url: URL }) => {
    probe.found({ id: Number(event.req.headers.get("x-id")), isClosed, host: event.url.hostname });
    return "";
  };
  for (const path of [...EXACT, "/docs/**", "/users/:id/edit"]) app.get(path, handle(true));
  app.all("/**", handle(false));
  const ask: H3["fetch"] = (request) => {
    probe.asked(Number((request as Request).headers.get("x-id")), request as Request);
    return app.fetch(request);
  };
  return toNodeHandler({ fetch: ask } as H3) as RequestListener;
}

function koaApp(probe: Probe): RequestListener {
  const app = new Koa();
  app.silent = true;
  const readings: readonly ((path: string) => string)[] = [
    (path) => path,
    (path) => path.toLowerCase(),
    decodeURIComponent,
    (path) => decodeURIComponent(path).toLowerCase(),
    (path) => decodeURIComponent(path).normalize("NFC"),
    (path) => decodeURIComponent(decodeURIComponent(path)),
    (path) => posix.normalize(decodeURIComponent(path)),
    (path) => decodeURI(path).replace(/;[^/]*/g, ""),
    (path) => decodeURIComponent(path.split(";")[0]!),
    (path) => path.replace(/\/+/g, "/").replace(/(?<=.)\/$/, ""),
    (path) => new URL(`http://host${path}`).pathname,
  ];
  app.use((ctx) => {
    const isClosed = readings.some((read) => {
      try {
        const path = read(ctx.path);
        return EXACT.includes(path) || path.startsWith("/docs/") || /^\/users\/[^/]+\/edit$/.test(path);
      } catch {
        return false;
      }
    });
    probe.found({ id: idOf(ctx.req), isClosed, host: ctx.hostname });
    ctx.body = "";
    ctx.status = 200;
  });
  return app.callback();
}
