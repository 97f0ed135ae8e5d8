import connect from "connect";
import express from "express";
import { describe, expect, test, vi } from "vitest";
import { RequestTracker } from "../../src/counting/in-flight.ts";
import { maintenanceMiddleware } from "../../src/frameworks/express.ts";
import { LIVE } from "../../src/gate/live.ts";
import { maintenanceMiddleware as connectMiddleware } from "../../src/hosts/connect.ts";
import { maintenanceMode, type MaintenanceState } from "../../src/index.ts";
import { prepareAtOnce } from "../../src/state/state-snapshot.ts";
import { INTERNALS_VERSION } from "../../src/util/internals-version.ts";
import { describePlace, statusesOf } from "./_express.ts";

describePlace("Express 5", express);

/** A gate whose requests are counted, and what is counted. */
function countedGate(state: MaintenanceState, onDecision?: () => void) {
  const tracker = new RequestTracker(() => {});
  const live = {
    version: INTERNALS_VERSION,
    snapshot: prepareAtOnce(state),
    refresh: undefined,
    tracker,
    noteAdmission() {},
    noteCounting() {},
  };
  return {
    tracker,
    live,
    gate: maintenanceMode({ state: { [LIVE]: live } as never, ...onDecision && { onDecision } }),
  };
}

const twice = {
  Express: { create: express, middleware: maintenanceMiddleware },
  Connect: { create: connect, middleware: connectMiddleware },
};

describe.each(Object.entries(twice))("a gate that is registered twice in %s", (_name, { create, middleware }) => {
  const end = (_req: unknown, res: { end(text: string): void }) => res.end("app");

  test("counts a request once", async () => {
    const { gate, tracker } = countedGate({ mode: "off" });
    const counts: unknown[] = [];
    const app = create().use(middleware(gate)).use(middleware(gate));
    app.use((_req: unknown, _res: unknown, next: () => void) => {
      counts.push(tracker.count());
      next();
    });
    expect(await statusesOf(app.use(end), "/")).toEqual([200]);
    expect(counts).toEqual([{ inFlight: 1, before: 0, streams: 0 }]);
    await expect.poll(() => tracker.count().inFlight).toBe(0);
  });

  test("decides once, and draws lots for admission once", async () => {
    const onDecision = vi.fn();
    const { gate } = countedGate({ mode: "on", admit: 0.5 }, onDecision);
    const app = create().use(middleware(gate)).use(middleware(gate)).use(end);
    const statuses = await statusesOf(app, ...Array(200).fill("/"));
    expect(onDecision).toHaveBeenCalledTimes(200);
    // With two draws, a quarter would get in. The odds of so few by chance are below one in a million.
    expect(statuses.filter((status) => status === 200).length).toBeGreaterThan(65);
  });

  test("sees a URL that was rewritten in between", async () => {
    const { gate } = countedGate({ mode: "on", urls: ["/shop"] });
    const app = create().use(middleware(gate));
    app.use((req: { url?: string | undefined }, _res: unknown, next: () => void) => {
      req.url = "/shop";
      next();
    });
    expect(await statusesOf(app.use(middleware(gate)).use(end), "/en/shop")).toEqual([503]);
  });
});
