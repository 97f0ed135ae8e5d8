import { afterEach, expect, test, vi } from "vitest";
import { createConsoleReporter } from "../../src/util/console-reporter.ts";

afterEach(() => void vi.restoreAllMocks());

test("createConsoleReporter() prints an error once for each message", () => {
  const print = vi.spyOn(console, "error").mockReturnValue();
  const report = createConsoleReporter();
  const first = new Error("broken");
  report(first);
  report(new TypeError("broken"));
  report(new Error("other"));
  expect(print.mock.calls).toEqual([["maintenancemode:", first], ["maintenancemode:", new Error("other")]]);
});

test("createConsoleReporter() remembers for each reporter apart", () => {
  const print = vi.spyOn(console, "error").mockReturnValue();
  createConsoleReporter()(new Error("broken"));
  createConsoleReporter()(new Error("broken"));
  expect(print).toHaveBeenCalledTimes(2);
});

test("createConsoleReporter() prints what is thrown without being an error", () => {
  const print = vi.spyOn(console, "error").mockReturnValue();
  createConsoleReporter()("text");
  expect(print.mock.calls).toEqual([["maintenancemode:", "text"]]);
});

test("createConsoleReporter() forgets after 1 000 messages, so that memory stays bounded", () => {
  const print = vi.spyOn(console, "error").mockReturnValue();
  const report = createConsoleReporter();
  for (let i = 0; i < 1_000; i++) report(new Error(`message ${i}`));
  report(new Error("message 0"));
  expect(print).toHaveBeenCalledTimes(1_000);
  report(new Error("message 1000"));
  report(new Error("message 0"));
  expect(print).toHaveBeenCalledTimes(1_002);
});
