import { addedGlobals, hasUrlPattern } from "./before.ts";
import { clientIpFrom, maintenanceMode } from "maintenancemode";
import { languages } from "maintenancemode/languages";
import { maintenanceMode as tiny } from "maintenancemode/tiny";
import type { TinyOptions } from "../../../src/tiny.ts";
import { contextFrom, withMaintenance } from "maintenancemode/deno";
import { createFixture } from "./fixture.ts";

type Info = Parameters<ReturnType<typeof withMaintenance>>[1];

// What is used of Deno here.
declare const Deno: {
  args: string[];
  serve(options: object, handler: (request: Request, info: Info) => Promise<Response>): { addr: { port: number } };
};
declare const URLPattern: never;

// The path of a Unix-domain socket, or "tiny" for the tiny gate.
const how = Deno.args[0];
const isTiny = how === "tiny";
const fixture = createFixture({
  isTiny,
  maintenanceMode: isTiny ? (options) => tiny({ languages, ...options } as TinyOptions) : maintenanceMode,
  clientIpFrom,
  contextFrom,
  URLPattern,
  hasUrlPattern,
  addedGlobals: addedGlobals(),
  isHostInfo: (info) => typeof (info as { remoteAddr?: unknown })?.remoteAddr === "object",
});
const handlerOf = fixture.mount((gate, app) =>
  withMaintenance(
    gate.maintenance,
    gate.app === "object" ? app : (...args: Parameters<typeof app.fetch>) => app.fetch(...args),
    gate.host,
  )
);

const handler = async (request: Request, info: Info) => {
  const told = fixture.control(request.url);
  if (told) return new Response(await told);
  fixture.saw(request);
  try {
    return await handlerOf(request.headers.get("x-gate"))(request, info);
  } catch (error) {
    return new Response(String(error), { status: 500, headers: { "x-caught": (error as Error).message } });
  }
};

const onListen = () => {};
if (how?.startsWith("/")) {
  Deno.serve({ path: how, onListen }, handler);
  console.log(JSON.stringify({ unix: how }));
} else {
  const one = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen }, handler);
  const both = Deno.serve({ port: 0, hostname: "::", onListen }, handler);
  console.log(JSON.stringify({ port: one.addr.port, dualStackPort: both.addr.port }));
}
