import "./node-before.ts";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { createServer as createHttp2Server } from "node:http2";
import { withMaintenance } from "maintenancemode/node";
import { createNodeFixture, listen, serve } from "./node-fixture.ts";

// Tells which server to start: "http", "http2" or the path of a Unix-domain socket; or "tiny", for the tiny gate on "http".
const [how] = process.argv.slice(2);
const { fixture } = await createNodeFixture(how === "tiny");

// An error of the app is logged, which is as it should be: what else is written is noise.
const print = console.error;
console.error = (...what: unknown[]) => {
  if (!(what[0] instanceof Error && what[0].message === "the app failed")) print(...what);
};

const handlerOf = fixture.mount((gate, app) =>
  withMaintenance(
    gate.maintenance,
    gate.app === "object" ? app : (...args: Parameters<typeof app.fetch>) => app.fetch(...args),
    gate.host,
  )
);
const listener = serve(fixture, handlerOf);

const create = how === "http2"
  ? () => createHttp2Server(listener as never)
  : () => createServer(listener as (req: IncomingMessage, res: ServerResponse) => void);
await listen(create, how?.startsWith("/") ? how : undefined);
