import { expect, test } from "vitest";
import { composeState } from "../../src/cli/change/compose.ts";
import { CliError } from "../../src/cli/exit-codes.ts";
import type { OptionValues } from "../../src/cli/input/options.ts";
import type { MaintenanceState } from "../../src/types/maintenance-state.ts";

const NOW = Date.UTC(2026, 10, 22, 1);

function compose(former: MaintenanceState | undefined, options: OptionValues, mode: "on" | "read-only" = "on") {
  return composeState(mode, former, options, NOW).state;
}

function refusal(options: OptionValues, former?: MaintenanceState): string {
  try {
    compose(former, options);
  } catch (error) {
    expect(error).toBeInstanceOf(CliError);
    return (error as CliError).message;
  }
  throw new Error("it was not refused");
}

const ON: MaintenanceState = {
  mode: "on",
  reason: "Old",
  end: "2026-11-22T03:00:00Z",
  urls: ["/shop/*"],
  ignoreUrls: ["/health"],
  internalIps: ["10.0.0.0/8"],
  retryAfter: 60,
};

test("composeState() starts from nothing where nothing is stored, it is off, or its end has passed", () => {
  expect(compose(undefined, {})).toEqual({ mode: "on" });
  expect(compose({ ...ON, mode: "off" }, {})).toEqual({ mode: "on" });
  expect(compose({ ...ON, end: "2026-11-22T01:00:00Z" }, {})).toEqual({ mode: "on" });
});

test("composeState() keeps what is not given", () => {
  expect(compose(ON, {})).toEqual(ON);
  expect(compose(ON, {}, "read-only")).toEqual({ ...ON, mode: "read-only" });
  expect(compose(ON, { reason: "New" })).toEqual({ ...ON, reason: "New" });
});

test("composeState() replaces lists as a whole, without what is given twice", () => {
  const state = compose(ON, { "allow-ip": ["::1", "127.0.0.1", "::1"], "ignore-url": ["/a"], url: ["/b"] });
  expect(state).toEqual({ ...ON, internalIps: ["::1", "127.0.0.1"], ignoreUrls: ["/a"], urls: ["/b"] });
});

test("composeState() takes hosts beside URLs, and removes them", () => {
  const state = compose(ON, { host: ["a.example.com", "*.b.example.com", "a.example.com"] });
  expect(state).toEqual({ ...ON, hosts: ["a.example.com", "*.b.example.com"] });
  expect(compose(state, { host: ["none"] })).toEqual(ON);
});

test("composeState() keeps reads and writes between modes, and replaces and empties them", () => {
  const former: MaintenanceState = { mode: "read-only", reads: ["POST /graphql"], writes: ["GET /logout"] };
  expect(compose(former, {}, "on")).toEqual({ ...former, mode: "on" });
  expect(compose(former, { reads: ["POST /search", "PUT /find"] }, "read-only")).toEqual({
    ...former,
    reads: ["POST /search", "PUT /find"],
  });
  expect(compose(former, { reads: ["none"], writes: ["none"] }, "read-only")).toEqual({ mode: "read-only" });
});

test("composeState() removes fields", () => {
  const options = {
    reason: "",
    start: "now",
    end: "none",
    "retry-after": "none",
    url: ["none"],
    "allow-ip": ["none"],
    "ignore-url": ["none"],
  };
  expect(compose({ ...ON, start: "2026-11-22T02:00:00Z" }, options)).toEqual({ mode: "on" });
});

test("composeState() computes the end of --for anew from now, or from a later start", () => {
  expect(compose(ON, { for: "30m" }).end).toBe("2026-11-22T01:30:00Z");
  expect(compose(undefined, { for: "30m", start: "2h" })).toEqual({
    mode: "on",
    start: "2026-11-22T03:00:00Z",
    end: "2026-11-22T03:30:00Z",
  });
});

test("composeState() keeps a later start, which is for --start now to remove", () => {
  const scheduled: MaintenanceState = { mode: "on", start: "2026-11-22T02:00:00Z" };
  expect(compose(scheduled, { reason: "New" })).toEqual({ ...scheduled, reason: "New" });
  expect(compose(scheduled, { start: "now" })).toEqual({ mode: "on" });
});

test.each([
  ["600", 600],
  ["10m", 600],
  ["0", 0],
  ["2026-11-22T02:00:00Z", "2026-11-22T02:00:00Z"],
  ["2026-11-22T03:00+01:00", "2026-11-22T02:00:00Z"],
])("composeState() reads --retry-after %s", (text, retryAfter) => {
  expect(compose(undefined, { "retry-after": text }).retryAfter).toBe(retryAfter);
});

