import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { announcedEnd, overdueBy } from "../../src/util/expected-end.ts";
import { maintenanceMode } from "../../src/maintenance.ts";
import { liveState } from "../../src/state/live-state.ts";
import { memoryStore } from "../../src/stores/memory.ts";

const ONE = Date.UTC(2026, 10, 22, 1);
const TWO = Date.UTC(2026, 10, 22, 2);
const THREE = Date.UTC(2026, 10, 22, 3);
const AT_TWO = { expectedEnd: "2026-11-22T02:00:00Z" };

test.each<[what: string, state: Parameters<typeof announcedEnd>[0], endsAt: number | undefined, now: number, number?]>([
  ["nothing where nobody knows", {}, undefined, ONE],
  ["the end", {}, THREE, ONE, THREE],
  ["the expected end", AT_TWO, undefined, ONE, TWO],
  ["the expected end before the end", AT_TWO, THREE, ONE, TWO],
  ["the end before the expected end", AT_TWO, ONE + 1, ONE, ONE + 1],
  ["nothing from the expected end on", AT_TWO, THREE, TWO],
  ["the end of a recurring window", { ...AT_TWO, recurring: [] }, THREE, ONE, THREE],
])("announcedEnd() is %s", (_what, state, endsAt, now, expected) => {
  expect(announcedEnd(state, endsAt, now)).toBe(expected);
});

test.each<[state: Parameters<typeof overdueBy>[0], now: number, expected: number | undefined]>([
  [{}, THREE, undefined],
  [AT_TWO, TWO - 1, undefined],
  [AT_TWO, TWO, 0],
  [AT_TWO, THREE, 3_600_000],
  [{ ...AT_TWO, recurring: [] }, THREE, undefined],
])("overdueBy() of %j at %d is %j", (state, now, expected) => {
  expect(overdueBy(state, now)).toBe(expected);
});

describe("an expected end", () => {
  beforeEach(() => void vi.useFakeTimers({ now: ONE, toFake: ["Date"] }));
  afterEach(() => void vi.useRealTimers());

  /** Everything that a site says of a time. */
  async function promises(maintenance: ReturnType<typeof maintenanceMode>) {
    const request = () => new Request("https://site.test/", { headers: { accept: "text/html" } });
    const [page, json] = [request(), new Request(request(), { headers: { accept: "application/json" } })]
      .map((each) => maintenance(each));
    return {
      status: page?.status,
      retryAfter: page?.headers.get("retry-after"),
      page: /<time datetime="([^"]+)"/.exec(await page?.text() ?? "")?.[1],
      json: (await json?.json())?.end,
      notice: maintenance.notice(request())?.end?.toISOString(),
      public: (await maintenance.status(request()).json()).end,
    };
  }

  test("is promised everywhere until it has passed, and then no time is, while maintenance stays on", async () => {
    await using state = liveState(memoryStore());
    await state.set({ mode: "on", ...AT_TWO });
    const maintenance = maintenanceMode({ state });
    const end = "2026-11-22T02:00:00.000Z";
    expect(await promises(maintenance)).toEqual(
      { status: 503, retryAfter: "3600", page: end, json: end, notice: end, public: end },
    );
    vi.setSystemTime(TWO);
    const none = {
      status: 503,
      retryAfter: null,
      page: undefined,
      json: undefined,
      notice: undefined,
      public: undefined,
    };
    expect(await promises(maintenance)).toEqual(none);
    // Somebody sets the clock back.
    vi.setSystemTime(TWO - 60_000);
    expect(await promises(maintenance)).toMatchObject({ retryAfter: "60", page: end });
  });

  test("is announced with the begin of planned maintenance", async () => {
    await using state = liveState(memoryStore());
    await state.set({ mode: "on", start: "2026-11-22T01:30:00Z", ...AT_TWO });
    const maintenance = maintenanceMode({ state, announce: { before: 3_600 } });
    expect(await promises(maintenance)).toEqual(
      { notice: "2026-11-22T02:00:00.000Z", public: "2026-11-22T02:00:00.000Z" },
    );
  });
});
