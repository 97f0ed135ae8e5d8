/** Requests as no browser sends them: with targets and hosts that programs may read in more than one way. */
import assert from "node:assert/strict";
import { connect } from "node:net";
import type { Site } from "./site.ts";

/** The host and the target of a request. */
export type Target = readonly [host: string, target: string];

/** Each may be `/health` for the gate, which passes, and `/facts` for the app. */
export const MADE_UP: readonly Target[] = [
  ["x/health?", "/facts"],
  ["x/health?", "/"],
  ["x/health#", "/facts"],
  ["u@x/health?", "/facts"],
  ["x\\health?", "/facts"],
  ["x", "/health?/facts"],
  ["a.b", "/health?/facts"],
  ["x", "/health/facts"],
  ["site.test", "http://x/health?/facts"],
  ["site.test", "http://x/health#/../facts"],
  ["site.test", "//x/health?/facts"],
  ["site.test", "/health#/../facts"],
  ["site.test", "/health\\..\\facts"],
  ["site.test", "/health/../facts"],
  ["site.test", "/health%2f..%2ffacts"],
  ["site.test", "/health;/../facts"],
];

/** Each may be `/facts` for an app. */
export const SPELLINGS: readonly Target[] = [
  ["site.test", "/facts"],
  ["site.test", "/facts/"],
  ["site.test", "/facts?/health"],
  ["site.test", "/%66acts"],
  ["site.test", "/%2566acts"],
  ["site.test", "/FACTS"],
  ["site.test", "//facts"],
  ["site.test", "/x/../facts"],
  ["site.test", "/x/%2e%2e/facts"],
  ["site.test", "/x\\..\\facts"],
  ["site.test", "/facts;x"],
  ["site.test", "/facts%3fx"],
  ["site.test", "/facts%20"],
  ["site.test", "/facts#x"],
  ["site.test", "/facts%00"],
  ["site.test", "http://site.test/facts"],
  ["x/other?", "/facts"],
  ["x", "/other?/facts"],
];

/** Sends a request over a socket of its own, and returns all that comes back. */
export function send(port: number, [host, target]: Target, method = "GET"): Promise<string> {
  return new Promise((resolve) => {
    let text = "";
    const socket = connect(port, "127.0.0.1");
    socket.setTimeout(10_000, () => socket.destroy());
    socket.setEncoding("latin1").on("data", (data) => text += data);
    socket.on("error", () => {});
    socket.on("close", () => resolve(text));
    socket.write(`${method} ${target} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`);
  });
}

/** Expects that none of these requests gets to the app's pages. */
export async function expectNothing({ port }: Site, targets: readonly Target[]): Promise<void> {
  const open: Target[] = [];
  for (const target of targets) if (/"ip":|Hello from the app/.test(await send(port, target))) open.push(target);
  assert.deepEqual(open, []);
}
