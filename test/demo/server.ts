/**
 * `npm start`: a small site with the gate in front, and a switch for it on the keyboard and as requests.
 *
 * It listens on 127.0.0.1 only, on the port in the environment variable `PORT`, or on 8503 or the next free one. The
 * requests that switch are for this demo: a real site would not let everybody who reaches it send them.
 */
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import process from "node:process";
import { maintenanceMode } from "maintenancemode";
import { withMaintenance } from "maintenancemode/node";
import { site } from "./site.ts";

const FIRST_PORT = 8503;
const LAST_PORT = 8603;

let enabled = false;

const maintenance = maintenanceMode({
  enabled: () => enabled,
  ignoreUrls: ["/health", "/maintenance/:switch"],
  // The least that the page waits before it looks whether the site is back.
  retryAfter: 5,
  site: { name: "Example", url: "/" },
});

const server = createServer(withMaintenance(maintenance, (request) => {
  const { pathname } = new URL(request.url);
  if (pathname === "/maintenance/on" || pathname === "/maintenance/off") return answerSwitch(request, pathname);
  return site(request);
}));

function answerSwitch(request: Request, pathname: string): Response {
  if (request.method !== "POST") {
    return new Response("Send a POST request\n", { status: 405, headers: { allow: "POST" } });
  }
  // Browsers add this field to every POST: no page of another site that is open in one can flip the switch.
  if (request.headers.has("origin")) return new Response("Not from a browser\n", { status: 403 });
  turn(pathname === "/maintenance/on");
  return new Response(`${status()}\n`);
}

function turn(on: boolean): void {
  if (enabled === on) return;
  enabled = on;
  console.log(status());
}

function status(): string {
  return enabled ? "Maintenance is on: visitors get a 503" : "Maintenance is off: visitors get the site";
}

/** Listens on the port that was asked for, or on the first that is free. */
async function listen(server: Server, wanted: string | undefined): Promise<number> {
  if (wanted !== undefined && !(/^\d{1,5}$/.test(wanted) && Number(wanted) <= 65_535)) {
    throw new Error(`PORT must be a whole number from 0 to 65535, received ${JSON.stringify(wanted)}`);
  }
  for (let port = Number(wanted ?? FIRST_PORT);; port++) {
    try {
      server.listen(port, "127.0.0.1");
      await once(server, "listening");
      return (server.address() as AddressInfo).port;
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (wanted !== undefined && code === "EADDRINUSE") {
        throw new Error(`Port ${port} is taken: set PORT to another one, or leave it out for the next that is free`);
      }
      if (wanted !== undefined || code !== "EADDRINUSE" || port === LAST_PORT) throw error;
    }
  }
}

const CHANGES = "The page changes within two seconds, and comes back by itself within six.";

function introduce(origin: string, keys: boolean): string {
  const how = keys
    ? `press m here. ${CHANGES}\n\n  m  maintenance on, and off again\n  q  quit`
    : `send the POST requests below.\n${CHANGES}\n(Started in a terminal, this also takes keys.)`;
  return `A site with maintenancemode in front of it: ${origin}/

Open it in a browser, then ${how}

Or use a second terminal:

  curl -i ${origin}/
  curl -i -H "accept: application/json" ${origin}/api/clock
  curl -i ${origin}/health                    passes during maintenance, too
  curl -X POST ${origin}/maintenance/on       turns maintenance on
  curl -X POST ${origin}/maintenance/off      turns it off

${status()}`;
}

/** Reads single keys from the terminal. */
function readKeys(terminal: typeof process.stdin, quit: () => void): void {
  terminal.setRawMode(true).setEncoding("utf8");
  terminal.on("data", (keys: string) => {
    for (const key of keys) {
      if (key === "m" || key === "M" || key === " " || key === "\r" || key === "\n") turn(!enabled);
      // In this mode Ctrl-C and Ctrl-D are keys like others.
      else if (key === "q" || key === "Q" || key === "\x03" || key === "\x04") quit();
    }
  });
  // The terminal is gone.
  terminal.on("end", quit).on("error", quit);
}

function quit(): void {
  if (!server.listening) return;
  if (process.stdin.isTTY) process.stdin.setRawMode(false);
  process.stdin.destroy();
  server.close();
  // The open page in the browser keeps its connection.
  server.closeAllConnections();
}

try {
  const port = await listen(server, process.env.PORT || undefined);
  const keys = process.stdin.isTTY === true;
  if (keys) readKeys(process.stdin, quit);
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.once(signal, quit);
  console.log(introduce(`http://127.0.0.1:${port}`, keys));
} catch (error) {
  console.error(`Cannot start the demo: ${(error as Error).message}`);
  process.exitCode = 1;
}
