import { expect, test, vi } from "vitest";
import { createGate } from "../../src/gate/gate.ts";
import { type Gate, INTERNALS } from "../../src/gate/internals.ts";
import { LIVE, type LiveInternals } from "../../src/gate/live.ts";
import { resolveOptions } from "../../src/gate/options.ts";
import type { MaintenanceOptions } from "../../src/gate/maintenance-options.ts";
import type { MaintenanceState } from "../../src/types/maintenance-state.ts";
import type { Messages } from "../../src/answer/messages.ts";
import { INTERNALS_VERSION } from "../../src/util/internals-version.ts";
import { prepareAtOnce, prepareSnapshot } from "../../src/state/state-snapshot.ts";
import { maintenanceMode } from "../../src/maintenance.ts";
import { LANGUAGES } from "../../src/answer/page/languages.ts";

const START = Date.parse("2026-11-22T01:00:00Z");
const PLANNED: MaintenanceState = {
  mode: "on",
  reason: "New database",
  start: "2026-11-22T01:00:00Z",
  end: "2026-11-22T03:00:00.900Z",
};
const HOUR = 3_600_000;

/** A gate over a state, whose clock a test sets. */
function siteOf(snapshot: LiveInternals["snapshot"], options: MaintenanceOptions = {}) {
  const live = { version: INTERNALS_VERSION, snapshot, noteAdmission() {}, noteCounting() {} };
  const clock = { now: START - HOUR };
  const { en, de } = LANGUAGES as Record<string, Messages>;
  const texts = {
    copyFor: () => ({ page: () => "", title: "", text: "", detail: "", reason: undefined }),
    ownPage: undefined,
    contentSecurityPolicy: "",
    noticeMessage: vi.fn((language: number, start: number, end: number | undefined) =>
      `${["en", "de"][language]} ${start} ${end}`
    ),
    presentMessage: (language: number, mode: string, end: number | undefined) =>
      `${["en", "de"][language]} ${mode} ${end}`,
  };
  const settings = resolveOptions({ ...options, state: { [LIVE]: live } as never }, { en: en!, de: de! });
  const gate: Gate = createGate(settings, texts, { now: () => clock.now, random: () => 0 });
  return { gate, live, clock, texts, notice: (path = "/", headers = {}) => gate.notice(requestTo(path, headers)) };
}

const requestTo = (path: string, headers = {}) => new Request(`https://site.test${path}`, { headers });

test("notice() tells of maintenance from a day before its start, and while it is in force", () => {
  const { clock, notice } = siteOf(prepareAtOnce(PLANNED));
  const phases = [-24 * HOUR - 1, -24 * HOUR, -1, 0, HOUR, 2 * HOUR + 900].map((ms) => {
    clock.now = START + ms;
    return notice()?.phase;
  });
  expect(phases).toEqual([undefined, "planned", "planned", "now", "now", undefined]);
  clock.now = START - HOUR;
  expect(notice()).toEqual({
    phase: "planned",
    mode: "on",
    start: new Date(START),
    end: new Date(PLANNED.end!),
    reason: "New database",
    message: `en ${START} ${Date.parse(PLANNED.end!)}`,
  });
  clock.now = START;
  expect(notice()).toEqual({
    phase: "now",
    mode: "on",
    start: new Date(START),
    end: new Date(PLANNED.end!),
    reason: "New database",
    message: `en on ${Date.parse(PLANNED.end!)}`,
  });
});

test.each<[MaintenanceOptions["announce"], boolean]>([
  [3_600, true],
  [3_599, false],
  [{ before: 3_600 }, true],
  [{ before: 0 }, false],
])("notice() begins as %j says: an hour before it is told of %s", (announce, isTold) => {
  const { notice } = siteOf(prepareAtOnce(PLANNED), { announce: announce! });
  expect(notice() !== undefined).toBe(isTold);
});

test("notice() tells of nothing while maintenance is off", () => {
  expect(maintenanceMode().notice(requestTo("/"))).toBeUndefined();
  expect(siteOf(prepareAtOnce({ ...PLANNED, mode: "off" })).notice()).toBeUndefined();
});

test("notice() tells of maintenance in force that nobody has given a start, an end or a reason", () => {
  const now = { phase: "now", start: undefined, end: undefined, reason: undefined } as const;
  const readOnly = siteOf(prepareAtOnce({ mode: "read-only" })).notice("/", { "accept-language": "de" });
  expect(readOnly).toEqual({ ...now, mode: "read-only", message: "de read-only undefined" });
  expect(maintenanceMode({ enabled: true, languages: ["en"] }).notice(requestTo("/"))).toEqual({
    ...now,
    mode: "on",
    message: "We are working on this site and will be back soon.",
  });
});

test("notice() tells of a closed site where enabled closes one that is read-only by its state", () => {
  const { notice } = siteOf(prepareAtOnce({ mode: "read-only", reason: "New database" }), { enabled: true });
  expect(notice()).toMatchObject({ phase: "now", mode: "on", reason: "New database" });
});

test("notice() tells of maintenance in force where it concerns visitors alone", () => {
  const snapshot = prepareAtOnce({ mode: "read-only", urls: ["/shop/*"], ignoreUrls: ["/shop/open"] });
  const { notice } = siteOf(snapshot, { ignoreUrls: ["/shop/health"] });
  const paths = ["/shop/cart", "/docs", "/shop/open", "/shop/health"];
  expect(paths.map((path) => notice(path)?.mode)).toEqual(["read-only", undefined, undefined, undefined]);
});

