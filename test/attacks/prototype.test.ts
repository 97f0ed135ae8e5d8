import { expect, test } from "vitest";
import { hashSecret } from "../../src/bypass/secret.ts";
import { maintenanceMiddleware } from "../../src/hosts/connect.ts";
import { withMaintenance } from "../../src/hosts/deno.ts";
import { createGuard } from "../../src/hosts/fetch.ts";
import { type Maintenance, maintenanceMode } from "../../src/index.ts";
import { liveState } from "../../src/state/live-state.ts";
import { memoryStore } from "../../src/stores/memory.ts";
import { maintenanceMode as tinyMode } from "../../src/tiny.ts";
import type { LiveState } from "../../src/types/live-state.ts";

const SECRET = "correct-horse-battery";

/** Each would let the request of the tests below in, if it were an option or a field of the state. */
const OPENING: readonly (readonly [string, unknown])[] = [
  ["internalIps", ["0.0.0.0/0"]],
  ["ignoreUrls", ["/*"]],
  ["allow", () => true],
  ["bypassSecret", SECRET],
  ["reads", ["/*"]],
  ["isStaff", () => true],
  ["isInternal", () => true],
  ["isIgnored", () => true],
  ["trustProxy", ["127.0.0.0/8"]],
  ["urls", ["/other"]],
  ["admit", 1],
  ["end", "2020-01-01T00:00:00Z"],
  ["start", "2200-01-01T00:00:00Z"],
  ["bypass", hashSecret(SECRET)],
];

/** The status that the middleware answers, or "app". */
function throughMiddleware(maintenance: Maintenance): Promise<unknown> {
  const headers = { "maintenance-bypass": SECRET, "x-forwarded-for": "10.0.0.1" };
  const req = { method: "POST", url: "/", headers, socket: { remoteAddress: "127.0.0.1" } };
  return new Promise((resolve) => {
    const res = { writeHead: (status: number) => resolve(status), end() {} };
    maintenanceMiddleware(maintenance, {})(req, res, () => resolve("app"));
  });
}

test.each(OPENING)("%s on Object.prototype opens no gate and no state that is made later", async (name, value) => {
  const request = () =>
    new Request("http://site.test/", {
      method: "POST",
      headers: { "maintenance-bypass": SECRET, "x-forwarded-for": "10.0.0.1" },
    });
  Object.defineProperty(Object.prototype, name, { value, configurable: true, writable: true });
  const opened: LiveState[] = [];
  try {
    for (const mode of ["on", "read-only"]) {
      const state = liveState(memoryStore(`{ "mode": "${mode}" }`));
      opened.push(state);
      await state.ready;
      for (const make of [maintenanceMode, tinyMode]) {
        const maintenance = make({ state, onError() {}, ...name === "trustProxy" && { internalIps: ["10.0.0.0/8"] } });
        const handler = withMaintenance(maintenance, () => new Response("app"), {});
        const info = { remoteAddr: { hostname: "127.0.0.1" } };
        const guarded = await createGuard(maintenance, {})(request(), {
          next: () => new Response("app"),
          peerIp: "127.0.0.1",
        });
        expect([
          maintenance(request(), { clientIp: "127.0.0.1" })?.status,
          (await handler(request(), info)).status,
          guarded.status,
          await throughMiddleware(maintenance),
        ]).toEqual([503, 503, 503, 503]);
      }
    }
  } finally {
    delete (Object.prototype as unknown as Record<string, unknown>)[name];
    await Promise.all(opened.map((state) => state.close()));
  }
});
