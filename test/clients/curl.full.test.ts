import { execFile } from "node:child_process";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { promisify } from "node:util";
import { maintenanceMode } from "maintenancemode";
import { maintenanceMiddleware } from "maintenancemode/connect";
import { withMaintenance } from "maintenancemode/node";
import { expect, onTestFinished, test } from "vitest";
import { has } from "../_needs.ts";

const maintenance = maintenanceMode({ enabled: true, retryAfter: 120 });
const run = promisify(execFile);

test.skipIf(!has("curl")).each<[string, () => Server]>([
  ["withMaintenance()", () => createServer(withMaintenance(maintenance, () => new Response("Hello")))],
  ["maintenanceMiddleware()", () => {
    const guard = maintenanceMiddleware(maintenance);
    return createServer((req, res) => guard(req, res, () => res.end("Hello")));
  }],
])("curl --fail ends with an error behind %s, and curl -w tells when to come back", async (_name, create) => {
  const server = create();
  onTestFinished(() => void server.close());
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  await expect(run("curl", ["--silent", "--fail", url])).rejects.toMatchObject({ code: 22 });
  const { stdout } = await run("curl", ["-s", "-o", "/dev/null", "-w", "%{http_code} %header{retry-after}", url]);
  // Older versions of curl know no %header.
  expect(stdout).toMatch(/^503 (?:120|%header\{retry-after\})$/);
});
