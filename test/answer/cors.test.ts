import { expect, test } from "vitest";
import type { CorsOptions } from "../../src/answer/options.ts";
import { maintenanceMode } from "../../src/maintenance.ts";

const APP = "https://app.test";
const PREFLIGHT = { origin: APP, "access-control-request-method": "PUT" };

function answerTo(cors: boolean | CorsOptions | undefined, headers: Record<string, string>, method = "OPTIONS") {
  const gate = maintenanceMode({ enabled: true, retryAfter: 60, ...(cors !== undefined && { cors }) });
  const response = gate(new Request("https://site.test/api", { method, headers }))!;
  return [response.status, Object.fromEntries(response.headers)] as const;
}

const ours = (headers: Record<string, string>) =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => name.startsWith("access-control-") || name === "vary"));

test("cors answers a preflight of any origin without letting it send cookies", () => {
  const [status, headers] = answerTo(undefined, {
    ...PREFLIGHT,
    "access-control-request-headers": "authorization,x-a",
  });
  expect(status).toBe(204);
  expect(headers).toEqual({
    "access-control-allow-headers": "authorization,x-a",
    "access-control-allow-methods": "PUT",
    "access-control-allow-origin": "*",
    "access-control-max-age": "0",
    "cache-control": "no-store",
    "maintenance-mode": "on",
    "retry-after": "60",
    vary:
      "origin, access-control-request-method, access-control-request-headers, access-control-request-private-network",
  });
});

test("cors lets named origins send cookies, and others read nothing", () => {
  const cors = { origins: ["https://other.test", APP], credentials: true };
  expect(answerTo(cors, PREFLIGHT)).toMatchObject([204, {
    "access-control-allow-origin": APP,
    "access-control-allow-credentials": "true",
  }]);
  const [status, headers] = answerTo(cors, { ...PREFLIGHT, origin: "https://evil.test" });
  expect([status, headers["access-control-allow-origin"]]).toEqual([503, undefined]);
});

test("cors says for whom an answer is", () => {
  const cors = { origins: ["https://other.test", APP] };
  const accept = "application/json";
  expect(ours(answerTo(cors, { accept, origin: APP }, "GET")[1])).toEqual({
    "access-control-allow-origin": APP,
    "access-control-expose-headers": "retry-after, maintenance-mode",
    vary: "accept, accept-language, origin",
  });
  expect(ours(answerTo(cors, { accept }, "GET")[1])).toEqual({ vary: "accept, accept-language, origin" });
  expect(ours(answerTo(cors, { accept, origin: "null" }, "GET")[1])).toEqual({
    vary: "accept, accept-language, origin",
  });
});

test("cors gives each origin its own answer, again and again", () => {
  const origins = ["https://a.test", "https://b.test"];
  const gate = maintenanceMode({ enabled: true, cors: { origins } });
  const ask = (origin: string) =>
    gate(new Request("https://site.test/", { headers: { origin } }))!.headers.get("access-control-allow-origin");
  const asked = ["https://a.test", "https://b.test", "https://c.test", "https://b.test", "https://a.test"];
  expect(asked.map(ask)).toEqual(["https://a.test", "https://b.test", null, "https://b.test", "https://a.test"]);
});

test.each([
  ["https://pr-7.example.com", "https://pr-7.example.com"],
  ["https://xn--caf-dma.example.com", "https://xn--caf-dma.example.com"],
  ["http://dev.localhost:3000", "http://dev.localhost:3000"],
  ["https://app.test", "https://app.test"],
  ["https://example.com", null],
  ["https://.example.com", null],
  ["https://*.example.com", null],
  ["https://a.b.example.com", null],
  ["https://example.com.evil.net", null],
  ["https://a.example.com.evil.net", null],
  ["https://evil.net/.example.com", null],
  ["https://evil.net#.example.com", null],
  ["https://aexample.com", null],
  ["https://pr-7.example.com:8443", null],
  ["http://pr-7.example.com", null],
  ["http://dev.localhost", null],
  ["null", null],
])("cors with patterns lets %s read: %s", (origin, allowed) => {
  const origins = ["https://*.example.com", APP, "http://*.localhost:3000"];
  const gate = maintenanceMode({ enabled: true, cors: { origins, credentials: true } });
  const ask = (method: string) =>
    gate(new Request("https://site.test/", { method, headers: { ...PREFLIGHT, origin } }))!.headers;
  const asked = ["GET", "HEAD", "POST", "OPTIONS", "GET"].map((method) =>
    ask(method).get("access-control-allow-origin")
  );
  expect(asked).toEqual(Array(5).fill(allowed));
  expect(ask("OPTIONS").get("access-control-allow-credentials")).toBe(allowed && "true");
  expect(ask("GET").get("vary")).toContain("origin");
});

test("cors with a pattern gives an origin nothing of another one's answer", async () => {
  const gate = maintenanceMode({ enabled: true, cors: { origins: ["https://*.example.com"] } });
  const ask = (origin: string) => gate(new Request("https://site.test/", { headers: { origin } }))!;
  const [first, second] = [ask("https://a.example.com"), ask("https://b.example.com")];
  expect(first.headers.get("access-control-allow-origin")).toBe("https://a.example.com");
  expect(second.headers.get("access-control-allow-origin")).toBe("https://b.example.com");
  expect(await first.text()).toBe(await second.text());
});

