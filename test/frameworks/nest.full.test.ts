/** The module in apps of the installed Nest: `npm run test:frameworks` installs it. */
import { fileURLToPath, pathToFileURL } from "node:url";
import { afterEach, describe, expect, test, vi } from "vitest";
import type { MaintenanceModuleOptions } from "../../src/frameworks/nest.ts";
import { maintenanceMode } from "../../src/index.ts";
import { liveState } from "../../src/state.ts";
import { memoryStore } from "../../src/stores/memory.ts";
import { hasFrameworks } from "./project.ts";

const installed = fileURLToPath(new URL("node_modules/@nestjs/", import.meta.url));

/** An app of Nest, by the members that are used. */
interface App {
  setGlobalPrefix(prefix: string): void;
  useStaticAssets(folder: string): void;
  listen(port: number, host: string): Promise<void>;
  getUrl(): Promise<string>;
  get(token: symbol): unknown;
  close(): Promise<void>;
}

const apps: App[] = [];
afterEach(async () => {
  await Promise.all(apps.splice(0).map((app) => app.close()));
});

/** Makes an app whose one controller answers at its root. */
async function create(imports: readonly unknown[]): Promise<App> {
  const load = (name: string) => import(pathToFileURL(`${installed}${name}/index.js`).href);
  const { Controller, Get, Module } = await load("common");
  const { NestFactory } = await load("core");
  class HomeController {
    home(): string {
      return "app";
    }
  }
  const { prototype } = HomeController;
  Get()(prototype, "home", Object.getOwnPropertyDescriptor(prototype, "home"));
  Controller()(HomeController);
  class AppModule {}
  Module({ imports, controllers: [HomeController] })(AppModule);
  const app: App = await NestFactory.create(AppModule, { logger: false, abortOnError: false });
  apps.push(app);
  return app;
}

/** The module, once Nest is loaded. */
async function loadModule(): Promise<typeof import("../../src/frameworks/nest.ts")> {
  await import(pathToFileURL(`${installed}common/index.js`).href);
  return await import("../../src/frameworks/nest.ts");
}

async function statusOf(app: App, ...paths: string[]): Promise<number[]> {
  await app.listen(0, "127.0.0.1");
  const url = await app.getUrl();
  return Promise.all(paths.map(async (path) => (await fetch(url + path)).status));
}

async function gateOf() {
  const state = liveState(memoryStore('{"mode":"on"}'));
  await state.ready;
  return { state, maintenance: maintenanceMode({ state, ignoreUrls: ["/api"] }) };
}

describe.skipIf(!hasFrameworks())("MaintenanceModule", () => {
  test("guards what is outside of the app's global prefix", async () => {
    const { MaintenanceModule } = await loadModule();
    const app = await create([MaintenanceModule.forRoot(await gateOf())]);
    app.setGlobalPrefix("api");
    expect(await statusOf(app, "/", "/api", "/api/nothing-here", "/nothing-here")).toEqual([503, 200, 503, 503]);
  });

  test("takes options that a factory makes of providers", async () => {
    const { MaintenanceModule, MAINTENANCE } = await loadModule();
    const options = await gateOf();
    const useFactory = (given: MaintenanceModuleOptions) => Promise.resolve(given);
    class Config {}
    const imports = [{ module: Config, providers: [{ provide: "options", useValue: options }], exports: ["options"] }];
    const app = await create([MaintenanceModule.forRootAsync({ imports, inject: ["options"], useFactory })]);
    expect(await statusOf(app, "/")).toEqual([503]);
    expect(app.get(MAINTENANCE)).toBe(options.maintenance);
  });

  test("refuses options of a factory that are wrong", async () => {
    const { MaintenanceModule } = await loadModule();
    const useFactory = () => ({ maintenance: {} }) as MaintenanceModuleOptions;
    await expect(create([MaintenanceModule.forRootAsync({ useFactory })])).rejects.toThrow(
      '"maintenance" must be a gate that maintenanceMode() returned, received an object',
    );
  });

  test("closes the live state with the app", async () => {
    const { MaintenanceModule } = await loadModule();
    const options = await gateOf();
    const close = vi.spyOn(options.state, "close");
    const app = await create([MaintenanceModule.forRoot(options)]);
    expect(await statusOf(app, "/")).toEqual([503]);
    expect(close).not.toHaveBeenCalled();
    await apps.pop()!.close();
    expect(close).toHaveBeenCalledOnce();
  });

  test("says once that static assets stand before it", async () => {
    const warn = vi.spyOn(console, "warn").mockImplementation(() => {});
    const { MaintenanceModule } = await loadModule();
    const options = await gateOf();
    const app = await create([MaintenanceModule.forRoot(options), MaintenanceModule.forRoot(options)]);
    app.useStaticAssets(import.meta.dirname);
    await statusOf(app, "/", "/");
    expect(warn.mock.calls).toEqual([[
      "maintenancemode: express.static() is registered before MaintenanceModule: it stays open while the site is closed, " +
      "and nothing counts its requests. Call app.use(app.get(MAINTENANCE_MIDDLEWARE)) before it, and list what is to " +
      'stay open in "ignoreUrls". This is said once.',
    ]]);
  });
});
