/**
 * The gate as a module of Nest.
 *
 * ```ts no-eval
 * import { Module } from "@nestjs/common";
 * import { maintenanceMode } from "maintenancemode";
 * import { MaintenanceModule } from "maintenancemode/nest";
 * import { liveState } from "maintenancemode/state";
 * import { fileStore } from "maintenancemode/stores/file";
 *
 * const state = liveState(fileStore("maintenance.json"));
 * const maintenance = maintenanceMode({ state, ignoreUrls: ["/health"] });
 *
 * @Module({ imports: [MaintenanceModule.forRoot({ maintenance, state })] })
 * export class AppModule {}
 * ```
 *
 * @module maintenancemode/nest
 */
import type { Maintenance } from "../gate/maintenance.ts";
import type { Middleware, NodeRequest, NodeResponse } from "../hosts/connect.ts";
import { MaintenanceError } from "../util/errors.ts";
import type { MaintenanceDynamicModule, MiddlewareConsumerLike } from "./nest/nest-types.ts";
import { createSetup, type MaintenanceModuleOptions, type Setup } from "./nest/setup.ts";

export { guardUpgrade } from "../hosts/connect.ts";
export type {
  CloseStreams,
  CloseStreamsOption,
  GuardUpgradeOptions,
  HostOptions,
  Middleware,
  MiddlewareOptions,
  NodeInfo,
  NodeRequest,
  NodeResponse,
  StaffOptions,
  UpgradeInfo,
  UpgradeServer,
  UpgradeSocket,
} from "../hosts/connect.ts";
export type { MaintenanceDynamicModule, MaintenanceModuleOptions, MiddlewareConsumerLike };

/** The token of the gate: `@Inject(MAINTENANCE) maintenance: Maintenance`, for its notice and its status. */
export const MAINTENANCE: unique symbol = Symbol.for("maintenancemode.nest.maintenance") as never;

/**
 * The token of the gate's middleware, for an app that registers something of its own in front of all modules, such as static
 * assets: `app.use(app.get(MAINTENANCE_MIDDLEWARE))` puts the gate there. Where the module adds it again, it does nothing.
 */
export const MAINTENANCE_MIDDLEWARE: unique symbol = Symbol.for("maintenancemode.nest.middleware") as never;

const OPTIONS = Symbol("maintenancemode.nest.options");
const SETUP = Symbol("maintenancemode.nest.setup");

/** What {@link MaintenanceModule.forRootAsync} takes. */
export interface MaintenanceModuleAsyncOptions {
  /** The modules whose providers the factory gets. */
  // deno-lint-ignore no-explicit-any -- A module class, a dynamic module, a promise of one: Nest has a type for it.
  imports?: any[];
  /** The tokens of what the factory gets. */
  // deno-lint-ignore no-explicit-any -- As above.
  inject?: any[];
  /** Makes the options. */
  useFactory(
    // deno-lint-ignore no-explicit-any -- What the tokens stand for.
    ...dependencies: any[]
    // deno-lint-ignore no-explicit-any -- `isStaff` may take the request of any platform.
  ): MaintenanceModuleOptions<any, any> | Promise<MaintenanceModuleOptions<any, any>>;
}

/**
 * Puts the gate in front of guards, controllers, unknown routes and modules such as `ServeStaticModule`, and behind what
 * `main.ts` registers with `app.use()`, such as a session. It guards upgrades of the app's server as well, where WebSockets
 * begin. The app closes the live state when it shuts down.
 *
 * It takes Nest's adapter for Express, or another one that takes middleware `(req, res, next)`.
 */
export class MaintenanceModule {
  readonly #setup: Setup;

  /**
   * Nest makes it.
   *
   * @param setup The provider of the module that Nest passes.
   */
  constructor(setup: object) {
    this.#setup = setup as Setup;
  }

