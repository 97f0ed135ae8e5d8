import { addedGlobals, hasUrlPattern } from "./before.ts";
import { clientIpFrom, maintenanceMode } from "maintenancemode";
import { contextFrom, withMaintenance } from "maintenancemode/bun";
import { createFixture } from "./fixture.ts";

type Server = Parameters<ReturnType<typeof withMaintenance>>[1];

// What is used of Bun here.
declare const Bun: {
  argv: string[];
  serve(options: { fetch(request: Request, server: Server): Promise<Response>; [name: string]: unknown }): {
    port: number;
  };
};
declare const URLPattern: never;

const fixture = createFixture({
  isTiny: false,
  maintenanceMode,
  clientIpFrom,
  contextFrom,
  URLPattern,
  hasUrlPattern,
  addedGlobals: addedGlobals(),
  isHostInfo: (server) => typeof (server as { requestIP?: unknown })?.requestIP === "function",
});
const handlerOf = fixture.mount((gate, app) =>
  withMaintenance(
    gate.maintenance,
    gate.app === "object" ? app : (...args: Parameters<typeof app.fetch>) => app.fetch(...args),
    gate.host,
  )
);

const fetch = async (request: Request, server: Server) => {
  const told = fixture.control(request.url);
  if (told) return new Response(await told);
  fixture.saw(request);
  try {
    return await handlerOf(request.headers.get("x-gate"))(request, server);
  } catch (error) {
    return new Response(String(error), { status: 500, headers: { "x-caught": (error as Error).message } });
  }
};

const unix = Bun.argv[2];
if (unix) {
  Bun.serve({ unix, fetch });
  console.log(JSON.stringify({ unix }));
} else {
  const one = Bun.serve({ port: 0, hostname: "127.0.0.1", fetch });
  const both = Bun.serve({ port: 0, hostname: "::", fetch });
  console.log(JSON.stringify({ port: one.port, dualStackPort: both.port }));
}
