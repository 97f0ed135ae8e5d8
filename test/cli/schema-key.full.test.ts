import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { cli, makePlace } from "./_cli.ts";
import { withoutAuthors } from "../state/_live.ts";

const SCHEMA = "./node_modules/maintenancemode/dist/schemas/state.json";

test("on, off and run keep the $schema of a state file, and show nothing of it", async () => {
  const { store, file, read, write } = makePlace();
  write(JSON.stringify({ $schema: SCHEMA, mode: "off" }));
  const on = await cli(["on", "--store", store, "--json", "--reason", "New", "--allow-ip", "10.0.0.1"]);
  expect(readFileSync(file, "utf8")).toMatch(/^\{\n {2}"\$schema": ".*state\.json",\n {2}"mode": "on",\n/);
  expect(withoutAuthors(on.json.state)).toEqual({ mode: "on", reason: "New", internalIps: ["10.0.0.1"] });
  const { revision } = (await cli(["status", "--store", store, "--json"])).json;
  expect(revision).toBe(on.json.revision);

  await cli(["run", "--store", store, "--allow-no-instances", "--", "false"]);
  expect(read()).toMatchObject({ $schema: SCHEMA, mode: "on", former: { mode: "on", reason: "New" } });
  await cli(["run", "--store", store, "--allow-no-instances", "--", "true"]);
  expect(withoutAuthors(read())).toEqual({ $schema: SCHEMA, mode: "on", reason: "New", internalIps: ["10.0.0.1"] });

  await cli(["off", "--store", store]);
  expect(read()).toEqual({ $schema: SCHEMA, mode: "off" });
  const again = await cli(["off", "--store", store, "--json"]);
  expect(again.json).toMatchObject({ changed: false });
});
