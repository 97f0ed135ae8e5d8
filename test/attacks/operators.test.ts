/** What operators write for each other reaches no visitor: all bytes of all answers, as they leave a server. */
import { createServer } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { expect, test } from "vitest";
import { createSecret, hashSecret } from "../../src/bypass/secret.ts";
import { withMaintenance } from "../../src/hosts/node.ts";
import { maintenanceMode } from "../../src/index.ts";
import { liveState } from "../../src/state/live-state.ts";
import { memoryStore } from "../../src/stores/memory.ts";
import { maintenanceMode as tinyMode } from "../../src/tiny.ts";
import type { MaintenanceMode, MaintenanceState } from "../../src/types/maintenance-state.ts";

const SECRET = createSecret();

/** Where the bytes of an answer could give something away. The instant is in all forms in which answers say one. */
const MARKERS = [
  "marker",
  "2001-02-03",
  "981173106",
  "03 Feb 2001",
  "February 3",
  "3 February",
  "3. Februar",
];

function stateOf(mode: MaintenanceMode, more: Partial<MaintenanceState> = {}): MaintenanceState {
  const own = { by: "by-marker", since: "2001-02-03T04:05:06Z", note: "note-marker" };
  return {
    mode,
    reason: { en: "New database", de: "Neue Datenbank" },
    ...own,
    bypass: hashSecret(SECRET),
    owner: "run 1@owner-marker x",
    former: { mode: "on", reason: "reason-marker", ...own },
    ...more,
  };
}

const REQUESTS: readonly [what: string, method: string, path: string, fields: readonly string[], body?: string][] = [
  ["a page", "GET", "/", ["Accept: text/html"]],
  ["a page in German", "GET", "/", ["Accept: text/html", "Accept-Language: de"]],
  ["JSON", "GET", "/", ["Accept: application/json"]],
  ["problem details", "POST", "/", ["Accept: application/problem+json"]],
  ["text", "GET", "/", ["Accept: text/plain"]],
  ["nothing but the head", "HEAD", "/", ["Accept: */*"]],
  ["a preflight", "OPTIONS", "/", ["Origin: https://app.test", "Access-Control-Request-Method: POST"]],
  ["an answer for another origin", "POST", "/", ["Origin: https://app.test", "Accept: application/json"]],
  [
    "GraphQL",
    "POST",
    "/graphql",
    ["Accept: application/graphql-response+json", "Content-Type: application/json"],
    "{}",
  ],
  ["gRPC", "POST", "/Service/Method", ["Content-Type: application/grpc-web+proto"]],
  ["tRPC", "GET", "/trpc/list?batch=1", ["Accept: */*", "trpc-accept: application/jsonl"]],
  ["htmx", "GET", "/", ["HX-Request: true"]],
  ["an event stream", "GET", "/", ["Accept: text/event-stream"]],
  ["the bypass link", "GET", `/?maintenance-bypass=${SECRET}`, []],
  ["a wrong bypass link", "GET", "/?maintenance-bypass=0123456789abcdefg", []],
  [
    "a wrong code in the form",
    "POST",
    "/",
    ["Accept: text/html", "Content-Type: application/x-www-form-urlencoded"],
    "maintenance-bypass=0123456789abcdefg",
  ],
  ["a visitor with the secret", "GET", "/", [`Maintenance-Bypass: ${SECRET}`]],
  ["the status", "GET", "/status", ["Origin: https://app.test"]],
  ["the notice", "GET", "/notice", []],
  ["another host", "GET", "/", ["Accept: text/html", "Cookie: maintenance-bypass=x"]],
];

/** Sends a request as it is written, and gives all bytes of the answer. */
async function send(port: number, request: (typeof REQUESTS)[number]): Promise<string> {
  const [, method, path, fields, body = ""] = request;
  const head = [`${method} ${path} HTTP/1.1`, "Host: site.test", "Connection: close", ...fields];
  return await new Promise<string>((resolve, reject) => {
    const socket = connect(port, "127.0.0.1");
    const parts: Uint8Array[] = [];
    const text = () => parts.map((part) => new TextDecoder().decode(part)).join("");
    socket.on("data", (part) => parts.push(part)).on("close", () => resolve(text())).on("error", reject);
    socket.write(`${head.join("\r\n")}\r\nContent-Length: ${body.length}\r\n\r\n${body}`);
  });
}

const FUTURE = new Date(Date.now() + 600_000).toISOString();
const LATER = new Date(Date.now() + 1_200_000).toISOString();

test.each<[what: string, state: MaintenanceState]>([
  ["closed", stateOf("on", { end: FUTURE })],
  ["closed, with an expected end", stateOf("on", { expectedEnd: FUTURE })],
  ["closed and overdue", stateOf("on", { expectedEnd: "2001-03-04T00:00:00Z" })],
  ["closed in part", stateOf("on", { urls: ["/", "/graphql"] })],
  ["read-only", stateOf("read-only")],
  ["about to be closed", stateOf("on", { start: FUTURE, expectedEnd: LATER })],
  ["closed by a window", { mode: "off", windows: { shop: stateOf("on"), blog: stateOf("read-only") } }],
])("no answer of a site that is %s holds what operators wrote for each other", async (_what, given) => {
  // As they stand in the store: setting them would date them anew.
  await using state = liveState(memoryStore(JSON.stringify(given)));
  await state.ready;
  expect(state.current).toEqual(given);
  const announce = { before: 3_600 };
  const maintenance = maintenanceMode({
    state,
    announce,
    site: { name: "Shop" },
    bypassForm: true,
    cors: { origins: ["https://app.test"] },
    ignoreUrls: ["/status", "/notice"],
  });
  const gates = [maintenance, tinyMode({ state, ignoreUrls: ["/status", "/notice"] })];
  let all = "";
  for (const gate of gates) {
    const app = (request: Request) => {
      const { pathname } = new URL(request.url);
      if (pathname === "/status") return gate.status(request);
      return pathname === "/notice" ? Response.json(gate.notice(request) ?? null) : new Response("app");
    };
    const server = createServer(withMaintenance(gate, app));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    for (const request of REQUESTS) {
      const answer = await send((server.address() as AddressInfo).port, request);
      expect(answer, request[0]).toMatch(/^HTTP\/1\.1 \d{3} /);
      for (const marker of MARKERS) expect(answer, request[0]).not.toContain(marker);
      all += answer;
    }
    server.close();
  }
  // The search finds what visitors may read.
  if (given.mode !== "off") expect(all).toContain("New database");
});
