import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";

const FIXTURE = fileURLToPath(new URL("memory.fixture.ts", import.meta.url));

test("maintenanceMode() keeps no more after half a million random requests than after the first of them", async () => {
  const { stdout } = await promisify(execFile)(process.execPath, ["--expose-gc", FIXTURE, "500000"]);
  expect(Number(stdout)).toBeLessThan(8 * 2 ** 20);
}, 300_000);
