import { maintenanceMiddleware } from "maintenancemode/srvx";
import { staticMiddleware } from "srvx/static";
import { health, hold, maintenance, makeStream, options, userOf } from "./kit.mjs";

const routes = {
  "GET /": () => {
    const headers = { "content-type": "text/html", "cache-control": "public, max-age=60" };
    return new Response("<h1>Hello from the app</h1>", { headers });
  },
  "GET /health": ({ url }) => new Response(health(new URL(url).search)),
  "GET /slow": async () => {
    await hold();
    return new Response("slow\n");
  },
  "GET /stream": () => new Response(makeStream()),
  "POST /echo": async (request) => new Response(await request.text()),
  "GET /facts": ({ ip, headers, context }) => {
    const cookie = /probe=(\w+)/.exec(headers.get("cookie"))?.[1];
    return Response.json({ ip, cookie, user: context.user }, { headers: { "set-cookie": "app=1" } });
  },
  "GET /fail": () => {
    throw new Error("the app fails");
  },
};

/** The options of `serve()`, with a function that makes a WebSocket of a request to `/socket` in a runtime. */
export function optionsWith(upgrade) {
  return {
    hostname: process.env.HOST,
    port: process.env.PORT,
    middleware: [
      (request, next) => {
        request.context = { user: userOf(request.headers.get("cookie")) };
        return next();
      },
      maintenanceMiddleware(maintenance, { ...options, isStaff: ({ context }) => context.user === "staff" }),
      staticMiddleware({ dir: "public" }),
    ],
    fetch(request) {
      const { pathname } = new URL(request.url);
      if (pathname === "/socket" && upgrade !== undefined) return upgrade(request);
      const route = routes[`${request.method.replace("HEAD", "GET")} ${pathname}`];
      return route?.(request) ?? new Response("not found\n", { status: 404 });
    },
    error: () => new Response("failed\n", { status: 500 }),
  };
}
