/** What docs/errors.md says of errors in functions of options, and of codes. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { MaintenanceError, maintenanceMode, type MaintenanceOptions, OptionError } from "maintenancemode";
import { withMaintenance } from "maintenancemode/deno";
import { ConflictError, FleetError, parseState, StoreError } from "maintenancemode/state";
import { describe, expect, test, vi } from "vitest";
import { column, thrownBy } from "./_claims.ts";
import { codeIn, page } from "./_pages.ts";
import { repository } from "./_scratch.ts";

describe("Errors", () => {
  const request = new Request("https://example.com/", { headers: { accept: "text/html" } });
  const fail = () => {
    throw new Error("mine");
  };
  const late = () => Promise.resolve(true);
  const names = column(page("errors.md").tablesUnder("Errors and codes")[0]!, 0).flatMap(codeIn);

  test.each(names.filter((name) => !["isStaff", "enabled", "onError"].includes(name)))("%s", (name) => {
    for (const faulty of name === "onDecision" ? [fail] : [fail, late]) {
      const errors: unknown[] = [];
      const onError = (error: unknown) => void errors.push(error);
      const response = maintenanceMode({ enabled: true, onError, [name]: faulty })(request);
      expect(response?.status).toBe(503);
      expect(response?.headers.get("content-type")).toBe("text/html; charset=utf-8");
      expect(errors).toHaveLength(1);
    }
  });

  test("enabled", () => {
    const answers = [fail, () => true, fail, late, () => false, fail] as (() => boolean)[];
    const maintenance = maintenanceMode({ enabled: () => answers.shift()!(), onError: () => {} });
    expect([1, 2, 3, 4, 5, 6].map(() => maintenance.active)).toEqual([false, true, true, true, false, false]);
  });

  test("onError", () => {
    const written = vi.spyOn(console, "error").mockImplementation(() => {});
    const maintenance = maintenanceMode({ enabled: true, allow: fail, onError: fail });
    expect(maintenance(request)?.status).toBe(503);
    expect(written).toHaveBeenCalledOnce();
    written.mockRestore();
  });

  test("isStaff", async () => {
    for (const faulty of [fail, () => Promise.reject(new Error("mine"))]) {
      const errors: unknown[] = [];
      const maintenance = maintenanceMode({ enabled: true, onError: (error) => void errors.push(error) });
      const handler = withMaintenance(maintenance, () => new Response("up"), { isStaff: faulty });
      expect((await handler(request, { remoteAddr: { hostname: "192.0.2.1" } })).status).toBe(503);
      expect(errors).toHaveLength(1);
    }
  });
});

test("The parts of an error are its properties", () => {
  const rows = page("errors.md").tablesUnder("When options are checked")[0]!.rows;
  const source = readFileSync(join(repository, "src/util/errors.ts"), "utf8").split("export interface Problem {")[1]!;
  const parts = Array.from(source.split("\n}")[0]!.matchAll(/^ {2}readonly (\w+)/gm), ([, name]) => name);
  expect(rows.map(([name]) => codeIn(name!)[0])).toEqual(["code", ...parts]);
  const error = thrownBy(() => maintenanceMode({ internalIps: ["10.1.2.3/8"] }));
  for (const name of ["code", ...parts]) expect(error).toHaveProperty(name!, expect.any(String));
  expect(error).toBeInstanceOf(OptionError);
  expect(thrownBy(() => maintenanceMode({ bypassSecret: "short" }))).toMatchObject({ received: undefined });
});

test("The codes of errors exist, with their classes", () => {
  const rows = page("errors.md").tablesUnder("Codes")[0]!.rows.map((row) => row.map((cell) => codeIn(cell)[0]!));
  const source = readFileSync(join(repository, "src/util/errors.ts"), "utf8").split("export type ErrorCode =")[1]!;
  const codes = Array.from(source.split(";")[0]!.matchAll(/"(ERR_\w+)"/g), ([, code]) => code);
  expect(rows.map(([code]) => code)).toEqual(codes);
  const made: Error[] = [
    thrownBy(() => maintenanceMode({ zzz: 1 } as MaintenanceOptions)),
    thrownBy(() => parseState("{}")),
    new StoreError("read", "gone"),
    new ConflictError("change the state", undefined),
    new FleetError("late", []),
  ];
  for (const [at, error] of made.entries()) {
    expect(error).toMatchObject({ code: rows[at]![0], name: rows[at]![1] });
    expect(error).toBeInstanceOf(MaintenanceError);
    expect(error instanceof TypeError).toBe(at < 2);
  }
});
