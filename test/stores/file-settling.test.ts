import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { createSettling } from "../../src/stores/file/settling.ts";

let now = 0;

beforeEach(() => {
  now = 1_000;
  vi.spyOn(performance, "now").mockImplementation(() => now);
});
afterEach(() => {
  vi.restoreAllMocks();
});

/** Looks at a missing file, which takes some time, and gives how long it has to stay missing. */
function missing(settling: ReturnType<typeof createSettling>, took = 0, ageMs = 0): number {
  const began = now;
  now += took;
  return settling.see(undefined, 250, ageMs, began);
}

test("createSettling() believes the age of what is seen first, and of nothing else", () => {
  const settling = createSettling();
  expect(settling.see("a", 1_000, 900, now)).toBe(100);
  expect(missing(settling, 0, 10_000)).toBe(250);
  expect(missing(createSettling(), 0, 10_000)).toBeLessThan(0);
});

test("createSettling() believes no age of what is missing after a failure, though it is seen first", () => {
  const settling = createSettling();
  settling.fail();
  expect(missing(settling, 0, 10_000)).toBe(250);
});

test("createSettling() starts the time of a missing file anew after a failure, and goes on with that of a version", () => {
  const settling = createSettling();
  missing(settling);
  now += 100;
  expect(missing(settling)).toBe(150);
  settling.fail();
  now += 100;
  expect(missing(settling)).toBe(250);
  settling.see("a", 1_000, 0, now);
  now += 400;
  settling.fail();
  expect(settling.see("a", 1_000, 0, now)).toBe(600);
});

test("createSettling() counts from the end of the first look to the beginning of the last one", () => {
  const settling = createSettling();
  expect(missing(settling, 500)).toBe(250);
  now += 100;
  expect(missing(settling, 500)).toBe(150);
  // A look that began before the first one had ended says nothing of the time since.
  expect(settling.see(undefined, 250, 0, 1_000)).toBe(150);
});

test("createSettling() takes three looks at least, however long the process stood still", () => {
  const settling = createSettling();
  missing(settling);
  now += 60_000;
  expect(missing(settling)).toBe(125);
  now += 60_000;
  expect(missing(settling)).toBe(0);
});

test("createSettling() lets what this process has written count at once", () => {
  const settling = createSettling();
  missing(settling);
  settling.write("a");
  expect(settling.see("a", 1_000, 0, now)).toBe(-Infinity);
  expect(missing(settling)).toBe(250);
});
