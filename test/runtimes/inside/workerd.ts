/** A Worker in module syntax. */
import { addedGlobals, hasUrlPattern } from "./before.ts";
import { clientIpFrom, maintenanceMode } from "maintenancemode";
import { contextFrom, withMaintenance } from "maintenancemode/cloudflare";
import { createFixture } from "./fixture.ts";

declare const URLPattern: never;

const fixture = createFixture({
  isTiny: false,
  maintenanceMode,
  clientIpFrom,
  contextFrom,
  URLPattern,
  hasUrlPattern,
  addedGlobals: addedGlobals(),
  isHostInfo: (info) => {
    const { env, ctx } = (info ?? {}) as { env?: { MARK?: string }; ctx?: { waitUntil?: unknown } };
    return env?.MARK === "binding" && typeof ctx?.waitUntil === "function";
  },
});
const handlerOf = fixture.mount((gate, app) =>
  withMaintenance(
    gate.maintenance,
    gate.app === "object" ? app : (...args: Parameters<typeof app.fetch>) => app.fetch(...args),
    gate.host,
  )
);

export default {
  async fetch(request: Request, env: never, ctx: never): Promise<Response> {
    const told = fixture.control(request.url);
    if (told) return new Response(await told);
    fixture.saw(request);
    try {
      return await handlerOf(request.headers.get("x-gate"))(request, env, ctx);
    } catch (error) {
      return new Response(String(error), { status: 500, headers: { "x-caught": (error as Error).message } });
    }
  },
};