test("composeState() sets, keeps and removes the status of the answer", () => {
  const state = compose(undefined, { status: "429" });
  expect(state).toEqual({ mode: "on", status: 429 });
  expect(compose(state, {})).toEqual(state);
  expect(compose(state, { status: "none" })).toEqual({ mode: "on" });
});

test("composeState() takes over from a run, and from one that did not succeed", () => {
  const former: MaintenanceState = { mode: "off" };
  expect(compose({ ...ON, owner: "run 1@host a", former }, {})).toEqual(ON);
  expect(compose({ ...ON, former }, {})).toEqual(ON);
});

test.each<[OptionValues, string]>([
  [{ for: "1h", end: "2h" }, '"--for" and "--end" mean the same: give only one of them'],
  [{ for: "0s" }, '"--for" must be a duration such as "90s", "30m", "2h", "1d" or "1h30m", received "0s"'],
  [{ for: "999999999d" }, '"--for" must be before the year 10000, received "999999999d"'],
  [{ end: "2026-11-22T01:00:00Z" }, '"--end" must be in the future, received "2026-11-22T01:00:00Z"'],
  [
    { "retry-after": "soon" },
    '"--retry-after" must be a number of seconds, a duration such as "10m" or a time such as "2026-11-22T02:00:00Z", received "soon"',
  ],
  [{ "retry-after": "2026-11-22T01:00:00Z" }, '"--retry-after" must be in the future, received "2026-11-22T01:00:00Z"'],
  [{ status: "teapot" }, '"--status" must be a status code such as 503, received "teapot"'],
  [
    { status: "204" },
    '"--status" must be an integer from 200 to 599 of a response that can have a body, received 204',
  ],
  [{ url: ["none", "/a"] }, '"--url none" empties the list: leave out the other values'],
])("composeState() refuses %j", (options, message) => {
  expect(refusal(options)).toBe(message);
});

test("composeState() names the option in what parseState() says", () => {
  expect(refusal({ "allow-ip": ["10.0.0.1", "10.0.0.300"] })).toBe(
    '"--allow-ip" must be an IP address or CIDR range such as "203.0.113.7", "10.0.0.0/8" or "2001:db8::/32", ' +
      'received "10.0.0.300"',
  );
  expect(refusal({ start: "4h", end: "2h" }, ON)).toBe(
    '"--end" must be later than the start, "2026-11-22T05:00:00Z", received "2026-11-22T03:00:00Z"',
  );
  expect(refusal({ url: ["shop"] })).toContain('"--url" must be');
  expect(refusal({ host: ["https://a.test"] })).toBe(
    '"--host" must be a host name such as "a.example.com" or "*.example.com", received "https://a.test": write "a.test"',
  );
  expect(refusal({ reads: ["post /graphql"] })).toBe(
    '"--reads" must be a pattern behind its methods, in upper case and parted by commas, such as "GET,HEAD /files/*", ' +
      'received "post /graphql": methods are case-sensitive, write "POST /graphql"',
  );
  expect(refusal({ writes: ["logout"] })).toContain('"--writes" must be');
});

test("composeState() names the stored time that a given one does not fit", () => {
  expect(refusal({ start: "4h" }, ON)).toBe(
    '"--start" must be before the stored end, 2026-11-22T03:00:00Z, received "4h": give --for or --end as well, or --end none',
  );
  expect(refusal({ end: "1h" }, { mode: "on", start: "2026-11-22T02:00:00Z" })).toBe(
    '"--end" must be after the stored start, 2026-11-22T02:00:00Z, received "1h": give --start as well, or --start now',
  );
  expect(compose(ON, { start: "4h", for: "1h" })).toMatchObject({ end: "2026-11-22T06:00:00Z" });
  expect(compose(ON, { start: "4h", end: "none" }).end).toBe(undefined);
});

test.each<[OptionValues, string]>([
  [
    { "ignore-url": ["/a,/b"] },
    '"--ignore-url" takes one value at a time, received "/a,/b": write --ignore-url "/a" --ignore-url "/b"',
  ],
  [
    { url: ["/a, https://b.test/*"] },
    '"--url" takes one value at a time, received "/a, https://b.test/*": write --url "/a" --url "https://b.test/*"',
  ],
  [
    { host: ["a.test,b.test"] },
    '"--host" takes one value at a time, received "a.test,b.test": write --host "a.test" --host "b.test"',
  ],
  [
    { reads: ["POST /a,PUT /b"] },
    '"--reads" takes one value at a time, received "POST /a,PUT /b": write --reads "POST /a" --reads "PUT /b"',
  ],
  [
    { "allow-ip": ["::1,10.0.0.0/8"] },
    '"--allow-ip" takes one value at a time, received "::1,10.0.0.0/8": write --allow-ip "::1" --allow-ip "10.0.0.0/8"',
  ],
])("composeState() refuses a list behind one option: %j", (options, message) => {
  expect(refusal(options)).toBe(message);
});

