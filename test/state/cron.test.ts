import { expect, test } from "vitest";
import { findCronFault } from "../../src/state/cron.ts";

test.each(["* * * * *", "0 1 * * SUN", "*/15 0-6,22 1,15 jan-MAR 0-7", "0 0 31 12 7", "10-40/10 * * * mon-fri"])(
  "findCronFault() finds none in %j",
  (text) => {
    expect(findCronFault(text)).toBeUndefined();
  },
);

test.each([
  ["", "it has 1 fields in place of 5"],
  ["0 1 * *", "it has 4 fields in place of 5"],
  ["0 0 1 * * SUN", "it has 6 fields in place of 5"],
  ["60 * * * *", '"60" is not a valid minute, which is 0 to 59'],
  ["0 24 * * *", '"24" is not a valid hour, which is 0 to 23'],
  ["0 0 0 * *", '"0" is not a valid day of the month, which is 1 to 31'],
  ["0 0 1 13 *", '"13" is not a valid month, which is 1 to 12'],
  ["0 0 1 * 8", '"8" is not a valid day of the week, which is 0 to 7'],
  ["0 0 1 * SUNDAY", '"SUNDAY" is not a valid day of the week, which is 0 to 7'],
  ["5-1 * * * *", 'the range "5-1" runs backwards'],
  ["*/0 * * * *", 'the step in "*/0" must be from 1 and follow "*" or a range'],
  ["5/10 * * * *", 'the step in "5/10" must be from 1 and follow "*" or a range'],
  ["1,,2 * * * *", '"" is not a valid minute'],
  ["L * * * *", '"L" is not a valid minute, which is 0 to 59'],
])("findCronFault() says of %j: %s", (text, fault) => {
  expect(findCronFault(text)).toBe(fault);
});
