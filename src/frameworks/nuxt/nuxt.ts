/**
 * Options of the module: those of `maintenanceMode()` that can be written as JSON, `trustProxy`, and these. The server reads
 * them from `runtimeConfig.maintenance`, so that `NUXT_MAINTENANCE_STORE` and its kin replace them.
 */
export interface NuxtMaintenanceOptions {
  /**
   * The file of the state, from the folder in which the server starts.
   *
   * @default {"maintenance.json"}
   */
  store?: string;
  /**
   * Where the server tells the public status, which `useMaintenance()` reads. It always passes. `false` leaves out both.
   *
   * @default {"/_maintenance"}
   */
  statusUrl?: string | false;
  /** The proxies to believe about the client's address. */
  trustProxy?: string[];
  /** URLs that always pass. */
  ignoreUrls?: string[];
  /** Addresses that get in. */
  internalIps?: string[];
  /** Other options of `maintenanceMode()`. */
  [option: string]: unknown;
}

/** A build of Nuxt, by the members that are used. */
export interface Nuxt {
  /** The options of the app. */
  readonly options: {
    /** Where the app is. */
    readonly rootDir: string;
    /** Where Nuxt writes what it generates. */
    readonly buildDir: string;
    /** Where the code of the server is. */
    readonly serverDir?: string;
    /** What the server reads while it runs. */
    // deno-lint-ignore no-explicit-any -- The type of Nuxt has the names of the app's own options.
    readonly runtimeConfig: any;
    /** What Nuxt generates. */
    readonly build: {
      // deno-lint-ignore no-explicit-any -- The type of Nuxt knows many forms.
      readonly templates: any[];
    };
    /** The options of the module. */
    readonly maintenance?: NuxtMaintenanceOptions | false;
  };
  /** Adds a function that Nuxt calls. */
  // deno-lint-ignore no-explicit-any -- Each hook has a type of its own.
  hook(name: any, listener: (argument: any) => void): unknown;
}
