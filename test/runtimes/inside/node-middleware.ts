/** The middleware in each framework that it is made for, and on its own. */
import "./node-before.ts";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { createRequire } from "node:module";
import { maintenanceMiddleware } from "maintenancemode/connect";
import type { MountedGate } from "./fixture.ts";
import { appOf, createNodeFixture, listen, type Listener, serve } from "./node-fixture.ts";

type Next = (error?: unknown) => void;

// deno-lint-ignore no-explicit-any -- the frameworks come from the repository's own node_modules, without types
type Framework = any;

const [framework, repository] = process.argv.slice(2) as [string, string];
const load = createRequire(`${repository}/package.json`) as (name: string) => Framework;
const { fixture } = await createNodeFixture();

const frameworks: Record<string, (gate: MountedGate) => Listener | Promise<Listener>> = {
  // By hand, as in the documentation of `node:http`.
  http(gate) {
    const gateway = maintenanceMiddleware(gate.maintenance, gate.host);
    const app = appOf(fixture, gate);
    return (req, res) => gateway(req, res, (error?: unknown) => error ? fail(res, error) : app(req, res));
  },

  connect(gate) {
    const app = load("connect")();
    mount(app, gate);
    app.use(appOf(fixture, gate));
    app.use((error: unknown, _req: IncomingMessage, res: ServerResponse, _next: Next) => fail(res, error));
    return app;
  },

  // With a body parser behind the gate, as usual.
  express(gate) {
    const express = load("express");
    const app = express();
    mount(app, gate);
    app.use(express.text({ type: () => true, limit: "4mb" }));
    app.use(appOf(fixture, gate));
    app.use((error: unknown, _req: IncomingMessage, res: ServerResponse, _next: Next) => fail(res, error));
    return app;
  },

  // Fastify's own body parsers run behind its middleware, too.
  async fastify(gate) {
    let listener: Listener | undefined;
    const app = load("fastify")({
      bodyLimit: 4 << 20,
      serverFactory: (handler: Listener) => createServer(listener = handler),
    });
    await app.register(load("@fastify/middie"));
    mount(app, gate);
    app.removeAllContentTypeParsers();
    app.addContentTypeParser("*", { parseAs: "string" }, (_request: unknown, body: string, done: Framework) => {
      done(null, body);
    });
    const reply = async (request: Framework, reply: Framework) => {
      reply.hijack();
      await appOf(fixture, gate)(Object.assign(request.raw, { body: request.body ?? "" }), reply.raw);
    };
    for (const method of ["PROPFIND", "QUERY", "TRACE"]) {
      if (!app.supportedMethods.includes(method)) app.addHttpMethod(method, { hasBody: method !== "TRACE" });
    }
    app.all("*", reply);
    await app.ready();
    return listener!;
  },
};

/** Puts the gate in front, under its path if it has one. */
function mount(app: { use(...args: unknown[]): void }, gate: MountedGate): void {
  const gateway = maintenanceMiddleware(gate.maintenance, gate.host);
  if (gate.under) app.use(gate.under, gateway);
  else app.use(gateway);
}

function fail(res: ServerResponse, error: unknown): void {
  res.writeHead(500, { "x-caught": (error as Error).message });
  res.end(String(error));
}

const listeners = new Map<string, Listener>();
for (const gate of fixture.gates) listeners.set(gate.name, await frameworks[framework]!(gate));
const listener = serve(fixture, (name) => listeners.get(name)!);
await listen(() => createServer(listener));
