import { invalidOption, type OptionError } from "../util/errors.ts";

/**
 * The error about a gate that was given where a framework takes middleware. The gate calls no `next()`, so that visitors would
 * wait for ever.
 *
 * @param first What the framework has given first: a request, a context, or an instance of the framework.
 * @param second What it has given behind that.
 */
export function misplacedGate(first: unknown, second: unknown): OptionError {
  const { addHook, req } = (first ?? {}) as { addHook?: unknown; req?: object };
  const name = typeof addHook === "function" ? "maintenancePlugin" : "maintenanceMiddleware";
  const hint = `the gate is not middleware, pass ${name}(maintenance) of "maintenancemode/${entryFor(req)}"`;
  return invalidOption("call the gate", "ctx", "an object such as { clientIp }", second, hint);

  function entryFor(req: object | undefined): string {
    if (typeof addHook === "function") return "fastify";
    if (typeof second !== "function") return "express";
    return req === undefined || "socket" in req ? "koa" : "raw" in req ? "hono" : "h3";
  }
}
