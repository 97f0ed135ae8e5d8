import { expect, onTestFinished, test } from "vitest";
import { maintenanceMode } from "../../src/index.ts";
import type { MaintenanceOptions } from "../../src/index.ts";
import { liveState, type MaintenanceState } from "../../src/state.ts";
import { memoryStore } from "../../src/stores/memory.ts";
import { optionError } from "../_errors.ts";

/** What a gate explains of a request, given as its method and its path, while the site is read-only. */
async function explaining(
  state: Partial<MaintenanceState> = {},
  options: MaintenanceOptions = {},
): Promise<(request: string, headers?: HeadersInit) => string> {
  const live = liveState(memoryStore());
  onTestFinished(() => live.close());
  await live.set({ mode: "read-only", ...state });
  const maintenance = maintenanceMode({ ...options, state: live });
  return (text, headers = {}) => {
    const [method, path] = text.split(" ");
    const request = new Request(`http://site.test${path}`, { method: method!, headers });
    const { outcome, because, matched } = maintenance.explain(request);
    expect(maintenance(request) === undefined).toBe(outcome === "pass");
    return [outcome, because, matched].filter((part) => part !== undefined).join(" ");
  };
}

const PASS = "pass safe-method";
const ANSWER = "answer read-only";

test("while read-only, the methods pass that IANA registers as safe", async () => {
  const ask = await explaining();
  for (const method of ["GET", "HEAD", "OPTIONS", "PROPFIND", "QUERY", "REPORT", "SEARCH"]) {
    expect(ask(`${method} /a`)).toBe(PASS);
  }
  for (const method of ["POST", "PUT", "PATCH", "DELETE", "PROPPATCH", "MKCOL", "LOCK", "BREW", "propfind"]) {
    expect(ask(`${method} /a`)).toBe(ANSWER);
  }
});

test("reads of the options and of the state pass while read-only, and explain() names the pattern", async () => {
  const ask = await explaining({ reads: ["POST /graphql"] }, { reads: ["POST /search", /^\/find/] });
  expect(ask("POST /graphql")).toBe(`${PASS} POST /graphql`);
  expect(ask("POST /search")).toBe(`${PASS} POST /search`);
  expect(ask("PUT /find/it")).toBe(`${PASS} /^\\/find/`);
  // Its method lets it pass, not the pattern.
  expect(ask("GET /find/it")).toBe(PASS);
  expect(ask("PUT /search")).toBe(ANSWER);
});

test("writes of the options and of the state are answered while read-only, and explain() names the pattern", async () => {
  const ask = await explaining({ writes: ["GET /logout"] }, { writes: ["/cron/*"] });
  expect(ask("GET /logout")).toBe(`${ANSWER} GET /logout`);
  expect(ask("HEAD /logout")).toBe(`${ANSWER} GET /logout`);
  expect(ask("GET /cron/daily")).toBe(`${ANSWER} /cron/*`);
  expect(ask("OPTIONS /logout")).toBe(PASS);
  expect(ask("GET /login")).toBe(PASS);
});

test("writes win over reads, wherever each stands", async () => {
  const ofState = await explaining({ writes: ["POST /api/*"] }, { reads: ["POST /api/search"] });
  expect(ofState("POST /api/search")).toBe(`${ANSWER} POST /api/*`);
  const ofOptions = await explaining({ reads: ["/api/search"] }, { writes: ["POST /api/*"] });
  expect(ofOptions("POST /api/search")).toBe(`${ANSWER} POST /api/*`);
});

test("writes hold for every spelling that an app may take for the same URL", async () => {
  const ask = await explaining({}, { writes: ["GET /logout"] });
  for (const path of ["/LOGOUT", "/%6cogout", "/logout/", "//logout", "/logout;a=b", "/x/..%2flogout"]) {
    expect(ask(`GET ${path}`)).toBe(`${ANSWER} GET /logout`);
  }
});

test("a WebSocket does not pass while read-only, not even by reads", async () => {
  const ask = await explaining({ reads: ["/live"] }, { ignoreUrls: ["GET /open"] });
  expect(ask("GET /live", { connection: "upgrade", upgrade: "websocket" })).toBe(ANSWER);
  expect(ask("GET /open", { connection: "upgrade", upgrade: "websocket" })).toBe("pass ignored-url GET /open");
});

test("a method in ignoreUrls opens that method alone, and its preflight", async () => {
  const ask = await explaining({ mode: "on", ignoreUrls: ["POST /webhook"] }, { ignoreUrls: ["POST /session"] });
  expect(ask("POST /session")).toBe("pass ignored-url POST /session");
  expect(ask("POST /webhook")).toBe("pass ignored-url POST /webhook");
  expect(ask("DELETE /session")).toBe("answer maintenance");
  const asks = (method: string) => ({ origin: "https://a.test", "access-control-request-method": method });
  expect(ask("OPTIONS /webhook", asks("POST"))).toBe("pass ignored-url POST /webhook");
  expect(ask("OPTIONS /webhook", asks("DELETE"))).toBe("answer maintenance");
  expect(ask("OPTIONS /webhook")).toBe("answer maintenance");
});

test("a method in urls closes that method alone", async () => {
  const ask = await explaining({ mode: "on", urls: ["POST,PUT /shop/*"] });
  expect(ask("POST /shop/cart")).toBe("answer maintenance");
  expect(ask("PUT /SHOP/cart")).toBe("answer maintenance");
  expect(ask("GET /shop/cart")).toBe("pass off");
  // The gate's own answer lets the browser read why the request is refused.
  const asks = { origin: "https://a.test", "access-control-request-method": "POST" };
  expect(ask("OPTIONS /shop/cart", asks)).toBe("answer maintenance");
});

test("reads and writes say nothing while the site is closed", async () => {
  const ask = await explaining({ mode: "on", reads: ["/a"] }, { reads: ["/b"] });
  expect([ask("GET /a"), ask("GET /b")]).toEqual(["answer maintenance", "answer maintenance"]);
});

test.each<[MaintenanceOptions, string]>([
  [{ reads: ["post /graphql"] }, '"reads[0]" must be a pattern behind its methods'],
  [{ writes: "GET /logout" as never }, '"writes" must be an array'],
  [{ writes: ["logout"] }, '"writes[0]" must be a path pattern'],
])("maintenanceMode() refuses %o", (options, message) => {
  expect(() => maintenanceMode(options)).toThrow(optionError(expect.stringContaining(message)));
});
