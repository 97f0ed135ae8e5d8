/**
 * What all apps under test share. Each has these routes, made with the framework's own means:
 *
 * - `GET /`: HTML with "Hello from the app", and the field `Cache-Control: public, max-age=60`
 * - `GET /health`: text, `health(query)`. It always passes.
 * - `GET /slow`: text "slow\n" after `hold()`
 * - `GET /stream`: text "first\n" at once, and "last\n" after `hold()`
 * - `POST /echo`: the body that came
 * - `GET /facts`: JSON `{ ip, cookie, user }`: the client's address, the cookie `probe`, and the user that was found before
 *   or behind the gate, by the framework's own helpers; it sets the cookie `app=1` with the framework's own helper
 * - `GET /fail`: throws
 * - `/asset.txt`: a static file, "asset\n"
 * - `GET /prerendered`: a page that was built before, with "prerendered" in it
 * - `/socket`: a WebSocket that sends back what it gets
 *
 * The cookie `session=staff` makes the user "staff", in whatever way the framework keeps users.
 */
import process from "node:process";
import { maintenanceMode } from "maintenancemode";
import { liveState } from "maintenancemode/state";
import { fileStore } from "maintenancemode/stores/file";

// A bundler may copy this module into several bundles of one process.
const kit = globalThis.kit ??= makeKit();

function makeKit() {
  const state = liveState(fileStore(process.env.STORE));
  const maintenance = maintenanceMode({ state, ignoreUrls: ["/health"], internalIps: ["203.0.113.7"] });
  return { state, maintenance, waiting: new Set() };
}

export const { state, maintenance } = kit;

/** The options of every adapter, beside `isStaff`. */
export const options = { trustProxy: ["loopback"] };

/** Waits until the test lets all go on. */
export function hold() {
  return new Promise((resolve) => kit.waiting.add(resolve));
}

/** The answer of `/health`, by the query of its URL, with or without its question mark. */
export function health(query) {
  const params = new URLSearchParams(query);
  if (params.has("held")) return `${kit.waiting.size}\n`;
  if (params.has("release")) {
    for (const resolve of kit.waiting) resolve();
    kit.waiting.clear();
  }
  return "ok\n";
}

/** The user of a session, by the cookies of a request. */
export function userOf(cookies) {
  return /(?:^|; ?)session=staff(?:;|$)/.test(cookies ?? "") ? "staff" : undefined;
}

/** The body of `/stream`. */
export function makeStream() {
  const encoder = new TextEncoder();
  return new ReadableStream({
    start: (controller) => controller.enqueue(encoder.encode("first\n")),
    async pull(controller) {
      await hold();
      controller.enqueue(encoder.encode("last\n"));
      controller.close();
    },
  }, { highWaterMark: 0 });
}