test("composeState() takes a comma that is part of a pattern", () => {
  expect(compose(undefined, { url: ["/map/@1,2", "/a{,}/b"] }).urls).toEqual(["/map/@1,2", "/a{,}/b"]);
  expect(compose(undefined, { url: ["PUT,POST /a"] }).urls).toEqual(["PUT,POST /a"]);
});

test("composeState() notes local times", () => {
  const { notes } = composeState("on", undefined, { start: "2026-12-01T10:00", end: "2026-12-02T10:00" }, NOW);
  expect(notes).toEqual([
    expect.stringMatching(/^--start 2026-12-01T10:00 was read as local time \(.+\)$/),
    expect.stringMatching(/^--end 2026-12-02T10:00 was read as local time \(.+\)$/),
  ]);
});

test("composeState() makes maintenance recur, for the duration and in the zone that are given", () => {
  expect(compose(undefined, { every: ["0 1 * * SUN", "0 3 1,15 * *"], for: "1h", zone: "Europe/Amsterdam" })).toEqual({
    mode: "on",
    recurring: [
      { cron: "0 1 * * SUN", duration: "1h", timeZone: "Europe/Amsterdam" },
      { cron: "0 3 1,15 * *", duration: "1h", timeZone: "Europe/Amsterdam" },
    ],
  });
});

test("composeState() takes start and end beside --every for those of the whole series", () => {
  const options = { every: ["0 1 * * *"], for: "1h", zone: "UTC", start: "1d", end: "10d" };
  expect(compose(undefined, options)).toEqual({
    mode: "on",
    start: "2026-11-23T01:00:00Z",
    end: "2026-12-02T01:00:00Z",
    recurring: [{ cron: "0 1 * * *", duration: "1h", timeZone: "UTC" }],
  });
});

test("composeState() reads --every without a zone as local time, and says so", () => {
  const { state, notes } = composeState("on", undefined, { every: ["0 1 * * *"], for: "1h" }, NOW);
  const zone = new Intl.DateTimeFormat().resolvedOptions().timeZone;
  expect(state.recurring).toEqual([{ cron: "0 1 * * *", duration: "1h", timeZone: zone }]);
  expect(notes).toEqual([`--every "0 1 * * *" was read as local time (${zone})`]);
});

test("composeState() ends with --every none what recurs, and --for is the whole duration again", () => {
  const former: MaintenanceState = { mode: "on", recurring: [{ cron: "0 1 * * *", duration: "1h" }] };
  expect(compose(former, { every: ["none"], for: "2h" })).toEqual({ mode: "on", end: "2026-11-22T03:00:00Z" });
});

test.each<[OptionValues, string]>([
  [{ every: ["0 1 * * *"] }, '"--every" needs "--for", the duration of each window: --for 1h'],
  [
    { every: ["0 1 * * *"], for: "soon" },
    '"--for" must be a duration such as "90s", "30m", "2h", "1d" or "1h30m", received "soon"',
  ],
  [{ zone: "UTC" }, '"--zone" is the time zone of "--every": give --every as well, or leave out --zone'],
  [
    { every: ["none"], zone: "UTC" },
    '"--zone" is the time zone of "--every": give --every as well, or leave out --zone',
  ],
  [{ every: ["none", "0 1 * * *"], for: "1h" }, '"--every none" ends that: leave out the other values'],
  [
    { every: ["0 25 * * *"], for: "1h", zone: "UTC" },
    '"--every" must be five fields of a crontab such as "0 1 * * SUN", received "0 25 * * *": "25" is not a valid hour, which is 0 to 23',
  ],
  [
    { every: ["0 1 * * *"], for: "400d", zone: "UTC" },
    '"--for" must be a duration such as "90s", "30m", "2h", "1d" or "1h30m", of at most 366 days, received "400d"',
  ],
  [
    { every: ["0 1 * * *"], for: "1h", zone: "Mars/Base" },
    '"--zone" must be the IANA name of a time zone such as "Europe/Amsterdam", received "Mars/Base"',
  ],
])("composeState() refuses %j", (options, message) => {
  expect(refusal(options)).toBe(message);
});

test("composeState() does not guess what --for means for maintenance that recurs", () => {
  const former: MaintenanceState = { mode: "on", recurring: [{ cron: "0 1 * * *", duration: "1h" }] };
  expect(refusal({ for: "2h" }, former)).toBe(
    '"--for" is the duration of each window here, since maintenance recurs: give --every "0 1 * * *" as well, or ' +
      "--end for the end of them all",
  );
});
