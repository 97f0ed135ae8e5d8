import type { Maintenance } from "../../gate/maintenance.ts";
import type { Middleware, NodeRequest, NodeResponse } from "../../hosts/connect.ts";

/** A request of Express, by the members that tell where a middleware stands. */
interface PlacedRequest {
  /** The path at which the router that calls the middleware is mounted. */
  readonly baseUrl?: string;
  readonly app?: {
    /** The router of Express 5. In Express 4 it throws. */
    readonly router?: Stacked;
    /** The router of Express 4. */
    readonly _router?: Stacked;
  };
}

/** A router or a route of Express, by the list of what it calls. */
interface Stacked {
  readonly stack?: readonly Layer[];
}

/** What a router calls for a request: a middleware, a router, or a route. */
interface Layer {
  readonly name?: string;
  readonly handle?: Stacked;
  readonly method?: string;
  readonly route?: Stacked & { readonly path?: unknown };
}

/** Where a walk through the routers has ended: at the middleware or not, and what came before it. */
interface Walk {
  readonly isFound: boolean;
  readonly before?: string | undefined;
  /** The route that the middleware is a part of. */
  readonly within?: string | undefined;
}

/** How a framework calls the gate, and how its users put it before a route. */
interface Names {
  readonly gate: string;
  readonly putBefore: string;
}

/** The gates that a request has come to. Where one stands twice, only its first place counts. */
const placed = new WeakSet<Maintenance>();

/** Makes middleware say once on the console, at its first request, what is wrong with its place and what to do about it. */
export function warnOfPlace<Req extends NodeRequest, Res extends NodeResponse>(
  maintenance: Maintenance,
  gate: Middleware<Req, Res>,
  names: Names,
): Middleware<Req, Res> {
  let isKnown = false;
  const middleware: Middleware<Req, Res> = (req, res, next) => {
    if (!isKnown) {
      isKnown = true;
      const warning = placed.has(maintenance) ? undefined : describePlace(req as PlacedRequest, middleware, names);
      placed.add(maintenance);
      if (warning !== undefined) console.warn(`maintenancemode: ${warning} This is said once.`);
    }
    return gate(req, res, next);
  };
  return middleware;
}

function describePlace({ baseUrl, app }: PlacedRequest, middleware: unknown, names: Names): string | undefined {
  if (baseUrl) return describePart(`mounted at ${JSON.stringify(baseUrl)}`, names);
  const { before, within, isFound } = walk(stackOf(app), middleware);
  if (within !== undefined) return describePart(`a part of the route ${within}`, names);
  if (!isFound || before === undefined) return undefined;
  return `${before} is registered before ${names.gate}: it stays open while the site is closed, and nothing counts its ` +
    `requests. ${names.putBefore}, and list what is to stay open in "ignoreUrls".`;
}

function describePart(where: string, { gate }: Names): string {
  return `${gate} is ${where}: all the rest of the site stays open, and nothing counts its requests. Register it with ` +
    `app.use() before all routes. To close a part of the site, name it in "urls" of the state.`;
}

function stackOf(app: PlacedRequest["app"]): readonly Layer[] {
  try {
    return (app?._router ?? app?.router)?.stack ?? [];
  } catch {
    return [];
  }
}

/** @param walked The routers that were looked at: one may be mounted in itself, or in many others. */
function walk(stack: readonly Layer[], middleware: unknown, walked: Set<readonly Layer[]> = new Set()): Walk {
  let before: string | undefined;
  if (walked.has(stack)) return { isFound: false, before };
  walked.add(stack);
  for (const { handle, name, route } of stack) {
    if (handle === middleware) return { isFound: true, before };
    if (route !== undefined) {
      const title = titleOf(route);
      if (route.stack?.some(({ handle }) => handle === middleware)) return { isFound: true, within: title };
      before ??= title;
    } else if (handle?.stack !== undefined) {
      const inside = walk(handle.stack, middleware, walked);
      before ??= inside.before;
      if (inside.isFound) return { ...inside, before };
    } else if (name === "serveStatic") {
      before ??= "express.static()";
    }
  }
  return { isFound: false, before };
}

function titleOf({ path, stack = [] }: Stacked & { readonly path?: unknown }): string {
  const [method = "all"] = stack.flatMap(({ method }) => method ?? []);
  return `${method.toUpperCase()} ${path}`;
}
