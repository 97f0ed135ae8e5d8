import { expect, test } from "vitest";
import { FleetError, StoreError } from "../../src/state/errors.ts";
import { StateError } from "../../src/state/state-error.ts";
import { checkNames, describeProblem, invalidOption, MaintenanceError, OptionError } from "../../src/util/errors.ts";
import { optionError } from "../_errors.ts";

test("invalidOption() makes an error with a message, a code and its parts", () => {
  const error = invalidOption("create maintenance mode", "allowStaff", "true or false", "yes", "write true");
  expect(error).toMatchObject({
    name: "OptionError",
    code: "ERR_OPTION_INVALID",
    message: 'Cannot create maintenance mode: "allowStaff" must be true or false, received "yes": write true',
    path: "allowStaff",
    expected: "true or false",
    received: '"yes"',
    hint: "write true",
  });
  expect(error).toBeInstanceOf(TypeError);
  expect(error).toBeInstanceOf(MaintenanceError);
});

test("describeProblem() calls the place what it is called there", () => {
  const error = invalidOption("read the maintenance state", "$.retryAfter", "a whole number of seconds from 0", -1);
  expect(describeProblem(error, "--retry-after")).toBe(
    '"--retry-after" must be a whole number of seconds from 0, received -1',
  );
});

test("MaintenanceError is the base of each error of this package, and of no other one", () => {
  const own = new MaintenanceError("ERR_STORE", "no store");
  expect(own).toBeInstanceOf(MaintenanceError);
  expect(own).not.toBeInstanceOf(TypeError);
  expect(new StoreError("read", "no")).toBeInstanceOf(MaintenanceError);
  expect(new FleetError("late", [])).toBeInstanceOf(MaintenanceError);
  expect(new StateError("read", { path: "$", expected: "JSON" })).toBeInstanceOf(MaintenanceError);
  expect(own).not.toBeInstanceOf(OptionError);
  expect(own).not.toBeInstanceOf(StoreError);
  for (const other of [new TypeError("no"), new Error("no"), {}, null, undefined, "ERR_STORE"]) {
    expect(other instanceof MaintenanceError).toBe(false);
  }
});

test("MaintenanceError knows the errors of another copy of this package", async () => {
  const copy = await import("../../src/util/errors.ts?copy" as string) as typeof import("../../src/util/errors.ts");
  expect(copy.MaintenanceError).not.toBe(MaintenanceError);
  expect(new copy.MaintenanceError("ERR_STORE", "no") instanceof MaintenanceError).toBe(true);
});

test("invalidOption() ends with the hint", () => {
  expect(invalidOption("read the client IP", "a", "b", 1, "write 2").message).toBe(
    'Cannot read the client IP: "a" must be b, received 1: write 2',
  );
});

test("checkNames() accepts known names and nothing", () => {
  expect(() => checkNames("create maintenance mode", { enabled: true }, ["enabled", "page"])).not.toThrow();
  expect(() => checkNames("create maintenance mode", {}, ["enabled"])).not.toThrow();
});

test("checkNames() refuses an option that would be left out because it is inherited", () => {
  class Settings {
    get enabled() {
      return true;
    }
  }
  expect(() => checkNames("create maintenance mode", new Settings(), ["page", "enabled"])).toThrow(
    'Cannot create maintenance mode: "enabled" must be a member of options itself: options are read from the object itself, ' +
      "not from its class: write { ...values }",
  );
});

test("checkNames() suggests the likely name", () => {
  expect(() => checkNames("create maintenance mode", { enabeld: true }, ["enabled", "page"])).toThrow(
    optionError('Cannot create maintenance mode: unknown name "enabeld" in options: did you mean "enabled"?'),
  );
});

test("checkNames() lists the names where none is near", () => {
  expect(() => checkNames("read the client IP", { zebra: 1 }, ["enabled", "page"], "these")).toThrow(
    optionError('Cannot read the client IP: unknown name "zebra" in these: accepted are enabled, page'),
  );
});

test.each([
  [null, "null"],
  [undefined, "undefined"],
  [true, "true"],
  ["on", '"on"'],
  [[], "an array"],
  [() => true, "a function"],
])("checkNames() refuses %o in place of options", (options, shown) => {
  expect(() => checkNames("create maintenance mode", options, ["enabled"])).toThrow(
    optionError(`Cannot create maintenance mode: options must be an object, received ${shown}`),
  );
});
