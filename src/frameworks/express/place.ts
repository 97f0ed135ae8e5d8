/** A request of Express, by the members that tell where a middleware stands. */
export interface PlacedRequest {
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

/**
 * Says what is wrong with the place of the gate, and what to do about it; `undefined` if nothing is known to be wrong.
 *
 * @param req The first request that has come to the gate.
 * @param middleware The function that was registered.
 */
export function describePlace({ baseUrl, app }: PlacedRequest, middleware: unknown): string | undefined {
  if (baseUrl) return describePart(`mounted at ${JSON.stringify(baseUrl)}`);
  const { before, within, isFound } = walk(stackOf(app), middleware);
  if (within !== undefined) return describePart(`a part of the route ${within}`);
  if (!isFound || before === undefined) return undefined;
  return `${before} is registered before maintenanceMiddleware(): it stays open while the site is closed, and nothing ` +
    `counts its requests. Register maintenanceMiddleware() before it, and list what is to stay open in "ignoreUrls".`;
}

function describePart(where: string): string {
  return `maintenanceMiddleware() is ${where}: all the rest of the site stays open, and nothing counts its requests. ` +
    `Register it with app.use() before all routes. To close a part of the site, name it in "urls" of the state.`;
}

function stackOf(app: PlacedRequest["app"]): readonly Layer[] {
  try {
    return (app?._router ?? app?.router)?.stack ?? [];
  } catch {
    return [];
  }
}

function walk(stack: readonly Layer[], middleware: unknown): Walk {
  let before: string | undefined;
  for (const { handle, name, route } of stack) {
    if (handle === middleware) return { isFound: true, before };
    if (route !== undefined) {
      const title = titleOf(route);
      if (route.stack?.some(({ handle }) => handle === middleware)) return { isFound: true, within: title };
      before ??= title;
    } else if (handle?.stack !== undefined) {
      const inside = walk(handle.stack, middleware);
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
