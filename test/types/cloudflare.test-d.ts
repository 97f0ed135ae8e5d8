import { Hono } from "hono";
import { type MaintenanceContext, maintenanceMode } from "maintenancemode";
import { type CloudflareInfo, contextFrom, type HostOptions, withMaintenance } from "maintenancemode/cloudflare";

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

export function contexts(
  request: Request,
  env: Env,
  ctx: ExecutionContext,
  options: HostOptions<CloudflareInfo<Env, ExecutionContext>>,
): void {
  // Without isStaff, nothing has to be awaited.
  maintenance(request, contextFrom(request, { env, ctx }));
  contextFrom(request, { env, ctx }, {}).clientIp satisfies string | undefined;
  contextFrom(request, { env, ctx }, { isStaff: undefined }) satisfies MaintenanceContext;
  contextFrom(request, { env, ctx }, {
    trustProxy: ["loopback"],
    forwardedHeader: "forwarded",
  }) satisfies MaintenanceContext;
  // @ts-expect-error the option is trustProxy
  contextFrom(request, { env, ctx }, { trustProxies: [] });
  maintenance(request, contextFrom(request));
  // With isStaff, which gets what the host knows, the context is a promise, and the gate takes none.
  const later = contextFrom(request, { env, ctx }, {
    isStaff: (request, host) => request.url === "" || host === undefined,
  });
  later satisfies Promise<MaintenanceContext>;
  // @ts-expect-error it is not awaited
  maintenance(request, later);
  // @ts-expect-error it is a promise
  later.clientIp;
  // Options of which nobody knows whether they have isStaff give either.
  const either = contextFrom(request, { env, ctx }, options);
  // @ts-expect-error it is not awaited
  maintenance(request, either);
  // @ts-expect-error it may be no promise
  either.then;
}
