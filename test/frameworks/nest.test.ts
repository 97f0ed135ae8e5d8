import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { MaintenanceModule, type MaintenanceModuleOptions } from "../../src/frameworks/nest.ts";
import { maintenanceMode } from "../../src/index.ts";
import { page } from "../docs/_pages.ts";

const maintenance = maintenanceMode({ enabled: true });

const WRONG: readonly (readonly [what: string, options: unknown, message: string])[] = [
  [
    "the gate in place of the options",
    maintenance,
    'Cannot make MaintenanceModule: "options" must be an object such as { maintenance, state }, received the function gate',
  ],
  [
    "no gate",
    {},
    'Cannot put the gate in front of the handler: "maintenance" must be a gate that maintenanceMode() returned, received undefined',
  ],
  [
    "an option of the gate",
    { maintenance, ignoreUrls: ["/health"] },
    'Cannot put the gate in front of the handler: unknown name "ignoreUrls" in options',
  ],
  [
    "a state that nobody can close",
    { maintenance, state: { mode: "on" } },
    'Cannot make MaintenanceModule: "state" must be a live state that liveState() returned, received an object',
  ],
];

test.each(WRONG)("MaintenanceModule.forRoot() refuses %s", (_what, options, message) => {
  const make = () => MaintenanceModule.forRoot(options as MaintenanceModuleOptions);
  expect(make).toThrow(
    expect.objectContaining({ code: "ERR_OPTION_INVALID", message: expect.stringContaining(message) }),
  );
});

test("MaintenanceModule.forRoot() says that Nest has to be loaded before", () => {
  expect(() => MaintenanceModule.forRoot({ maintenance })).toThrow(expect.objectContaining({
    code: "ERR_RUNTIME",
    message: "Cannot make MaintenanceModule: Nest has not been loaded: import @nestjs/common before this call",
  }));
});

test("MaintenanceModule says that Nest is too old to register the gate", () => {
  const module = new MaintenanceModule({});
  expect(() => module.configure({})).toThrow(expect.objectContaining({
    code: "ERR_RUNTIME",
    message: "Cannot put the gate in front of the app: Nest gives no adapter: update @nestjs/core, or register " +
      "maintenanceMiddleware of maintenancemode/express with app.use()",
  }));
});

// The suite over the frameworks runs both.
test("docs/frameworks/nest.md shows the module of the example, and the lines of the app with static assets", () => {
  const read = (path: string) => readFileSync(new URL(path, import.meta.url), "utf8");
  const example = read("../../examples/nest/src/app.module.ts");
  expect(page("frameworks/nest.md").codeUnder("Staff")).toBe(example);
  const first = page("frameworks/nest.md").codeUnder("The module").split("\n");
  expect(first.filter((line) => !example.includes(line))).toEqual([
    'import { AppService } from "./app.service.js";',
    'const maintenance = maintenanceMode({ state, ignoreUrls: ["/health"] });',
    "  imports: [MaintenanceModule.forRoot({ maintenance, state })],",
    "  providers: [AppService],",
  ]);
  const main = read("apps/nest/src/main.ts");
  const lines = page("frameworks/nest.md").codeUnder("Static assets").trimEnd().split("\n");
  const known = (line: string) => main.includes(line.replace(/\);$/, "")) || line === "";
  expect(lines.filter((line) => !known(line))).toEqual([]);
});
