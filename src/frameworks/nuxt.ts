/**
 * The gate as a module of Nuxt 4 and Nuxt 3. It stands in front of everything that the server answers: pages, API routes,
 * public assets, prerendered pages, the rules of routes, and WebSockets.
 *
 * ```ts no-eval
 * // nuxt.config.ts
 * export default defineNuxtConfig({
 *   modules: ["maintenancemode/nuxt"],
 *   maintenance: { ignoreUrls: ["/health"] },
 * });
 * ```
 *
 * Without more, the state is in the file `maintenance.json`. A gate with another store, and `isStaff`, are written in
 * `server/maintenance.ts`, as a `maintenancePlugin` of `maintenancemode/nitro` that the file exports by default. Then
 * `nuxt.config.ts` has no option but `statusUrl`.
 *
 * @module maintenancemode/nuxt
 */
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import type { Nuxt, NuxtMaintenanceOptions } from "./nuxt/nuxt.ts";
import { checkNuxt, gateOptions } from "./nuxt/options.ts";
import { composable, polyfillModule, serverPlugin } from "./nuxt/templates.ts";

export type { Nuxt, NuxtMaintenanceOptions };

/** The module, as Nuxt takes it. */
export interface MaintenanceModule {
  /** Adds the gate to an app. */
  (options: NuxtMaintenanceOptions, nuxt: Nuxt): void;
  /** Puts together the options that the app gives. */
  getOptions(inlineOptions?: Partial<NuxtMaintenanceOptions>, nuxt?: Nuxt): Promise<NuxtMaintenanceOptions>;
  /** Says under which name the app gives options. */
  getMeta(): Promise<{ name: string; configKey: string }>;
}

interface NitroConfig {
  plugins?: string[] | undefined;
}

const FOLDER = "maintenancemode";

/** Adds the gate to an app of Nuxt. */
function addToNuxt(inlineOptions: NuxtMaintenanceOptions, nuxt: Nuxt): void {
  checkNuxt(nuxt);
  const { buildDir, serverDir, rootDir } = nuxt.options;
  const options = { ...inlineOptions, ...nuxt.options.maintenance || {} };
  const own = ["ts", "mts", "js", "mjs"].map((ending) =>
    join(serverDir ?? join(rootDir, "server"), `maintenance.${ending}`)
  )
    .find((file) => existsSync(file));
  const { statusUrl = "/_maintenance" } = options;
  const gate = gateOptions(options, own);
  if (gate !== undefined) nuxt.options.runtimeConfig["maintenance"] = gate;

  const add = (filename: string, text: string): string => {
    nuxt.options.build.templates.push({ filename: `${FOLDER}/${filename}`, write: true, getContents: () => text });
    return join(buildDir, FOLDER, filename);
  };
  const polyfill = dirname(createRequire(import.meta.url).resolve("urlpattern-polyfill"));
  add("polyfill.mjs", polyfillModule(join(polyfill, "dist/urlpattern.js")));
  const plugin = add("plugin.mjs", serverPlugin(own, statusUrl));
  nuxt.hook("nitro:config", (nitro: NitroConfig) => {
    nitro.plugins = [plugin, ...nitro.plugins ?? []];
  });
  nuxt.hook("nitro:init", ({ hooks }: { hooks: Pick<Nuxt, "hook"> }) => {
    // Pages that are rendered at build time are the site's own, whatever the state says meanwhile.
    hooks.hook("prerender:config", (nitro: NitroConfig) => {
      nitro.plugins = nitro.plugins?.filter((file) => file !== plugin);
    });
  });
  if (statusUrl === false) return;
  const from = add("use-maintenance.ts", composable(statusUrl)).replace(/\.ts$/, "");
  nuxt.hook("imports:extend", (imports) => void imports.push({ name: "useMaintenance", from }));
}

/** The module. */
const maintenanceModule: MaintenanceModule = Object.assign(addToNuxt, {
  getOptions: (inlineOptions?: Partial<NuxtMaintenanceOptions>, nuxt?: Nuxt): Promise<NuxtMaintenanceOptions> =>
    Promise.resolve({ ...inlineOptions, ...nuxt?.options.maintenance || {} }),
  getMeta: () => Promise.resolve({ name: "maintenancemode", configKey: "maintenance" }),
});

export default maintenanceModule;
