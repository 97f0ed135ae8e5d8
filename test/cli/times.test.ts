import { expect, test } from "vitest";
import { CliError } from "../../src/cli/exit-codes.ts";
import { formatAge, formatSince, parseTime, toInstant } from "../../src/cli/input/times.ts";
import { cli, makePlace } from "./_cli.ts";

const NOW = Date.UTC(2026, 10, 22, 1);

test.each([
  ["2026-11-22T02:00:00Z", "2026-11-22T02:00:00Z"],
  ["2026-11-22T02:00+01:00", "2026-11-22T01:00:00Z"],
  ["30m", "2026-11-22T01:30:00Z"],
  ["1d2h", "2026-11-23T03:00:00Z"],
])("parseTime() reads %s", (text, expected) => {
  const { ms, isLocal } = parseTime("--end", text, NOW);
  expect(toInstant(ms)).toBe(expected);
  expect(isLocal).toBe(false);
});

test.each(["", "tomorrow", "2026-11-22", "2026-02-30T01:00", "2026-11-22T25:00", "1600000000", "30", "-5m"])(
  "parseTime() refuses %j",
  (text) => {
    expect(() => parseTime("--end", text, NOW)).toThrow(CliError);
  },
);

test.each([["03:30", "add the date"], ["5:00:00", "add the date"], ["2036-11-22", "add a time of day"]])(
  "parseTime() says of %s what is missing: %s",
  (text, hint) => {
    expect(() => parseTime("--end", text, NOW)).toThrow(`received "${text}": ${hint}`);
  },
);

// Each zone needs a process of its own.
test.each([
  ["2036-01-15T02:30", "2036-01-15T01:30:00Z", "2036-01-15 02:30:00 +01:00 Europe/Amsterdam, 01:30:00 UTC, in "],
  [
    "2036-07-15 00:30:15",
    "2036-07-14T22:30:15Z",
    "2036-07-15 00:30:15 +02:00 Europe/Amsterdam, 2036-07-14 22:30:15 UTC, in ",
  ],
])("on --end %s is local time, and says so", async (text, end, shown) => {
  const { store, read } = makePlace();
  const { code, stdout, stderr } = await cli(["on", "--store", store, "--end", text], {
    env: { TZ: "Europe/Amsterdam" },
  });
  expect(stderr).toContain(`note: --end ${text} was read as local time (Europe/Amsterdam)\n`);
  expect(stdout).toContain(`  until        ${shown}`);
  expect(code).toBe(0);
  expect(read()).toEqual({ mode: "on", end });
});

test.each([
  [
    "2036-03-30T02:30",
    '"--end" must be a time that exists, received "2036-03-30T02:30": clocks in Europe/Amsterdam skip it; ' +
    "add the offset, such as +01:00",
  ],
  [
    "2036-10-26T02:30",
    '"--end" must be a time that occurs once, received "2036-10-26T02:30": clocks in Europe/Amsterdam repeat it; ' +
    "write 2036-10-26T02:30+02:00 or 2036-10-26T02:30+01:00",
  ],
])("on --end %s is refused where the clocks are changed", async (text, message) => {
  const { store } = makePlace();
  const { code, stderr } = await cli(["on", "--store", store, "--end", text], { env: { TZ: "Europe/Amsterdam" } });
  expect(stderr).toBe(`maintenancemode: ${message}\nRun maintenancemode on --help\n`);
  expect(code).toBe(2);
});

test.each([
  [0, "0 s"],
  [59_999, "59 s"],
  [60_000, "1 min"],
  [12 * 60_000 + 59_000, "12 min"],
  [72 * 60_000, "1 h 12 min"],
  [2 * 3_600_000, "2 h"],
  [90 * 3_600_000, "3 d 18 h"],
])("formatAge(%i) is %s", (ms, text) => {
  expect(formatAge(ms)).toBe(text);
});

test("formatSince() has the date once it is a day ago, and no age from the future", () => {
  const at = new Date(2036, 10, 23, 2, 14, 30).getTime();
  expect(formatSince(at, at + 720_000)).toBe("02:14 (12 min)");
  expect(formatSince(at, at - 5_000)).toBe("02:14 (0 s)");
  expect(formatSince(at, at + 86_400_000)).toBe("2036-11-23 02:14 (1 d)");
});
