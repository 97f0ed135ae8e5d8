import { OptionError } from "../../util/errors.ts";
import { TASK } from "./context.ts";

/** Whether a value is the response of a Node server. */
function isNodeResponse(value: unknown): boolean {
  return typeof (value as { writeHead?: unknown } | null | undefined)?.writeHead === "function";
}

/**
 * Refuses the calls of a Node server in a handler of another host, which could never answer them.
 *
 * @param second What the server has given beside the request.
 * @throws {OptionError} If it is the response of a Node server.
 */
export function refuseNode(second: unknown): void {
  if (!isNodeResponse(second)) return;
  throw wrongHost(
    "a Request",
    "the request and the response of Node",
    'import withMaintenance from "maintenancemode/node", or take maintenanceMiddleware of "maintenancemode/connect"',
  );
}

/**
 * Refuses the calls of all other servers in a listener of Node.
 *
 * @param res The second argument of the listener.
 * @param report Gets the error as well: some servers answer 500 and tell nobody why.
 * @throws {OptionError} If it is no response of a Node server.
 */
export function insistOnNode(res: unknown, report: (error: unknown) => void): void {
  if (isNodeResponse(res)) return;
  const error = wrongHost("the request and the response of Node", "a Request", hintHere());
  report(error);
  throw error;
}

function hintHere(): string {
  const { navigator } = globalThis as { navigator?: { readonly userAgent?: unknown } };
  const host = "Deno" in globalThis
    ? "deno"
    : "Bun" in globalThis
    ? "bun"
    : navigator?.userAgent === "Cloudflare-Workers"
    ? "cloudflare"
    : "fetch";
  const here = `import withMaintenance from "maintenancemode/${host}"`;
  return host === "fetch" ? `give the listener to http.createServer(), or ${here}` : here;
}

function wrongHost(expected: string, received: string, hint: string): OptionError {
  const text = `this withMaintenance() is for another server: it takes ${expected}, received ${received}: ${hint}`;
  return new OptionError(TASK, { path: "handler", expected, received, hint }, text);
}
