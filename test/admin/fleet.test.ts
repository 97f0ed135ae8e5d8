import { expect, test } from "vitest";
import { adminHandler } from "../../src/admin.ts";
import { maintenanceMode } from "../../src/index.ts";
import { liveState, waitForFleet } from "../../src/state.ts";
import { revisionOf } from "../../src/state/store-calls.ts";
import { memoryStore } from "../../src/stores/memory.ts";
import { until } from "../_until.ts";
import { ask, askAsStranger, change } from "./_ask.ts";
import { COOKIE } from "./_site.ts";
import { start } from "./_start.ts";

async function verdictOf(
  panel: string,
): Promise<{ safe: boolean; because: string[]; until: string | null; only: string[] | null }> {
  return (await ask(`${panel}/api/fleet`)).body.verdict;
}

const isSafe = (panel: string) => async () => (await verdictOf(panel)).safe;

test("it is safe to migrate once the requests from before have finished, and not before", async () => {
  const { panel, origin, waiting, finish } = await start();
  expect(await verdictOf(panel)).toMatchObject({ safe: false, because: ["Maintenance is not in force"] });
  const slow = askAsStranger(`${origin}/slow`);
  await until(() => waiting() === 1, "the app has the request");
  await change(panel, "PUT", "window", { mode: "on" });
  await until(async () => /GET \/slow/.test((await verdictOf(panel)).because[0]!), "the request is named");
  expect((await verdictOf(panel)).safe).toBe(false);
  finish();
  await slow;
  await until(isSafe(panel), "it is safe");
  expect(await verdictOf(panel)).toEqual({ safe: true, because: [], until: null, only: null });
});

test("it is not safe while admit lets visitors in, and safe for a part with an end until then", async () => {
  const { panel } = await start();
  await change(panel, "PUT", "window", { mode: "on", admit: 0.25 });
  await until(
    async () => (await verdictOf(panel)).because.join() === "Maintenance lets 25% of visitors in",
    "it says why",
  );
  const end = new Date(Date.now() + 3_600_000).toISOString();
  await change(panel, "PUT", "window", { mode: "on", end, urls: ["/shop/*"], hosts: ["a.test"] });
  await until(isSafe(panel), "it is safe");
  const { only, until: safeUntil } = await verdictOf(panel);
  expect(only).toEqual(["/shop/* of a.test"]);
  expect(Math.abs(Date.parse(safeUntil!) - Date.parse(end))).toBeLessThan(10_000);
});

test("it is not safe where the clock of a process is ahead, so that it may have opened already", async () => {
  const { panel, store } = await start();
  const end = Date.now() + 60_000;
  await change(panel, "PUT", "window", { mode: "on", end: new Date(end).toISOString() });
  await until(isSafe(panel), "it is safe");
  const record = JSON.parse((await store.instances.list())[0]!);
  const clock = Date.now() + 58_000;
  const ahead = { ...record, id: "ahead", host: "web-2", clock, startedAt: clock };
  await store.instances.put("ahead", JSON.stringify(ahead), 60_000);
  expect(await verdictOf(panel)).toMatchObject({
    safe: false,
    because: ["Maintenance may be over where a clock is ahead"],
  });
});

test("it is not safe with a store that keeps no records", async () => {
  const { instances: _, ...store } = memoryStore();
  const { panel } = await start({ store });
  await change(panel, "PUT", "window", { mode: "on" });
  expect((await ask(`${panel}/api/fleet`)).body).toMatchObject({
    verdict: { safe: false, because: [expect.stringMatching(/does not record its processes/)] },
    instances: null,
  });
});

test("it is not safe while only processes that watch are there", async () => {
  const store = memoryStore();
  const state = liveState(store, { counts: "nothing" });
  await state.ready;
  const admin = adminHandler({ state, authorize: () => true });
  await state.set({ mode: "on" });
  const { verdict } = await (await admin(new Request("https://ops.test/api/fleet"))).json();
  expect(verdict.because).toEqual(["Only processes that count nothing use this store, so none of the site does"]);
  await state.close();
});

test("it is not safe while a process calls the gate by hand, as for --wait", async () => {
  const store = memoryStore();
  const state = liveState(store);
  const maintenance = maintenanceMode({ state });
  await state.ready;
  maintenance(new Request("https://site.test/"));
  const admin = adminHandler({ state, authorize: () => true });
  await state.set({ mode: "on" });
  await until(async () => {
    const { verdict } = await (await admin(new Request("https://ops.test/api/fleet"))).json();
    expect(verdict.safe).toBe(false);
    return /does not count its requests/.test(verdict.because[0]);
  }, "it says why");
  const revision = revisionOf(await store.read(new AbortController().signal));
  expect((await waitForFleet(store, { revision, drained: true }, { timeoutMs: 0 })).isReady).toBe(false);
  await state.close();
});

test("it is not safe while a process is silent that was there when the site was closed", async () => {
  const { panel, store, state } = await start();
  const record = JSON.parse((await store.instances.list())[0]!);
  const other = { ...record, id: "other", host: "web-2", pid: 7 };
  await store.instances.put("other", JSON.stringify(other), 60_000);
  await change(panel, "PUT", "window", { mode: "on" });
  await store.instances.delete("other");
  const silent = /^web-2 \(pid 7\) went silent .* nobody knows whether it still works with the old state$/;
  await until(async () => silent.test((await verdictOf(panel)).because[0] ?? ""), "it is missed");
  // Whoever closes the site anew starts anew, as a command does.
  await state.set({ mode: "on", note: "again" });
  await until(isSafe(panel), "it is safe");
});

test("events tell of the state and the fleet as they change, until the client goes", async () => {
  const { panel, state } = await start();
  const client = new AbortController();
  const response = await fetch(`${panel}/api/events`, { headers: { cookie: COOKIE }, signal: client.signal });
  expect(response.headers.get("content-type")).toBe("text/event-stream");
  let text = "";
  const reading = (async () => {
    for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) text += chunk;
  })().catch(() => {});
  await until(() => /event: fleet/.test(text), "the fleet is told");
  expect(text).toMatch(/^retry: 2000\n\nevent: problem\ndata: null\n\nevent: state\ndata: \{.*"mode":"off"/);
  await state.set({ mode: "on" });
  await until(() => /event: state\ndata: \{.*"mode":"on".*"inForce":true/.test(text), "the change is told");
  await until(() => /"verdict":\{"safe":true/.test(text), "it is safe");
  client.abort();
  await reading;
});

test("events of a hundred clients are enough", async () => {
  const state = liveState(memoryStore());
  const admin = adminHandler({ state, authorize: () => true });
  const open = () => admin(new Request("https://ops.test/api/events"));
  const streams = await Promise.all(Array.from({ length: 100 }, open));
  expect((await open()).status).toBe(503);
  await streams[0]!.body!.cancel();
  const next = await open();
  expect(next.status).toBe(200);
  await Promise.all([...streams.slice(1), next].map(({ body }) => body!.cancel()));
  await state.close();
});
