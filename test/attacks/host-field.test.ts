import { createServer } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { maintenanceMiddleware } from "../../src/hosts/connect.ts";
import { withMaintenance } from "../../src/hosts/node.ts";
import { liveState } from "../../src/state/live-state.ts";
import { maintenanceMode } from "../../src/maintenance.ts";
import { memoryStore } from "../../src/stores/memory.ts";
import type { LiveState } from "../../src/types/live-state.ts";
import type { Maintenance } from "../../src/gate/maintenance.ts";

/** The status of a request over a socket, with a Host field as it is written. */
async function statusOf(listener: Parameters<typeof createServer>[1], target: string, host: string): Promise<number> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  try {
    const answer = await new Promise<string>((resolve, reject) => {
      const socket = connect((server.address() as AddressInfo).port, "127.0.0.1");
      let text = "";
      socket.on("data", (data) => text += data.toString("latin1")).on("close", () => resolve(text)).on("error", reject);
      socket.write(`GET ${target} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`);
    });
    return Number(answer.split(" ")[1]);
  } finally {
    server.close();
  }
}

const listeners: Record<string, (gate: Maintenance) => Parameters<typeof createServer>[1]> = {
  "withMaintenance()": (gate) => withMaintenance(gate, () => new Response("app")),
  "maintenanceMiddleware()": (gate) => {
    const guard = maintenanceMiddleware(gate);
    return (req, res) => guard(req, res, () => res.end("app"));
  },
};

const PLAIN_HOSTS = [
  "example.com",
  "Example.COM",
  "LOCALHOST",
  "EXAMPLE.com:8080",
  "example.com:80",
  "example.com.",
  "example.com:",
  "127.0.0.1",
  "[::1]",
  "[::1]:80",
  "[2001:DB8::A]:8080",
  "[::ffff:127.0.0.1]:3000",
  "",
];

describe.each(Object.entries(listeners))("node %s", (_name, listen) => {
  let state: LiveState;
  beforeEach(async () => {
    state = await liveState(memoryStore('{"mode":"on","urls":["/shop*"],"ignoreUrls":["/shop/health"]}'));
  });
  afterEach(() => state.close());

  test.each(PLAIN_HOSTS)("ignores a URL whatever way its host is written: %j", async (host) => {
    const gate = maintenanceMode({ enabled: true, ignoreUrls: ["/health", /^\/status$/], onError() {} });
    expect(await statusOf(listen(gate), "/health", host)).toBe(200);
    expect(await statusOf(listen(gate), "/status?a", host)).toBe(200);
    expect(await statusOf(listen(gate), "/", host)).toBe(503);
  });

  test.each(PLAIN_HOSTS)("closes no more than the state says whatever way the host is written: %j", async (host) => {
    const listener = listen(maintenanceMode({ state, onError() {} }));
    expect(await statusOf(listener, "/", host)).toBe(200);
    expect(await statusOf(listener, "/shop/health", host)).toBe(200);
    expect(await statusOf(listener, "/shop", host)).toBe(503);
    expect(await statusOf(listener, "/SHOP/a", host)).toBe(503);
  });
});

const MOVING_HOSTS = [
  "x/health?",
  "X/health#",
  "x\\health?",
  "[::1]/health?",
  "[::1/health?]",
  "[::1]x/health?",
  "[/health?::1]",
  "u@x/health?",
  "x:80/health?",
  "[::1]:80/health?",
  "X@y",
  "x:80:80",
  "[::1",
  "::1]",
  "X%41",
];

describe.each(Object.entries(listeners))("node %s", (_name, listen) => {
  test.each(MOVING_HOSTS)("lets no rule hold for %j, which is no host", async (host) => {
    const gate = maintenanceMode({ enabled: true, ignoreUrls: ["/health", "/*"], onError() {} });
    expect(await statusOf(listen(gate), "/health", host)).toBe(503);
    expect(await statusOf(listen(gate), "/admin", host)).toBe(503);
  });

  test.each(MOVING_HOSTS)("keeps what is closed closed for %j, which is no host", async (host) => {
    for (const part of ['"urls":["http://site.test/*"]', '"hosts":["site.test"]']) {
      const state = await liveState(memoryStore(`{"mode":"on",${part}}`));
      expect(await statusOf(listen(maintenanceMode({ state, onError() {} })), "/", host)).toBe(503);
      state.close();
    }
  });

  test.each(["site.test", "SITE.test", "site.test.", "Site.Test.:80", "site.test:8080"])(
    "keeps a host closed whatever way it is written, also behind a proxy that ends TLS: %j",
    async (host) => {
      for (
        const part of ['"urls":["https://site.test/*"]', '"urls":["http://Site.test.:81/*"]', '"hosts":["site.test"]']
      ) {
        const state = await liveState(memoryStore(`{"mode":"on",${part}}`));
        const listener = listen(maintenanceMode({ state, onError() {} }));
        expect(await statusOf(listener, "/a", host)).toBe(503);
        expect(await statusOf(listener, "/a", `www.${host}`)).toBe(200);
        expect(await statusOf(listener, "/a%2Fb", `www.${host}`)).toBe(200);
        state.close();
      }
    },
  );
});
