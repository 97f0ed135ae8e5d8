import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import maintenanceModule, { type NuxtMaintenanceOptions } from "../../src/frameworks/nuxt.ts";

/** Sets the module up as Nuxt does, with the options that an app gives. */
function setUp(maintenance: NuxtMaintenanceOptions, hasGate = false) {
  const rootDir = mkdtempSync(join(tmpdir(), "maintenancemode-nuxt-"));
  onTestFinished(() => rmSync(rootDir, { recursive: true }));
  if (hasGate) {
    mkdirSync(join(rootDir, "server"));
    writeFileSync(join(rootDir, "server/maintenance.ts"), "export default undefined;\n");
  }
  const templates: { filename: string; getContents(): string }[] = [];
  const runtimeConfig: Record<string, unknown> = {};
  const options = { rootDir, buildDir: join(rootDir, ".nuxt"), runtimeConfig, build: { templates }, maintenance };
  maintenanceModule({}, { options, hook: () => {} });
  const contentsOf = (name: string) => templates.find(({ filename }) => filename.endsWith(name))?.getContents();
  return { rootDir, runtimeConfig, contentsOf };
}

test("the module of /nuxt leaves the options of the gate to the runtime configuration", () => {
  const { runtimeConfig, contentsOf } = setUp({
    store: "file:state.json",
    ignoreUrls: ["/health"],
    statusUrl: "/status",
  });
  expect(runtimeConfig).toEqual({ maintenance: { store: "state.json", ignoreUrls: ["/health"] } });
  expect(contentsOf("use-maintenance.ts")).toContain('useFetch<MaintenanceStatus>("/status"');
  expect(contentsOf("plugin.mjs")).toContain('route: "/status"');
});

test("the module of /nuxt takes the gate of server/maintenance.ts, and adds nothing to the runtime configuration", () => {
  const { rootDir, runtimeConfig, contentsOf } = setUp({ statusUrl: false }, true);
  expect(runtimeConfig).toEqual({});
  expect(contentsOf("plugin.mjs")).toContain(
    `import plugin from ${JSON.stringify(join(rootDir, "server/maintenance.ts"))};`,
  );
  expect(contentsOf("plugin.mjs")).not.toContain("route:");
  expect(contentsOf("use-maintenance.ts")).toBeUndefined();
});

test.each<[string, NuxtMaintenanceOptions, RegExp]>([
  [
    "a function",
    { isStaff: () => true },
    /"maintenance\.isStaff" must be something that can be written as JSON.*server\/maintenance\.ts/,
  ],
  [
    "a regular expression",
    { ignoreUrls: [/^\/health$/] as never },
    /"maintenance\.ignoreUrls" must be something that can/,
  ],
  ["a store that is no path", { store: 5 as never }, /"maintenance\.store" must be the path of a file, received 5/],
  ["a status without a path", { statusUrl: "status" }, /"maintenance\.statusUrl" must be false or a path/],
])("the module of /nuxt refuses %s", (_, options, message) => {
  expect(() => setUp(options)).toThrow(message);
});

test("the module of /nuxt refuses options of a gate that server/maintenance.ts makes", () => {
  expect(() => setUp({ ignoreUrls: ["/health"] }, true)).toThrow(
    /"maintenance\.ignoreUrls" must be left out.*server\/maintenance\.ts makes the gate: write it there/,
  );
});

test("the module of /nuxt refuses what is no Nuxt", () => {
  expect(() => maintenanceModule({}, {} as never)).toThrow(
    /"nuxt" must be a build of Nuxt 3 or later.*nuxt\.config\.ts/,
  );
});
