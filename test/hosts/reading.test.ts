import { once } from "node:events";
import { createServer, request } from "node:http";
import type { IncomingMessage, RequestListener } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { buffer, text } from "node:stream/consumers";
import { expect, onTestFinished, test } from "vitest";
import { maintenanceMiddleware } from "../../src/hosts/connect.ts";
import { withMaintenance } from "../../src/hosts/node.ts";
import { maintenanceMode } from "../../src/index.ts";
import { liveState, type MaintenanceState } from "../../src/state.ts";
import { memoryStore } from "../../src/stores/memory.ts";

type Ask = (method: string, path: string, headers?: Record<string, string>) => Promise<number>;

/** Servers whose apps answer everything with 207, behind a gate with that state: as middleware, and around a fetch handler. */
async function serversIn(state: MaintenanceState): Promise<{ ask: Ask; port: number }[]> {
  const live = liveState(memoryStore());
  onTestFinished(() => live.close());
  await live.set(state);
  const maintenance = maintenanceMode({ state: live });
  const middleware = maintenanceMiddleware(maintenance);
  return Promise.all([
    serve((req, res) => middleware(req, res, () => res.writeHead(207).end())),
    serve(withMaintenance(maintenance, () => new Response(null, { status: 207 })) as RequestListener),
  ]);
}

async function serve(listener: RequestListener): Promise<{ ask: Ask; port: number }> {
  const server = createServer(listener);
  onTestFinished(() => void server.close());
  await once(server.listen(0, "127.0.0.1"), "listening");
  const { port } = server.address() as AddressInfo;
  const ask: Ask = async (method, path, headers = {}) => {
    const req = request({ port, host: "127.0.0.1", method, path, headers, agent: false }).end();
    const [response] = await once(req, "response") as [IncomingMessage];
    await buffer(response);
    return response.statusCode!;
  };
  return { ask, port };
}

test("calendars and files sync while the site is read-only, and searches pass", async () => {
  for (const { ask } of await serversIn({ mode: "read-only" })) {
    for (const method of ["PROPFIND", "REPORT", "SEARCH", "QUERY"]) expect(await ask(method, "/dav/")).toBe(207);
    for (const method of ["PROPPATCH", "MKCOL", "MOVE", "LOCK", "PUT"]) expect(await ask(method, "/dav/")).toBe(503);
  }
});

test("GraphQL queries by POST pass while the site is read-only, and a link that logs out does not", async () => {
  const state = { mode: "read-only", reads: ["POST /graphql"], writes: ["GET /logout"] } as const;
  for (const { ask } of await serversIn(state)) {
    expect(await ask("POST", "/graphql")).toBe(207);
    expect(await ask("POST", "/graphql?operation=a")).toBe(207);
    expect(await ask("PUT", "/graphql")).toBe(503);
    expect(await ask("GET", "/logout")).toBe(503);
    expect(await ask("HEAD", "/logout")).toBe(503);
    expect(await ask("GET", "/")).toBe(207);
  }
});

test("visitors log in while the site is read-only, and DELETE /session stays closed", async () => {
  for (const { ask } of await serversIn({ mode: "read-only", ignoreUrls: ["POST /session"] })) {
    expect(await ask("POST", "/session")).toBe(207);
    expect(await ask("DELETE", "/session")).toBe(503);
  }
});

test("the app itself answers the preflight of a webhook that stays open", async () => {
  for (const { ask } of await serversIn({ mode: "on", ignoreUrls: ["POST /webhook"] })) {
    const asks = (method: string) => ({ origin: "https://a.test", "access-control-request-method": method });
    expect(await ask("OPTIONS", "/webhook", asks("POST"))).toBe(207);
    // The gate's own answer, after which the browser gets to read why the request is refused.
    expect(await ask("OPTIONS", "/webhook", asks("DELETE"))).toBe(204);
  }
});

test("a WebSocket does not open by reads", async () => {
  for (const { port } of await serversIn({ mode: "read-only", reads: ["/live"] })) {
    const socket = connect(port, "127.0.0.1");
    socket.write("GET /live HTTP/1.1\r\nHost: a.test\r\nConnection: upgrade, close\r\nUpgrade: websocket\r\n\r\n");
    expect(await text(socket)).toMatch(/^HTTP\/1\.1 503 /);
  }
});
