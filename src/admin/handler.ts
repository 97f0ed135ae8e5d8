import { nameOf } from "../state/store-calls.ts";
import { checkOrigin, checkToken, findOperator, isOwnHost, type Operator } from "./access.ts";
import { type Changeable, createChange, requirePart } from "./change.ts";
import { openEvents } from "./events.ts";
import { createFleetWatch } from "./fleet-watch.ts";
import { readHistory } from "./history.ts";
import { openapi } from "./openapi.ts";
import { type AdminOptions, resolveOptions } from "./options.ts";
import { servePage } from "./panel/page.ts";
import { answerPart } from "./precondition.ts";
import { json, Refusal, refusalOf } from "./problem.ts";
import { createReader, type Reading, tagOfState } from "./reading.ts";
import { showState } from "./represent.ts";
import { METHODS, type Resource, resourceOf } from "./routes.ts";
import { createTokens, TOKEN_FIELD } from "./token.ts";
import { createWatch } from "./watch.ts";

/** A handler that {@link adminHandler} returns. Without a `Ctx` of its own, the second argument may be left out. */
export type AdminHandler<Ctx = unknown> = (
  request: Request,
  ...ctx: undefined extends Ctx ? [ctx?: Ctx] : [ctx: Ctx]
) => Promise<Response>;

/**
 * Makes a fetch handler with a JSON API and one page, for operators: to switch maintenance, to plan it, to see when it is safe to
 * migrate, and to hand out bypass links. It never throws or rejects.
 *
 * Mount it below any path, in front of the gate or among its `ignoreUrls`, so that it answers while the site is closed.
 *
 * @param options The live state, and who may change it.
 * @throws {OptionError} If an option is not valid, or `authorize` is missing.
 * @throws {MaintenanceError} With the code `ERR_VERSION`, if another version of this package has made the live state.
 * @example Usage
 * ```ts
 * import { adminHandler } from "maintenancemode/admin";
 * import { liveState } from "maintenancemode/state";
 * import { memoryStore } from "maintenancemode/stores/memory";
 *
 * const state = liveState(memoryStore());
 * const admin = adminHandler({
 *   state,
 *   authorize: (request) => request.headers.get("authorization") === "Bearer made-up" && { by: "ann" },
 * });
 *
 * (await admin(new Request("https://example.com/ops/"))).status; // 404
 * const headers = { authorization: "Bearer made-up" };
 * (await admin(new Request("https://example.com/ops/", { headers }))).status; // 200
 * await state.close();
 * ```
 */
export function adminHandler<Ctx = unknown>(options: AdminOptions<Ctx>): AdminHandler<Ctx> {
  const settings = resolveOptions(options);
  const { live, internals, path, site, notFound, onError } = settings;
  const { store } = internals;
  const read = createReader(store, live);
  const fleet = createFleetWatch(store);
  const watch = createWatch(live, read, fleet);
  const change = createChange(live, read, fleet, site);
  const tokens = createTokens(settings.tokenSecret);

  async function show(resource: Resource, request: Request, operator: Operator): Promise<Response> {
    const showTo = (reading: Reading) =>
      showState(reading, { you: operator.by, store: nameOf(store), now: Date.now() });
    switch (resource.kind) {
      case "page":
        return servePage();
      case "openapi":
        return json(openapi());
      case "state": {
        const reading = await read();
        return json(showTo(reading), { etag: tagOfState(reading), [TOKEN_FIELD]: tokens.create(operator.by) });
      }
      case "fleet":
        return json(await fleet.look(await read()));
      case "history":
        return json({ entries: await readHistory(live) });
      case "events":
        return openEvents(watch, showTo, request.method === "HEAD");
      default:
        return answerPart(requirePart(await read(), resource.name));
    }
  }

  async function answer(request: Request, operator: Operator, url: URL): Promise<Response> {
    const resource = resourceOf(url.pathname, path);
    if (resource === undefined) return await notFound(request);
    const methods = METHODS[resource.kind];
    if (!methods.includes(request.method)) {
      throw new Refusal(405, `This path answers ${methods.join(", ")}`, {}, { allow: methods.join(", ") });
    }
    checkOrigin(settings, request, url, resource);
    const isRead = request.method === "GET" || request.method === "HEAD";
    if (isRead) return await show(resource, request, operator);
    checkToken(tokens, request, operator);
    return await change(resource as Changeable, request, operator, url);
  }

  async function answerAnybody(request: Request, ctx: Ctx): Promise<Response> {
    const operator = await findOperator(settings, request, ctx);
    const url = new URL(request.url);
    if (operator === undefined) return await notFound(request);
    if (!isOwnHost(settings, url)) {
      onError(
        new Error(`An operator has asked for the admin panel at ${url.origin}, which is not among its "origins"`),
      );
      return await notFound(request);
    }
    return await answer(request, operator, url).catch((error: unknown) => {
      const refusal = refusalOf(error);
      if (refusal !== error && refusal.status >= 500) onError(error);
      return refusal.toResponse();
    });
  }

  return async (request, ...[ctx]) => {
    try {
      const response = await answerAnybody(request, ctx as Ctx);
      if (request.method !== "HEAD") return response;
      return new Response(null, { status: response.status, headers: response.headers });
    } catch (error) {
      onError(error);
      return new Response(null, { status: 404 });
    }
  };
}
