import { build } from "esbuild";
import { Miniflare } from "miniflare";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { until } from "../_until.ts";

let worker: Miniflare;
beforeAll(async () => {
  const { outputFiles: [bundle] } = await build({
    entryPoints: [join(import.meta.dirname, "hono.worker.ts")],
    bundle: true,
    format: "esm",
    platform: "neutral",
    mainFields: ["module", "main"],
    conditions: ["workerd"],
    write: false,
    logLevel: "error",
  });
  worker = new Miniflare({
    modules: true,
    script: bundle!.text,
    compatibilityDate: "2026-07-01",
    cf: false,
    kvNamespaces: ["KV"],
    // A name that means something on other servers.
    bindings: { incoming: "a binding" },
  });
});
afterAll(() => worker.dispose());

const set = async (state: object) =>
  await (await worker.getKVNamespace("KV")).put("maintenancemode", JSON.stringify(state));
const ask = (path = "/", headers: Record<string, string> = {}) =>
  worker.dispatchFetch(`http://site.test${path}`, { headers });
const statusOf = async (headers?: Record<string, string>) => {
  const response = await ask("/", headers);
  await response.text();
  return response.status;
};

describe("maintenanceMiddleware() of /hono in a Worker", () => {
  test("closes at its first request, and opens when the state has changed", async () => {
    await set({ mode: "on" });
    expect(await statusOf()).toBe(503);
    await set({ mode: "off" });
    await until(async () => await statusOf() === 200, "it is open");
    await set({ mode: "on" });
    await until(async () => await statusOf() === 503, "it is closed");
  });

  test("takes the address from Cloudflare, and staff from Hono", async () => {
    expect(await statusOf({ "cf-connecting-ip": "203.0.113.7" })).toBe(200);
    expect(await statusOf({ "x-forwarded-for": "203.0.113.7" })).toBe(503);
    expect(await statusOf({ "x-user": "visitor" })).toBe(503);
    const response = await ask("/", { "x-user": "staff" });
    expect([response.status, await response.text()]).toEqual([200, "app"]);
    expect(response.headers.get("cache-control")).toBe("private, no-store");
  });

  test("refuses a WebSocket, and leaves that of staff as it is", async () => {
    const upgrade = { upgrade: "websocket", "x-user": "staff" };
    const { status, webSocket } = await ask("/socket", upgrade);
    expect(status).toBe(101);
    webSocket!.accept();
    const answered = new Promise((resolve) => webSocket!.addEventListener("message", ({ data }) => resolve(data)));
    webSocket!.send("hello");
    expect(await answered).toBe("hello");
    webSocket!.close();
    expect((await ask("/socket", { upgrade: "websocket" })).status).toBe(503);
  });
});