test("notice() knows no end where nobody does", () => {
  const { end: _, reason: __, ...open } = PLANNED;
  expect(siteOf(prepareAtOnce({ ...open, mode: "read-only" })).notice()).toEqual({
    phase: "planned",
    mode: "read-only",
    start: new Date(START),
    end: undefined,
    reason: undefined,
    message: `en ${START} undefined`,
  });
});

test("notice() concerns the part of the site that is meant", () => {
  const { notice } = siteOf(prepareAtOnce({ ...PLANNED, urls: ["/shop/*"] }));
  expect([notice("/shop/cart"), notice("/docs")].map((notice) => notice !== undefined)).toEqual([true, false]);
});

test("notice() concerns the hosts that are meant", () => {
  const due = (host: string) => siteOf(prepareAtOnce({ ...PLANNED, hosts: [host] })).notice() !== undefined;
  expect([due("SITE.test."), due("other.test")]).toEqual([true, false]);
});

test("notice() tells of nothing where everybody will pass", () => {
  const snapshot = prepareAtOnce({ ...PLANNED, ignoreUrls: ["/status"] });
  const { gate, notice } = siteOf(snapshot, { ignoreUrls: ["/health"], announce: { header: "Maintenance" } });
  const paths = ["/", "/status", "/health"];
  expect(paths.map((path) => notice(path) !== undefined)).toEqual([true, false, false]);
  const { announcement } = gate[INTERNALS];
  expect(paths.map((path) => announcement!.fieldValue(requestTo(path)) !== undefined)).toEqual([true, false, false]);
});

test("notice() tells of the next window that comes back, and during one of its end alone", async () => {
  const snapshot = await prepareSnapshot({ mode: "on", recurring: [{ cron: "0 1 * * *", duration: "90m" }] });
  const { clock, notice } = siteOf(snapshot);
  const times = [-1, 0, 1.5 * HOUR, 24 * HOUR - 1, 24 * HOUR].map((ms) => {
    clock.now = START + ms;
    return [notice()?.phase, notice()?.start?.getTime()];
  });
  const next = START + 24 * HOUR;
  expect(times).toEqual([["planned", START], ["now", undefined], ["planned", next], ["planned", next], [
    "now",
    undefined,
  ]]);
  expect(notice()!.end).toEqual(new Date(next + 1.5 * HOUR));
  clock.now = START - 1;
  expect(notice()!.end).toEqual(new Date(START + 1.5 * HOUR));
});

test("notice() gives the reason in the language of the visitor", () => {
  const { notice } = siteOf(prepareAtOnce({ ...PLANNED, reason: { en: "New database", de: "Neue Datenbank" } }));
  expect(["de-AT", "en", "fr"].map((language) => notice("/", { "accept-language": language })!.reason)).toEqual([
    "Neue Datenbank",
    "New database",
    "New database",
  ]);
});

test("notice() is frozen, and changing its dates changes no other", () => {
  const { notice } = siteOf(prepareAtOnce(PLANNED));
  const first = notice()!;
  expect(Object.isFrozen(first)).toBe(true);
  first.start!.setTime(0);
  first.end!.setTime(0);
  expect(notice()).toMatchObject({ start: new Date(START), end: new Date(PLANNED.end!) });
});

test("notice() writes its message once for each language, and anew for another state", () => {
  const { live, notice, texts } = siteOf(prepareAtOnce(PLANNED));
  const messages = ["en", "de", "en", "de"].map((language) => notice("/", { "accept-language": language })!.message);
  expect(messages.map((message) => message.slice(0, 2))).toEqual(["en", "de", "en", "de"]);
  expect(texts.noticeMessage).toHaveBeenCalledTimes(2);
  live.snapshot = prepareAtOnce({ ...PLANNED, start: "2026-11-22T02:00:00Z" });
  expect(notice()!.start).toEqual(new Date(START + HOUR));
  expect(texts.noticeMessage).toHaveBeenCalledTimes(3);
});

test("notice() never throws, and reports", () => {
  const onError = vi.fn();
  const { gate, texts } = siteOf(prepareAtOnce(PLANNED), { onError });
  const error = new RangeError("no such language");
  texts.noticeMessage.mockImplementation(() => {
    throw error;
  });
  expect(gate.notice(requestTo("/"))).toBeUndefined();
  expect(gate.notice(undefined as never)).toBeUndefined();
  expect(onError.mock.calls[0]).toEqual([error]);
});

test("the header field that announces is a Dictionary of two Dates, in whole seconds", () => {
  const { gate, clock } = siteOf(prepareAtOnce(PLANNED), { announce: { header: "Maintenance" } });
  const { header, isDue, fieldValue } = gate[INTERNALS].announcement!;
  expect([header, isDue(), fieldValue(requestTo("/"))]).toEqual([
    "Maintenance",
    true,
    "start=@1795309200, end=@1795316400",
  ]);
  clock.now = START;
  expect([isDue(), fieldValue(requestTo("/"))]).toEqual([false, undefined]);
  const { end: _, ...open } = PLANNED;
  const other = siteOf(prepareAtOnce({ ...open, urls: ["/shop"] }), { announce: { header: "Maintenance" } });
  const { announcement } = other.gate[INTERNALS];
  expect([announcement!.isDue(), announcement!.fieldValue(requestTo("/docs"))]).toEqual([true, undefined]);
  expect(announcement!.fieldValue(requestTo("/shop"))).toBe("start=@1795309200");
});

test("there is no header field unless its name is given", () => {
  expect(siteOf(prepareAtOnce(PLANNED)).gate[INTERNALS].announcement).toBeUndefined();
  expect(siteOf(prepareAtOnce(PLANNED), { announce: { header: false } }).gate[INTERNALS].announcement)
    .toBeUndefined();
});
