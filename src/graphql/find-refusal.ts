import type { Maintenance } from "../gate/maintenance.ts";
import type { NodeRequest } from "../hosts/node/info.ts";
import type { MaintenanceContext } from "../types/context.ts";
import { checkFunction, checkNames } from "../util/errors.ts";
import { createMutationGate, type GivenRequest, type Refusal } from "./refusal.ts";

/** Options of the plugins for GraphQL servers, all optional. */
export interface ReadOnlyOptions<Context> {
  /**
   * Finds the request in the context of the server: a Fetch `Request`, or that of a Node server. If there is none, mutations
   * are refused while `maintenance.active` is `true`.
   *
   * @default `context.req`, or else `context.request`
   */
  request?: (context: Context) => Request | NodeRequest | undefined;
  /**
   * Finds what the host knows about the request, from `contextFrom`. Without it, the visitor is neither staff nor internal.
   * The plugin calls it only for mutations that would be refused otherwise. If it fails, the mutation is refused, and
   * `onError` of the gate gets the error.
   */
  ctx?: (context: Context) => MaintenanceContext | Promise<MaintenanceContext>;
}

const TASK = "refuse GraphQL mutations";

/** Finds out why a mutation is refused; `undefined` if it is not. */
export type FindRefusal<Context> = (context: Context) => Promise<Refusal | undefined>;

/**
 * Prepares a {@link FindRefusal}.
 *
 * @throws {OptionError} If the gate or an option is not valid.
 * @throws {MaintenanceError} With the code `ERR_VERSION`, if another version of this package has made the gate.
 */
export function createFindRefusal<Context>(
  maintenance: Maintenance,
  options: ReadOnlyOptions<Context>,
): FindRefusal<Context> {
  checkNames(TASK, options, ["request", "ctx"]);
  const { request: find = requestIn, ctx: findCtx } = options;
  checkFunction(TASK, "request", find);
  if (findCtx !== undefined) checkFunction(TASK, "ctx", findCtx);
  const gate = createMutationGate(maintenance);

  function findRequest(context: Context): GivenRequest {
    try {
      return find(context);
    } catch (error) {
      gate.report(error, "request");
      return undefined;
    }
  }

  async function askCtx(context: Context): Promise<MaintenanceContext | undefined> {
    try {
      return await findCtx?.(context);
    } catch (error) {
      gate.report(error, "ctx");
      return undefined;
    }
  }

  return async (context) => {
    // Apollo Server may have no gate in front that has waited already.
    await gate.refresh();
    if (!maintenance.active) return undefined;
    const request = findRequest(context);
    if (gate.decide(request, undefined) === undefined) return undefined;
    const ctx = await askCtx(context);
    const made = gate.decide(request, ctx);
    return made && gate.refuse(request, ctx, made);
  };
}

/** The request where servers usually put it. */
function requestIn(context: unknown): Request | NodeRequest | undefined {
  const { request, req } = (context ?? {}) as { request?: unknown; req?: unknown };
  // That of Node first: of the Request that a server has made of it, a Host field such as "a.test/open?" may move the path.
  return [req, request].find(hasFields) as Request | NodeRequest | undefined;
}

function hasFields(value: unknown): boolean {
  return typeof (value as { headers?: unknown } | null | undefined)?.headers === "object";
}
