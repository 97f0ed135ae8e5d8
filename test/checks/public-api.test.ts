import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { describePublicApi, FROZEN } from "./public-api.ts";

test("the public names and signatures are those of public-api.txt", () => {
  const api = describePublicApi();
  const hint = "if the change is meant, tell it in CHANGELOG.md and renew the list: node test/checks/public-api.ts";
  expect(api, hint).toBe(readFileSync(FROZEN, "utf8"));
  // Not a list of nothing.
  expect(api).toContain("function maintenanceMode(options?: MaintenanceOptions): Maintenance;");
  expect(api).toMatch(/^maintenancemode\/stores\/redis$/m);
});
