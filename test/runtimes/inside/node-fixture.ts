/** What the entries for Node have in common. */
import { addedByCore, hasUrlPattern } from "./node-before.ts";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { AddressInfo, Server } from "node:net";
import { text } from "node:stream/consumers";
import { clientIpFrom, maintenanceMode } from "maintenancemode";
import { languages } from "maintenancemode/languages";
import { maintenanceMode as tiny } from "maintenancemode/tiny";
import { contextFrom } from "maintenancemode/node";
import type { TinyOptions } from "../../../src/tiny.ts";
import type { Check } from "./check.ts";
import { createFixture, type Fixture, type MountedGate } from "./fixture.ts";

/** A listener of a gate, with `next` where a framework goes on. */
export type Listener = (req: IncomingMessage, res: ServerResponse) => void;

/** The fixture with what Node adds. */
export async function createNodeFixture(isTiny = false): Promise<{ fixture: Fixture }> {
  const own = (globalThis as { URLPattern?: Check["URLPattern"] }).URLPattern;
  const fixture = createFixture({
    isTiny,
    maintenanceMode: isTiny ? (options) => tiny({ languages, ...options } as TinyOptions) : maintenanceMode,
    clientIpFrom,
    contextFrom,
    // Node before 24 has none: there a user would pass the polyfill's.
    URLPattern: own ?? (await import("urlpattern-polyfill/urlpattern")).URLPattern,
    hasUrlPattern,
    addedGlobals: addedByCore,
    isHostInfo: (info) => {
      const { req, res } = (info ?? {}) as { req?: IncomingMessage; res?: ServerResponse };
      return typeof req?.url === "string" && typeof res?.setHeader === "function";
    },
  });
  return { fixture };
}

/** Serves the control addresses, and everything else by the gate that the request names. */
export function serve(fixture: Fixture, handlerOf: (name: string) => Listener): Listener {
  return (req, res) => {
    const told = fixture.control(req.url ?? "");
    if (told) return void told.then((text) => res.end(text));
    handlerOf(req.headers["x-gate"] as string)(req, res);
  };
}

/** The app behind a gate of middleware: it reads the body as its body parser or the connection gives it. */
export function appOf(fixture: Fixture, gate: MountedGate): Listener {
  return async (req, res) => {
    const { originalUrl, body } = req as IncomingMessage & { originalUrl?: string; body?: unknown };
    const url = originalUrl ?? req.url ?? "";
    if (url.endsWith("/teapot")) {
      res.writeHead(418, {
        "content-type": "text/x-tea",
        "x-reached": "app",
        "x-tea": "Assam",
        "set-cookie": ["a=1", "b=2"],
      });
      return void res.end("short and stout");
    }
    const told = fixture.report(gate.name, {
      method: req.method ?? "",
      url,
      body: typeof body === "string" ? body : await text(req),
      forwardedFor: req.headers["x-forwarded-for"] as string ?? null,
    });
    res.writeHead(200, { "content-type": "application/json", "x-reached": "app" });
    res.end(JSON.stringify(told));
  };
}

/** Starts a server on 127.0.0.1 and one for IPv4 and IPv6, or one on a Unix-domain socket, and says so. */
export async function listen(create: () => Server, unix?: string): Promise<void> {
  if (unix) {
    await new Promise<void>((done) => create().listen(unix, done));
    console.log(JSON.stringify({ unix }));
    return;
  }
  const port = (host: string) =>
    new Promise<number | undefined>((done) => {
      const server = create();
      server.on("error", () => done(undefined)); // A machine without IPv6.
      server.listen(0, host, () => done((server.address() as AddressInfo).port));
    });
  console.log(JSON.stringify({ port: await port("127.0.0.1"), dualStackPort: await port("::") }));
}
