import { afterEach, expect, test, vi } from "vitest";
import { maintenanceMode } from "../../src/index.ts";
import { instrument } from "../../src/opentelemetry.ts";
import { withMaintenance } from "../../src/hosts/deno.ts";
import { maintenanceMode as tinyMaintenanceMode } from "../../src/tiny.ts";
import { metered, requestTo, siteWith, storeAlone, useFakeTime } from "./_site.ts";

afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

test("the units are those of OpenTelemetry", async () => {
  const { meter, units } = metered();
  const { maintenance, state } = await siteWith();
  instrument(maintenance, { meter });
  await state.set({ mode: "on" });
  maintenance(requestTo("/"));
  expect(await units()).toEqual({
    "maintenance.mode": "{window}",
    "maintenance.decisions": "{decision}",
    "maintenance.in_flight": "{request}",
    "maintenance.stream.count": "{stream}",
    "maintenance.store.read.age": "s",
    "maintenance.overdue": "s",
  });
});

test("maintenance.mode is 1 for the mode in force alone", async () => {
  const { meter, read } = metered();
  const { maintenance, state } = await siteWith();
  instrument(maintenance, { meter });
  const modes = async () => {
    const values = await read();
    return [values["maintenance.mode{maintenance.mode=on}"], values["maintenance.mode{maintenance.mode=read-only}"]];
  };
  expect(await modes()).toEqual([0, 0]);
  await state.set({ mode: "on" });
  expect(await modes()).toEqual([1, 0]);
  await state.set({ mode: "read-only" });
  expect(await modes()).toEqual([0, 1]);
  await state.set({ mode: "on", start: "2999-01-01T00:00:00Z" });
  expect(await modes()).toEqual([0, 0]);
});

test("maintenance.mode is on while the option enabled closes the site, with a state and without one", async () => {
  const { meter, read } = metered();
  let isOn = true;
  instrument(maintenanceMode({ enabled: () => isOn }), { meter, attributes: { site: "a" } });
  const { maintenance, state } = await siteWith({ enabled: true });
  await state.set({ mode: "read-only" });
  instrument(maintenance, { meter, attributes: { site: "b" } });
  expect(await read()).toMatchObject({
    "maintenance.mode{site=a,maintenance.mode=on}": 1,
    "maintenance.mode{site=b,maintenance.mode=on}": 1,
    "maintenance.mode{site=b,maintenance.mode=read-only}": 0,
  });
  isOn = false;
  expect(await read()).toMatchObject({ "maintenance.mode{site=a,maintenance.mode=on}": 0 });
});

test("maintenance.decisions counts each request during maintenance by what was decided, and none while it is off", async () => {
  const { meter, read } = metered();
  const { maintenance, state } = await siteWith({ ignoreUrls: ["/health"], onDecision() {} });
  instrument(maintenance, { meter });
  const decisions = async () =>
    Object.fromEntries(Object.entries(await read()).filter(([name]) => name.startsWith("maintenance.decisions")));
  maintenance(requestTo("/"));
  expect(await decisions()).toEqual({});

  await state.set({ mode: "on", urls: ["/shop/*", "/health"] });
  for (const path of ["/shop/cart", "/shop/", "/health", "/elsewhere"]) maintenance(requestTo(path));
  maintenance.explain(requestTo("/shop/cart"));
  expect(await decisions()).toEqual({
    "maintenance.decisions{maintenance.outcome=answer,maintenance.because=maintenance}": 2,
    "maintenance.decisions{maintenance.outcome=pass,maintenance.because=ignored-url}": 1,
  });

  await state.set({ mode: "read-only" });
  const handler = withMaintenance(maintenance, () => new Response("ok"));
  const info = { remoteAddr: { transport: "tcp", hostname: "203.0.113.9", port: 1 } } as never;
  await (await handler(requestTo("/"), info)).text();
  await (await handler(requestTo("/", { method: "POST" }), info)).text();
  expect(await decisions()).toEqual({
    "maintenance.decisions{maintenance.outcome=answer,maintenance.because=maintenance}": 2,
    "maintenance.decisions{maintenance.outcome=pass,maintenance.because=ignored-url}": 1,
    "maintenance.decisions{maintenance.outcome=pass,maintenance.because=safe-method}": 1,
    "maintenance.decisions{maintenance.outcome=answer,maintenance.because=read-only}": 1,
  });
});

