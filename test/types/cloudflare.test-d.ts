import { Hono } from "hono";
import { maintenanceMode } from "maintenancemode";
import { contextFrom, withMaintenance } from "maintenancemode/cloudflare";

interface Env {
  readonly SECRET: string;
}

const maintenance = maintenanceMode({ enabled: true });

const app = (request: Request, env: Env, ctx: ExecutionContext): Response => {
  ctx.waitUntil(Promise.resolve());
  return new Response(request.url + env.SECRET);
};

export default { fetch: withMaintenance(maintenance, app) } satisfies ExportedHandler<Env>;
export const hono = {
  fetch: withMaintenance(maintenance, new Hono<{ Bindings: Env }>()),
} satisfies ExportedHandler<Env>;
export const options = {
  fetch: withMaintenance(maintenance, app, {
    isStaff: (request, { env, ctx }) => {
      env satisfies Env;
      ctx.waitUntil(Promise.resolve());
      return request.headers.get("authorization") === env.SECRET;
    },
  }),
} satisfies ExportedHandler<Env>;
export const byHand = {
  async fetch(request, env, ctx) {
    return maintenance(request, await contextFrom(request, { env, ctx })) ?? app(request, env, ctx);
  },
} satisfies ExportedHandler<Env>;

// @ts-expect-error what the app returns is not a response
export const wrong = { fetch: withMaintenance(maintenance, () => "up") } satisfies ExportedHandler<Env>;
// @ts-expect-error the option is trustProxy
withMaintenance(maintenance, app, { trustProxies: [] });