test.each([
  ["https://*.example.com/", 'write "https://*.example.com"'],
  ["https://*.example.com/app", 'write "https://*.example.com"'],
  ["HTTPS://*.Example.com", 'write "https://*.example.com"'],
  ["https://*.example.com:443", 'write "https://*.example.com"'],
  ["*.example.com", 'write "https://*.example.com"'],
  ["app.example.com", 'write "https://app.example.com"'],
  ["localhost:3000", 'write "https://localhost:3000"'],
  ["https://pr-*.example.com", "an asterisk stands for the whole first label, and for that alone"],
  ["https://*example.com", "an asterisk stands for the whole first label, and for that alone"],
  ["https://a.*.example.com", "an asterisk stands for the whole first label, and for that alone"],
  ["https://*.*.example.com", "an asterisk stands for the whole first label, and for that alone"],
  ["https://*", "an asterisk stands for the whole first label, and for that alone"],
  ["https://*.", "an asterisk stands for the whole first label, and for that alone"],
  ["*", 'leave "origins" out to mean all'],
])("cors refuses the origin %j, which no browser sends, and says what to write", (origin, hint) => {
  expect(() => maintenanceMode({ cors: { origins: [origin] } })).toThrow(
    'Cannot create maintenance mode: "cors.origins[0]" must be an origin such as "https://app.example.com" or ' +
      `"https://*.example.com", received ${JSON.stringify(origin)}: ${hint}`,
  );
});

test("cors that is off says nothing, and answers a preflight like any other request", () => {
  const [status, headers] = answerTo(false, { ...PREFLIGHT, accept: "text/html" });
  expect([status, ours(headers)]).toEqual([503, { vary: "accept, content-type, accept-language" }]);
});

test.each([
  [true, "true"],
  [{ privateNetwork: false }, undefined],
])("cors %j answers who asks from a public into a private network: %s", (cors, field) => {
  const [, headers] = answerTo(cors, { ...PREFLIGHT, "access-control-request-private-network": "true" });
  expect(headers["access-control-allow-private-network"]).toBe(field);
});

test.each([
  ["no origin", { "access-control-request-method": "PUT" }],
  ["no method", { origin: APP }],
  ["names beyond measure", { ...PREFLIGHT, "access-control-request-headers": "x".repeat(3_000) }],
  ["a method beyond measure", { ...PREFLIGHT, "access-control-request-method": "x".repeat(3_000) }],
])("cors takes OPTIONS with %s for no preflight", (_what, headers) => {
  expect(answerTo(true, headers as Record<string, string>)[0]).toBe(503);
});

test("cors names in Vary of a preflight what the user's own fields make it depend on, too", () => {
  const gate = maintenanceMode({ enabled: true, headers: { vary: "x-tenant" } });
  expect(gate(new Request("https://site.test/", { method: "OPTIONS", headers: PREFLIGHT }))!.headers.get("vary")).toBe(
    "origin, access-control-request-method, access-control-request-headers, access-control-request-private-network, x-tenant",
  );
});

test("cors answers a preflight instead of redirecting it, which no browser follows", () => {
  const gate = maintenanceMode({ enabled: true, redirectUrl: "/closed" });
  expect(gate(new Request("https://site.test/", { method: "OPTIONS", headers: PREFLIGHT }))?.status).toBe(204);
});

test("cors gives way to fields of headers", () => {
  const gate = maintenanceMode({ enabled: true, headers: { "access-control-allow-origin": APP } });
  const fields = ["GET", "OPTIONS"].map((method) =>
    gate(new Request("https://site.test/", { method, headers: PREFLIGHT }))!.headers.get("access-control-allow-origin")
  );
  expect(fields).toEqual([APP, APP]);
});

test.each<[unknown, string]>([
  ["*", 'must be true, false or { "origins": ["https://…"] }, received "*"'],
  [null, "received null"],
  [{ origin: APP }, 'unknown name "origin" in "cors": did you mean "origins"?'],
  [{ origins: [] }, '"cors.origins" must be an array of at least one origin, received an array: write "cors: false"'],
  [{ origins: APP }, '"cors.origins" must be an array of at least one origin, received "https://app.test"'],
  [
    { origins: [`${APP}/`] },
    `"cors.origins[0]" must be an origin such as "https://app.example.com" or "https://*.example.com", received "${APP}/": write "${APP}"`,
  ],
  [{ origins: [APP, "*"] }, '"cors.origins[1]" must be an origin'],
  [{ origins: ["null"] }, '"cors.origins[0]" must be an origin'],
  [{ origins: [APP], credentials: "yes" }, '"cors.credentials" must be true or false, received "yes"'],
  [
    { credentials: true },
    '"cors.origins" must be given beside "cors.credentials", received undefined: name the origins that may',
  ],
  [{ privateNetwork: 1 }, '"cors.privateNetwork" must be true or false, received 1'],
])("cors refuses %j", (cors, message) => {
  expect(() => maintenanceMode({ cors: cors as boolean })).toThrow(message);
});
