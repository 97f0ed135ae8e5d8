import assert from "node:assert/strict";
import { once } from "node:events";
import { rmSync } from "node:fs";
import { type ClientRequest, request } from "node:http";
import { join } from "node:path";
import { freePort } from "../../_free-port.ts";
import { until } from "../../_until.ts";
import type { Framework } from "../framework.ts";
import type { Property } from "../properties.ts";
import { type Start, startSite } from "../site.ts";

const command = ["env", "NEXT_TELEMETRY_DISABLED=1", "STORE=build.json"] as const;

/** Next 15 takes what is called `next` for itself, so its folder has to have that name. */
const as15 = [["mkdir", "node_modules"], ["cp", "-r", "../../node_modules/next15", "node_modules/next"]] as const;
const bin15 = ["node", "node_modules/next/dist/bin/next"] as const;

const noSockets = {
  "WebSocket: refused while on, and counted while open": "Next serves no WebSockets; a custom server does",
};
const uncounted =
  "The proxy never learns when a response was sent: the command line calls the process uncounted and fails";
const notCounted = {
  "--wait: waits for a slow handler": uncounted,
  "--wait: waits for a slow stream": uncounted,
  "--wait: a client that has gone does not hold it up for ever": uncounted,
  "--wait: a blocked request and a request that failed are not counted": uncounted,
  "status: the process counts requests, and nothing is uncounted": uncounted,
};

const app = "test/frameworks/apps/next";

/** Sends a request as soon as somebody listens at the port: Next itself handles none for some time then. */
async function askAtOnce(port: number, path: string): Promise<ClientRequest> {
  let asked!: ClientRequest;
  await until(async () => {
    asked = request({ port, path, host: "127.0.0.1", agent: false }).end();
    asked.on("error", () => {});
    try {
      const [socket] = await once(asked, "socket");
      await once(socket, "connect");
      return true;
    } catch {
      return false;
    }
  }, "somebody listens");
  return asked;
}

/** What has to hold for requests that come before the gate is there. */
function earlyRequests(name: string, start: Start): Readonly<Record<string, Property>> {
  return {
    async "--wait: waits for a request that came while Next was starting"({ stop }) {
      await stop();
      const port = await freePort();
      const folder = join(import.meta.dirname, "../.apps", name);
      // The process that was killed counts as lost.
      rmSync(join(folder, "maintenance.json.instances"), { recursive: true, force: true });
      const early = askAtOnce(port, "/slow").then(async (kept) => {
        const gone = await askAtOnce(port, "/slow");
        gone.destroy();
        return kept;
      });
      const site = await startSite(folder, { ...start, port });
      try {
        const kept = await early;
        const response = once(kept, "response");
        await site.held(1);
        const waiting = await site.cli("on", "--wait", "1s");
        assert.equal(waiting.code, 5, waiting.text);
        assert.match(waiting.text, /GET \/slow/);
        // Next gives up the one whose client has gone.
        await site.held(1);
        await site.release();
        assert.equal((await response)[0].statusCode, 200);
        const ready = await site.cli("on", "--wait", "60s");
        assert.equal(ready.code, 0, ready.text);
        assert.doesNotMatch(site.output, /maintenancemode:/);
      } finally {
        await site.stop();
      }
    },
  };
}
const registered = {
  title: "registerMaintenance of /next",
  files: [app, "test/frameworks/apps/next-instrumentation"],
  cannot: noSockets,
};

export const frameworks: readonly Framework[] = [
  {
    ...registered,
    name: "next",
    package: "next",
    build: [[...command, "next", "build"]],
    start: { command: ["next", "start"] },
    own: earlyRequests("next", { command: ["next", "start"] }),
    example: "next",
  },
  {
    ...registered,
    name: "next-standalone",
    package: "next",
    build: [
      [...command, "NEXT_OUTPUT=standalone", "next", "build"],
      ["cp", "-r", "public", ".next/standalone/.apps/next-standalone"],
    ],
    start: { command: ["node", ".next/standalone/.apps/next-standalone/server.js"] },
  },
  {
    name: "next-server",
    package: "next",
    title: "maintenanceMiddleware of /connect on a custom server of Next",
    files: [app, "test/frameworks/apps/next-server"],
    build: [[...command, "next", "build"]],
    start: { command: ["node", "server.mjs"] },
  },
  {
    name: "next-proxy",
    package: "next",
    title: "maintenanceProxy of /next alone",
    files: [app, "test/frameworks/apps/next-proxy"],
    build: [[...command, "next", "build"]],
    start: { command: ["next", "start"] },
    cannot: { ...noSockets, ...notCounted },
  },
  {
    ...registered,
    name: "next15",
    package: "next15",
    build: [...as15, [...command, ...bin15, "build"]],
    start: { command: [...bin15, "start"] },
    own: earlyRequests("next15", { command: [...bin15, "start"] }),
  },
  {
    name: "next15-proxy",
    package: "next15",
    title: "maintenanceProxy of /next alone, in middleware.js",
    files: [app, "test/frameworks/apps/next15-middleware"],
    build: [...as15, [...command, ...bin15, "build"]],
    start: { command: [...bin15, "start"] },
    cannot: { ...noSockets, ...notCounted },
  },
];