  /**
   * Makes the module.
   *
   * @param options The gate, and the options of `maintenanceMiddleware`. Name the type of the request where `isStaff` reads
   * it: `isStaff: (_request, { req }: { req: Request }) => …`.
   * @returns What goes into `imports` of the app's root module.
   * @throws {OptionError} If an option is not valid.
   * @throws {MaintenanceError} With the code `ERR_VERSION`, if another version of this package has made the gate.
   * @example Staff by a session
   * ```ts no-eval
   * import { Module } from "@nestjs/common";
   * import type { Request } from "express";
   * import { maintenanceMode } from "maintenancemode";
   * import { MaintenanceModule } from "maintenancemode/nest";
   *
   * const maintenance = maintenanceMode({ enabled: true });
   *
   * @Module({
   *   imports: [
   *     MaintenanceModule.forRoot({
   *       maintenance,
   *       isStaff: (_request, { req }: { req: Request }) => req.session.isStaff === true,
   *     }),
   *   ],
   * })
   * export class AppModule {}
   * ```
   */
  static forRoot<Req extends NodeRequest = NodeRequest, Res extends NodeResponse = NodeResponse>(
    options: MaintenanceModuleOptions<Req, Res>,
  ): MaintenanceDynamicModule {
    // What is wrong is said here, where the trace shows the line.
    const setup = createSetup(options);
    return dynamicModule([{ provide: SETUP, useFactory: () => setup }]);
  }

  /**
   * Makes the module with options that need providers of the app.
   *
   * @param options What makes the options, and what it needs for that.
   * @returns What goes into `imports` of the app's root module.
   * @example A store by the app's configuration
   * ```ts no-eval
   * import { Module } from "@nestjs/common";
   * import { ConfigModule, ConfigService } from "@nestjs/config";
   * import { maintenanceMode } from "maintenancemode";
   * import { MaintenanceModule } from "maintenancemode/nest";
   * import { liveState } from "maintenancemode/state";
   * import { fileStore } from "maintenancemode/stores/file";
   *
   * @Module({
   *   imports: [
   *     MaintenanceModule.forRootAsync({
   *       imports: [ConfigModule],
   *       inject: [ConfigService],
   *       useFactory(config: ConfigService) {
   *         const state = liveState(fileStore(config.getOrThrow("MAINTENANCE_FILE")));
   *         return { maintenance: maintenanceMode({ state }), state };
   *       },
   *     }),
   *   ],
   * })
   * export class AppModule {}
   * ```
   */
  static forRootAsync(
    { imports = [], inject = [], useFactory }: MaintenanceModuleAsyncOptions,
  ): MaintenanceDynamicModule {
    return {
      ...dynamicModule([
        { provide: OPTIONS, inject, useFactory },
        { provide: SETUP, inject: [OPTIONS], useFactory: createSetup },
      ]),
      imports,
    };
  }

  /**
   * Registers the gate. Nest calls it.
   *
   * @param consumer What Nest gives to modules.
   */
  configure(consumer: MiddlewareConsumerLike): void {
    // Routes of the consumer would get the app's global prefix, and all the rest would stay open.
    const adapter = consumer.getHttpAdapter?.();
    if (adapter === undefined) {
      const hint = "update @nestjs/core, or register maintenanceMiddleware of maintenancemode/express with app.use()";
      throw new MaintenanceError(
        "ERR_RUNTIME",
        `Cannot put the gate in front of the app: Nest gives no adapter: ${hint}`,
      );
    }
    adapter.use(this.#setup.middleware);
    this.#setup.guardServer(adapter.getHttpServer());
  }

  /** Closes the live state, so that nobody waits for this process. Nest calls it. */
  async onApplicationShutdown(): Promise<void> {
    await this.#setup.close();
  }
}

function dynamicModule(providers: MaintenanceDynamicModule["providers"]): MaintenanceDynamicModule {
  declareDependency();
  return {
    module: MaintenanceModule,
    global: true,
    providers: [
      ...providers,
      { provide: MAINTENANCE, inject: [SETUP], useFactory: ({ maintenance }: Setup): Maintenance => maintenance },
      {
        provide: MAINTENANCE_MIDDLEWARE,
        inject: [SETUP],
        useFactory: ({ middleware }: Setup): Middleware => middleware,
      },
    ],
    exports: [MAINTENANCE, MAINTENANCE_MIDDLEWARE],
  };
}

/** Tells Nest what the constructor takes. `@Inject()` does the same, and would load Nest. */
function declareDependency(): void {
  const { defineMetadata } = Reflect as { defineMetadata?: (key: string, value: unknown, target: object) => void };
  if (defineMetadata === undefined) {
    const hint = 'import "@nestjs/common" or "reflect-metadata" before this call';
    throw new MaintenanceError("ERR_RUNTIME", `Cannot make MaintenanceModule: Nest has not been loaded: ${hint}`);
  }
  defineMetadata("self:paramtypes", [{ index: 0, param: SETUP }], MaintenanceModule);
}
