/** The recipes for frameworks that build a whole site. */
import { EXPORTED, GATE, MADE, type Recipe } from "./recipe.ts";

export const SITE_RECIPES: readonly Recipe[] = [
  {
    name: "Next.js",
    packages: ["next"],
    page: "frameworks/next",
    steps: [
      {
        file: ["maintenance.ts", "src/maintenance.ts"],
        beside: ["app", "pages"],
        code: `${GATE}

function create() {
  const state = liveState(fileStore("maintenance.json"));
  return { state, maintenance: maintenanceMode({ state, ignoreUrls: ["/health"] }) };
}

// Next puts this module into several bundles of one process.
const shared = globalThis as typeof globalThis & { maintenance?: ReturnType<typeof create> };

export const { state, maintenance } = shared.maintenance ??= create();`,
      },
      {
        file: ["instrumentation.ts", "src/instrumentation.ts"],
        beside: ["app", "pages"],
        code: `export async function register(): Promise<void> {
  if (process.env.NEXT_RUNTIME !== "nodejs") return;
  const { registerMaintenance } = await import("maintenancemode/next");
  const { maintenance } = await import("./maintenance");
  await registerMaintenance(maintenance);
}`,
      },
    ],
  },
  {
    name: "Nuxt",
    packages: ["nuxt"],
    page: "frameworks/nuxt",
    steps: [{
      file: ["nuxt.config.ts"],
      where: "in defineNuxtConfig()",
      code: `modules: ["maintenancemode/nuxt"],
maintenance: { ignoreUrls: ["/health"] },`,
    }],
  },
  {
    name: "SvelteKit",
    packages: ["@sveltejs/kit"],
    page: "frameworks/sveltekit",
    steps: [
      {
        file: ["src/lib/server/maintenance.ts"],
        code: `import { building } from "$app/env"; // "$app/environment" before SvelteKit 3
${GATE}
import { memoryStore } from "maintenancemode/stores/memory";

// The build runs the app as well, and must not count among the processes of the site.
export const state = liveState(building ? memoryStore() : fileStore("maintenance.json"));
export const maintenance = maintenanceMode({ state, ignoreUrls: ["/health"] });`,
      },
      {
        file: ["src/hooks.server.ts"],
        code: `import process from "node:process";
import { maintenanceHandle } from "maintenancemode/sveltekit";
import { maintenance, state } from "./lib/server/maintenance";

export const handle = maintenanceHandle(maintenance);

process.on("sveltekit:shutdown", () => state.close());`,
      },
    ],
  },
  {
    name: "Astro",
    packages: ["astro"],
    page: "frameworks/astro",
    steps: [
      {
        file: ["src/maintenance.ts"],
        code: `import { maintenanceMode } from "maintenancemode";
import { maintenanceMiddleware } from "maintenancemode/astro";
import { liveState } from "maintenancemode/state";
import { fileStore } from "maintenancemode/stores/file";

${MADE}

export const onRequest = maintenanceMiddleware(maintenance);`,
      },
      {
        file: ["astro.config.ts", "astro.config.mjs", "astro.config.js", "astro.config.mts"],
        where: 'beside the adapter of a server, which "npx astro add node" adds',
        code: `import { maintenanceIntegration } from "maintenancemode/astro";

output: "server",
integrations: [maintenanceIntegration({ entrypoint: "./src/maintenance.ts" })],`,
      },
    ],
  },
  {
    name: "React Router",
    packages: ["@react-router/dev"],
    page: "frameworks/react-router",
    steps: [
      { file: ["app/maintenance.server.ts"], code: EXPORTED },
      {
        file: ["app/root.tsx", "app/root.jsx"],
        where: "before the components",
        code: `import { maintenanceMiddleware } from "maintenancemode/react-router";
import type { Route } from "./+types/root";
import { maintenance } from "./maintenance.server";

export const middleware: Route.MiddlewareFunction[] = [maintenanceMiddleware(maintenance)];`,
      },
    ],
  },
  {
    name: "TanStack Start",
    packages: ["@tanstack/react-start"],
    page: "frameworks/tanstack-start",
    steps: [
      { file: ["src/maintenance.server.ts"], code: EXPORTED },
      {
        file: ["src/start.ts", "src/start.tsx"],
        code: `import { createCsrfMiddleware, createMiddleware, createStart } from "@tanstack/react-start";
import { maintenanceMiddleware } from "maintenancemode/tanstack-start";
import { maintenance } from "./maintenance.server";

const gate = createMiddleware().server(maintenanceMiddleware(maintenance));

// TanStack Start has this by itself, but not beside a list of one's own.
const csrf = createCsrfMiddleware({ filter: ({ handlerType }) => handlerType === "serverFn" });

export const startInstance = createStart(() => ({ requestMiddleware: [gate, csrf] }));`,
      },
    ],
  },
];
