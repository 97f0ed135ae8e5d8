// A Hono app in a Worker, over Workers KV.
import { Hono } from "hono";
import { upgradeWebSocket } from "hono/cloudflare-workers";
import { maintenanceMiddleware } from "../../src/frameworks/hono.ts";
import { maintenanceMode } from "../../src/index.ts";
import { type LiveState, liveState } from "../../src/state.ts";
import { type CloudflareKvNamespace, cloudflareKvStore } from "../../src/stores/cloudflare-kv.ts";

type Env = { Bindings: { KV: CloudflareKvNamespace; incoming: string }; Variables: { user: string | undefined } };

function makeApp(namespace: CloudflareKvNamespace): { app: Hono<Env>; state: LiveState } {
  const state = liveState({ ...cloudflareKvStore(namespace), pollIntervalMs: 1 });
  const maintenance = maintenanceMode({ state, internalIps: ["203.0.113.7"], responseType: () => "text" });
  const app = new Hono<Env>();
  app.use(async (c, next) => {
    c.set("user", c.req.header("x-user"));
    await next();
  });
  app.use(maintenanceMiddleware(maintenance, { isStaff: (_request, c) => c.get("user") === "staff" }));
  app.get("/", (c) => c.text("app"));
  app.get("/socket", upgradeWebSocket(() => ({ onMessage: ({ data }, socket) => socket.send(String(data)) })));
  return { app, state };
}

let made: ReturnType<typeof makeApp> | undefined;

export default {
  fetch(request: Request, env: Env["Bindings"], ctx: never): Response | Promise<Response> {
    made ??= makeApp(env.KV);
    return made.app.fetch(request, env, ctx);
  },
};
