import { expect, test } from "vitest";
import { maintenanceMode } from "../../src/maintenance.ts";

const ERROR = {
  message: "We are working on this site and will be back soon.",
  code: -32603,
  data: { code: "SERVICE_UNAVAILABLE", httpStatus: 503, mode: "on" },
};
const ONE = { error: { ...ERROR, json: ERROR } };

async function answerTo(path: string, headers: Record<string, string> = {}, method = "GET"): Promise<unknown> {
  const gate = maintenanceMode({ enabled: true });
  const response = gate(new Request(`https://site.test${path}`, { method, headers }))!;
  return response.headers.get("content-type") === "application/json" ? await response.json() : "no JSON";
}

test.each<[string, Record<string, string>, number | undefined]>([
  ["/trpc/hello", { accept: "*/*" }, undefined],
  ["/trpc/hello?input=1", {}, undefined],
  ["/api/trpc/hello?batch=1", { accept: "*/*" }, 1],
  ["/api/trpc/hello,shop.open,shop.open?batch=1", { accept: "*/*" }, 3],
  ["/api/trpc/a,b?batch=1", { accept: "*/*", "trpc-accept": "application/jsonl" }, undefined],
  ["/api/trpc/a,b?batch=1", { accept: "application/jsonl" }, undefined],
  ["/rpc/a,b?x=1&batch=1&input=%7B%7D", { accept: "*/*" }, 2],
  ["/rpc/a,b?batch=1", { accept: "*/*", "trpc-accept": "application/jsonl" }, undefined],
  [`/trpc/${"a,".repeat(49)}a?batch=1`, { accept: "*/*" }, 50],
  // As long as the answer stays short: clients take one error for all calls, too.
  [`/trpc/${"a,".repeat(4_000)}a?batch=1`, { accept: "*/*" }, undefined],
])("gate answers tRPC at %s with %o as many times as it asks", async (path, headers, calls) => {
  expect(await answerTo(path, headers)).toEqual(calls === undefined ? ONE : Array(calls).fill(ONE));
});

test.each<[string, Record<string, string>]>([
  ["/trpc/hello", { accept: "text/html" }],
  ["/trpc/hello", { accept: "text/plain" }],
  ["/trpc/hello", { accept: "text/event-stream" }],
  ["/trpc/hello", { upgrade: "websocket" }],
  ["/trpc", { accept: "*/*" }],
  ["/?next=/trpc/hello", { accept: "*/*" }],
  ["/items?batch=1", { accept: "*/*" }],
  ["/items?input=1", { accept: "*/*" }],
])("gate takes %s with %o for something else than tRPC", async (path, headers) => {
  expect(await answerTo(path, headers)).toBe("no JSON");
});
