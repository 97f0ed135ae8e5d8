import { checkNames, invalidOption } from "../../util/errors.ts";

/** Options of {@link maintenanceIntegration}. */
export interface MaintenanceIntegrationOptions {
  /** The module that exports the middleware as `onRequest`: a path from the root of the project, or a URL. */
  entrypoint: string | URL;
}

/** What Astro gives an integration, by the members that are used. */
export interface AstroSetup {
  /** The configuration. */
  readonly config: { readonly root: URL };
  /** Adds middleware. */
  addMiddleware(middleware: { order: "pre" | "post"; entrypoint: string }): void;
  /** Changes the configuration. */
  // deno-lint-ignore no-explicit-any -- Vite's plugins have a type of their own in each version.
  updateConfig(config: { vite: { plugins: any[] } }): unknown;
}

/** Where Astro has integrations print. */
export interface AstroLogger {
  /** Prints a warning. */
  warn(message: string): void;
}

/** The integration, by the hooks that it has: an `AstroIntegration`. */
export interface MaintenanceIntegration {
  /** The name that Astro shows. */
  name: string;
  /** The hooks. */
  hooks: {
    /** Adds the middleware. */
    "astro:config:setup": (setup: AstroSetup) => void;
    /** Warns if no server is built, which could ask the gate. */
    "astro:config:done": (done: { readonly buildOutput: "static" | "server"; readonly logger: AstroLogger }) => void;
    /** Warns of pages that the middleware does not see. */
    "astro:build:done": (done: { readonly pages: readonly unknown[]; readonly logger: AstroLogger }) => void;
  };
}

const TASK = "make the integration";
const MODULE = "virtual:maintenancemode/middleware";
const RESOLVED = `\0${MODULE}`;

/** What is run for pages that are made during the build. The app's module would follow the store meanwhile. */
const PASSING = "export const onRequest = (_context, next) => next();";

/**
 * Makes an integration that puts the gate before all other middleware, wherever `src/middleware.ts` has its own.
 *
 * While Astro builds the site, it does not load the module, so that the build follows no store.
 *
 * @param options The module of the middleware.
 * @returns The integration, for `integrations` of `astro.config.mjs`.
 * @throws {OptionError} If the option is not valid.
 * @example Usage
 * ```js no-eval
 * import { defineConfig } from "astro/config";
 * import { maintenanceIntegration } from "maintenancemode/astro";
 *
 * export default defineConfig({
 *   integrations: [maintenanceIntegration({ entrypoint: "./src/maintenance.ts" })],
 * });
 * ```
 */
export function maintenanceIntegration(options: MaintenanceIntegrationOptions): MaintenanceIntegration {
  checkNames(TASK, options, ["entrypoint"]);
  const { entrypoint } = options;
  if (!(entrypoint instanceof URL) && (typeof entrypoint !== "string" || entrypoint === "")) {
    const hint = "name the module that exports the middleware, not the gate";
    throw invalidOption(TASK, "entrypoint", 'a path such as "./src/maintenance.ts" or a URL', entrypoint, hint);
  }
  return {
    name: "maintenancemode",
    hooks: {
      "astro:config:setup"({ config, addMiddleware, updateConfig }) {
        updateConfig({ vite: { plugins: [createPlugin(entrypoint, config.root)] } });
        addMiddleware({ order: "pre", entrypoint: MODULE });
      },
      "astro:config:done"({ buildOutput, logger }) {
        if (buildOutput === "server") return;
        logger.warn("The site is built without a server, and nothing asks the gate: set output and adapter");
      },
      "astro:build:done"({ pages: { length }, logger }) {
        if (length === 0) return;
        logger.warn(
          `${
            length === 1 ? "1 prerendered page stays" : `${length} prerendered pages stay`
          } open during maintenance, ` +
            "and so do static files: the server sends them without asking middleware. To close them as well, put the gate " +
            "before the server, with maintenancemode/connect",
        );
      },
    },
  };
}

/** What is used of Vite in a plugin. */
interface PluginContext {
  readonly environment?: { readonly name: string };
  resolve(id: string): Promise<{ readonly id: string } | null>;
}

function createPlugin(entrypoint: string | URL, root: URL): object {
  const isPath = entrypoint instanceof URL || /^[./]/.test(entrypoint);
  // Vite takes paths with "/", in Windows as well.
  const id = isPath ? decodeURIComponent(new URL(entrypoint, root).pathname) : entrypoint;
  return {
    name: "maintenancemode",
    resolveId: (id: string) => id === MODULE ? RESOLVED : undefined,
    async load(this: PluginContext, loaded: string): Promise<string | undefined> {
      if (loaded !== RESOLVED) return undefined;
      if (this.environment?.name === "prerender") return PASSING;
      const found = await this.resolve(id);
      if (found === null) throw invalidOption(TASK, "entrypoint", "the path of a module", String(entrypoint));
      return `export { onRequest } from ${JSON.stringify(found.id)};`;
    },
  };
}
