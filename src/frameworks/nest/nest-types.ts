import type { UpgradeServer } from "../../hosts/connect.ts";

/** A module of Nest as `imports` takes it, by the members that are used. */
export interface MaintenanceDynamicModule {
  /** The class of the module. */
  // deno-lint-ignore no-explicit-any -- As in Nest's own type.
  module: new (...dependencies: any[]) => object;
  /** Whether all modules of the app get what it exports. */
  global: boolean;
  /** The modules whose providers it needs. */
  // deno-lint-ignore no-explicit-any -- A module class, a dynamic module, a promise of one: Nest has a type for it.
  imports?: any[];
  /** What it provides. */
  providers: {
    /** The token. */
    provide: symbol;
    /** The tokens of what the factory gets. */
    // deno-lint-ignore no-explicit-any -- As in Nest's own type.
    inject?: any[];
    /** Makes what the token stands for. */
    // deno-lint-ignore no-explicit-any -- As in Nest's own type.
    useFactory: (...dependencies: any[]) => unknown;
  }[];
  /** The tokens that other modules can use. */
  exports: symbol[];
}

/** What Nest gives to `configure()` of a module, by the member that is used. */
export interface MiddlewareConsumerLike {
  /** The adapter of the app's HTTP server. */
  getHttpAdapter?(): {
    /** Registers middleware. */
    use(middleware: unknown): unknown;
    /** The server. */
    getHttpServer(): UpgradeServer;
  };
}
