/** "My address is allowed, and I still get 503": behind a proxy that the options do not name. */
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { describe, expect, test, vi } from "vitest";
import * as cloudflare from "../../src/hosts/cloudflare.ts";
import { withMaintenance } from "../../src/hosts/deno.ts";
import * as anyHost from "../../src/hosts/fetch.ts";
import { maintenanceMode } from "../../src/maintenance.ts";
import { hasFromNpm } from "../_needs.ts";
import { commandsOf } from "./_fixture.ts";
import type { Case, Outcome } from "./proxy-hint.fixture.ts";

const { deno, bun, node } = commandsOf("proxy-hint");

const KINDS: Record<string, readonly [command: readonly string[], kind: string]> = {
  Deno: [deno, "deno"],
  Bun: [bun, "bun"],
  "withMaintenance() in Node 20": [node("node20"), "node"],
  "withMaintenance() in Node": [node("node"), "node"],
  "maintenanceMiddleware() in Node": [node("node"), "connect"],
};

const ON = { mode: "on" } as const;
const internalIps = ["203.0.113.7"];
const OFFICE = { "x-forwarded-for": "203.0.113.7" };
const VISITOR = { "x-forwarded-for": "192.0.2.1" };

const ends =
  'If that is your proxy, set trustProxy: ["127.0.0.1"]. If you have none, set trustProxy: []. This is said once.';
const hintOf = (field: string) =>
  `maintenancemode: a request comes from 127.0.0.1 with ${field}, and "trustProxy" is not set: the gate takes 127.0.0.1 for ` +
  `the client, and compares "internalIps" with it. ${ends}`;
const HINT_OF_ALL =
  `maintenancemode: a request comes from 127.0.0.1 with X-Forwarded-For, and "trustProxy" is not set: the gate takes ` +
  `127.0.0.1 for the client, which "internalIps" lets in. ${ends}`;

const CASES: Record<string, [Case, Outcome]> = {
  "an allowed visitor gets 503, and one line says why, once": [
    { state: ON, internalIps, requests: [{}, OFFICE, OFFICE, VISITOR] },
    [[503, 503, 503, 503], [hintOf("X-Forwarded-For")]],
  ],
  "the same with the addresses of the state": [
    { state: { mode: "on", internalIps }, requests: [VISITOR] },
    [[503], [hintOf("X-Forwarded-For")]],
  ],
  "the same with Forwarded": [
    { state: ON, internalIps, requests: [{ forwarded: "for=203.0.113.7;proto=https" }] },
    [[503], [hintOf("Forwarded")]],
  ],
  "the same with X-Real-IP": [
    { state: ON, internalIps, requests: [{ "x-real-ip": "203.0.113.7" }] },
    [[503], [hintOf("X-Real-IP")]],
  ],
  "the same with the field of the options": [
    {
      state: ON,
      internalIps,
      host: { forwardedHeader: "fly-client-ip" },
      requests: [{ "fly-client-ip": "203.0.113.7" }],
    },
    [[503], [hintOf("fly-client-ip")]],
  ],
  "another field than that of the options says nothing": [
    { state: ON, internalIps, host: { forwardedHeader: "fly-client-ip" }, requests: [OFFICE] },
    [[503], []],
  ],
  "a proxy whose own address is allowed lets everybody in, and the line says so": [
    { state: ON, internalIps: ["127.0.0.0/8"], requests: [{}, VISITOR, VISITOR] },
    [[200, 200, 200], [HINT_OF_ALL]],
  ],
  "a client behind the proxy who is allowed as well makes no difference": [
    { state: ON, internalIps: ["127.0.0.0/8", "203.0.113.7"], requests: [OFFICE] },
    [[200], []],
  ],
  "with trustProxy there is nothing to say": [
    { state: ON, internalIps, host: { trustProxy: ["loopback"] }, requests: [OFFICE, VISITOR] },
    [[200, 503], []],
  ],
  "without any proxy, trustProxy: [] says so": [
    { state: ON, internalIps, host: { trustProxy: [] }, requests: [OFFICE] },
    [[503], []],
  ],
  "without internalIps the address makes no difference": [{ state: ON, requests: [VISITOR] }, [[503], []]],
  "a field without an address comes from no proxy": [
    { state: ON, internalIps, requests: [{ "x-forwarded-for": "<b>unknown</b>" }, { "x-forwarded-for": "" }] },
    [[503, 503], []],
  ],
  "nothing is said while maintenance is off": [
    { state: { mode: "off" }, internalIps, requests: [OFFICE] },
    [[200], []],
  ],
};

describe.each(Object.entries(KINDS))("%s", (name, [command, kind]) => {
  test.skipIf(!hasFromNpm(name, command[0]!))("says once where a proxy is that the options do not name", async () => {
    const cases = JSON.stringify(Object.values(CASES).map(([given]) => given));
    const { stdout } = await promisify(execFile)(command[0]!, [...command.slice(1), kind, cases]);
    const outcomes = JSON.parse(stdout) as Outcome[];
    expect(Object.fromEntries(Object.keys(CASES).map((title, index) => [title, outcomes[index]]))).toEqual(
      Object.fromEntries(Object.entries(CASES).map(([title, [, expected]]) => [title, expected])),
    );
  });
});

test.each([
  ["an IPv4 address in IPv6", "::ffff:10.0.0.7", "10.0.0.7"],
  ["an IPv6 address", "2001:db8::7", "2001:db8::7"],
  ["an address with a zone", "fe80::7%eth0", "fe80::7"],
])("the line names a proxy with %s as trustProxy takes it", async (_, hostname, named) => {
  const warn = vi.spyOn(console, "warn").mockImplementation(() => {});
  const maintenance = maintenanceMode({ enabled: true, internalIps });
  const request = new Request("http://site.test/", { headers: OFFICE });
  const ask = (options: Case["host"]) =>
    withMaintenance(maintenance, () => new Response("the site"), options)(request, { remoteAddr: { hostname } });
  expect((await ask({})).status).toBe(503);
  // Another helper in front of the same gate says nothing again.
  expect((await ask({})).status).toBe(503);
  expect(warn.mock.calls).toEqual([[expect.stringContaining(`set trustProxy: [${JSON.stringify(named)}].`)]]);
  expect((await ask({ trustProxy: [named] })).status).toBe(200);
  warn.mockRestore();
});

test("a host or router that gives the peer's address says the same", async () => {
  const warn = vi.spyOn(console, "warn").mockImplementation(() => {});
  const maintenance = maintenanceMode({ enabled: true, internalIps });
  const app = () => new Response("the site");
  const request = new Request("http://site.test/", { headers: OFFICE });
  const response = anyHost.withMaintenance(maintenance, app, { peerIp: () => "10.0.0.7" })(request);
  expect((await response).status).toBe(503);
  expect(warn.mock.calls).toEqual([[expect.stringContaining('set trustProxy: ["10.0.0.7"].')]]);
  warn.mockRestore();
});

test("a Worker says nothing: Cloudflare writes these fields, and tells the client's address", async () => {
  const warn = vi.spyOn(console, "warn").mockImplementation(() => {});
  const maintenance = maintenanceMode({ enabled: true, internalIps });
  const headers = { "cf-connecting-ip": "192.0.2.1", "x-forwarded-for": "203.0.113.7" };
  const request = new Request("http://site.test/", { headers });
  const response = cloudflare.withMaintenance(maintenance, () => new Response("the site"))(request, {}, {});
  expect((await response).status).toBe(503);
  expect(warn).not.toHaveBeenCalled();
  warn.mockRestore();
});