test("maintenance.in_flight tells the requests from before the last change from those since, and streams are apart", async () => {
  const { meter, read } = metered();
  const { maintenance, state } = await siteWith({ ignoreUrls: ["/health"] });
  instrument(maintenance, { meter });
  const pending: (() => void)[] = [];
  const handler = withMaintenance(
    maintenance,
    () => new Promise<Response>((resolve) => pending.push(() => resolve(new Response("ok")))),
  );
  const info = { remoteAddr: { transport: "tcp", hostname: "203.0.113.9", port: 1 } } as never;
  const first = handler(requestTo("/"), info);
  await state.set({ mode: "on" });
  const second = handler(requestTo("/health"), info);
  const third = handler(requestTo("/health"), info);
  expect(await read()).toMatchObject({
    "maintenance.in_flight{maintenance.let_in=before}": 1,
    "maintenance.in_flight{maintenance.let_in=since}": 2,
    "maintenance.stream.count": 0,
  });
  for (const finish of pending) finish();
  for (const response of await Promise.all([first, second, third])) await response.text();
  expect(await read()).toMatchObject({
    "maintenance.in_flight{maintenance.let_in=before}": 0,
    "maintenance.in_flight{maintenance.let_in=since}": 0,
  });
});

test("maintenance.store.read.age grows while the store cannot be read", async () => {
  useFakeTime();
  const { meter, read } = metered();
  vi.spyOn(console, "error").mockReturnValue();
  const store = storeAlone();
  let isAway = false;
  const { maintenance } = await siteWith({}, {
    ...store,
    read(signal, notify) {
      if (isAway) throw new Error("away");
      return store.read(signal, notify);
    },
  });
  instrument(maintenance, { meter });
  const age = async () => (await read())["maintenance.store.read.age"]!;
  expect(await age()).toBe(0);
  isAway = true;
  await vi.advanceTimersByTimeAsync(60_000);
  expect(await age()).toBeGreaterThan(50);
  expect(await age()).toBeLessThanOrEqual(60);
  isAway = false;
  await vi.advanceTimersByTimeAsync(20_000);
  expect(await age()).toBeLessThanOrEqual(10);
});

test("maintenance.overdue counts the seconds since the announced end while maintenance is on", async () => {
  useFakeTime(Date.parse("2026-11-22T02:00:00Z"));
  const { meter, read } = metered();
  const { maintenance, state } = await siteWith({}, storeAlone());
  instrument(maintenance, { meter });
  const overdue = async () => (await read())["maintenance.overdue"];
  await state.set({ mode: "on", expectedEnd: "2026-11-22T03:00:00Z" });
  expect(await overdue()).toBe(0);
  await vi.advanceTimersByTimeAsync(3_600_000 + 90_000);
  expect(await overdue()).toBe(90);
  await state.set({ mode: "off" });
  expect(await overdue()).toBe(0);
});

test("maintenance.overdue is 0 for recurring maintenance, which ends by itself", async () => {
  useFakeTime(Date.parse("2026-11-22T02:10:00Z"));
  const { meter, read } = metered();
  const { maintenance, state } = await siteWith({}, storeAlone());
  instrument(maintenance, { meter });
  await state.set({
    mode: "on",
    expectedEnd: "2026-11-22T02:00:00Z",
    recurring: [{ cron: "0 2 * * *", duration: "1h" }],
  });
  const values = await read();
  expect(values["maintenance.mode{maintenance.mode=on}"]).toBe(1);
  expect(values["maintenance.overdue"]).toBe(0);
});

test("a gate of maintenancemode/tiny and one without a state have metrics as well", async () => {
  const { meter, read } = metered();
  const maintenance = tinyMaintenanceMode({ enabled: true });
  instrument(maintenance, { meter });
  maintenance(requestTo("/"));
  expect(await read()).toEqual({
    "maintenance.mode{maintenance.mode=on}": 1,
    "maintenance.mode{maintenance.mode=read-only}": 0,
    "maintenance.overdue": 0,
    "maintenance.decisions{maintenance.outcome=answer,maintenance.because=maintenance}": 1,
  });
});
