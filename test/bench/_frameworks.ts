/**
 * The frameworks of `frameworks.ts`, each with the smallest app that answers `GET /shop/:id` with JSON.
 *
 * A new one takes an entry here: `listen` makes the app, with the gate in front if there is one, as the framework's docs page
 * says, and starts it. All are imported lazily, so that a process loads one.
 */
import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { Maintenance } from "../../src/index.ts";

/** A framework with an adapter. */
interface Framework {
  readonly title: string;
  /** Starts the app and returns its port. */
  listen(maintenance: Maintenance | undefined): Promise<number>;
}

export const FRAMEWORKS: Readonly<Record<string, Framework>> = {
  express: {
    title: "Express",
    async listen(maintenance) {
      const { default: express } = await import("express");
      const { maintenanceMiddleware } = await import("../../src/frameworks/express.ts");
      const app = express();
      if (maintenance) app.use(maintenanceMiddleware(maintenance));
      app.get("/shop/:id", (req, res) => void res.json({ id: req.params.id }));
      return await portOf(createServer(app));
    },
  },
  connect: {
    title: "Connect",
    async listen(maintenance) {
      const { default: connect } = await import("connect");
      const { maintenanceMiddleware } = await import("../../src/hosts/connect.ts");
      const app = connect();
      if (maintenance) app.use(maintenanceMiddleware(maintenance));
      app.use("/shop", (req, res) => {
        res.setHeader("Content-Type", "application/json");
        res.end(JSON.stringify({ id: req.url?.slice(1) }));
      });
      return await portOf(createServer(app as RequestListener));
    },
  },
  fastify: {
    title: "Fastify",
    async listen(maintenance) {
      const { default: Fastify } = await import("fastify");
      const { maintenancePlugin } = await import("../../src/frameworks/fastify.ts");
      const app = Fastify();
      if (maintenance) await app.register(maintenancePlugin(maintenance));
      app.get<{ Params: { id: string } }>("/shop/:id", (request, reply) => void reply.send({ id: request.params.id }));
      await app.listen({ port: 0, host: "127.0.0.1" });
      return (app.server.address() as AddressInfo).port;
    },
  },
  koa: {
    title: "Koa",
    async listen(maintenance) {
      const { default: Koa } = await import("koa");
      const { maintenanceMiddleware } = await import("../../src/frameworks/koa.ts");
      const app = new Koa();
      if (maintenance) app.use(maintenanceMiddleware(maintenance));
      app.use((ctx) => {
        if (ctx.path.startsWith("/shop/")) ctx.body = { id: ctx.path.slice(6) };
      });
      return await portOf(createServer(app.callback()));
    },
  },
  hono: {
    title: "Hono",
    async listen(maintenance) {
      const { serve } = await import("@hono/node-server");
      const { Hono } = await import("hono");
      const { maintenanceMiddleware } = await import("../../src/frameworks/hono.ts");
      const app = new Hono();
      // With the first middleware, Hono takes another way: what that costs is not the gate's.
      app.use(async (_c, next) => void await next());
      if (maintenance) app.use(maintenanceMiddleware(maintenance));
      app.get("/shop/:id", (c) => c.json({ id: c.req.param("id") }));
      return await new Promise((resolve) =>
        serve({ fetch: app.fetch, port: 0, hostname: "127.0.0.1" }, ({ port }) => resolve(port))
      );
    },
  },
};

/** The port of a server of Node, once it listens. */
async function portOf(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return (server.address() as AddressInfo).port;
}
