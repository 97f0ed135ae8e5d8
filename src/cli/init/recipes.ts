/** What to add to an app, by framework. The docs page of each has the same lines: a test compares them. */

/** Something to add to one file. */
export interface Step {
  /**
   * The file: the first of these that is there. If none is, one is to be created: the first that stands beside a folder of
   * {@link Step.beside}, or else the first. `undefined` stands for the source file that imports the framework.
   */
  readonly file?: readonly string[];
  /** Folders that tell where a new file belongs. */
  readonly beside?: readonly string[];
  /** Where in the file, as the end of a sentence: "before your routes". */
  readonly where?: string;
  readonly code: string;
}

/** How an app gets its gate. */
export interface Recipe {
  /** The name of the framework. */
  readonly name: string;
  /** The packages that tell that an app uses it. */
  readonly packages: readonly string[];
  /** The page of the docs. */
  readonly page: string;
  readonly steps: readonly Step[];
  /** The commands that switch it, where the command line cannot reach its store. */
  readonly switching?: readonly string[];
  /** Whether it guards nothing that is deployed: it is not worth a note beside another recipe. */
  readonly isForDevelopment?: boolean;
}

const GATE = `import { maintenanceMode } from "maintenancemode";
import { liveState } from "maintenancemode/state";
import { fileStore } from "maintenancemode/stores/file";`;

const MADE = `const state = liveState(fileStore("maintenance.json"));
const maintenance = maintenanceMode({ state, ignoreUrls: ["/health"] });`;

const EXPORTED = `${GATE}

${MADE.replace("const maintenance", "\nexport const maintenance")}`;

/** A recipe of one line, in the file that makes the app. */
function oneLine(name: string, helper: string, where: string, line: string): Recipe {
  const page = name.toLowerCase();
  return {
    name,
    packages: [page],
    page: `frameworks/${page}`,
    steps: [{ where, code: `${GATE}\nimport { ${helper} } from "maintenancemode/${page}";\n\n${MADE}\n${line}` }],
  };
}

const USE = "app.use(maintenanceMiddleware(maintenance));";

/**
 * The recipes. The first whose package an app has counts, so a framework that stands on another one comes before it: Nest is not
 * taken for the Express under it.
 */
export const RECIPES: readonly Recipe[] = [
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
        where: 'beside the adapter of a server and "output"',
        code: `import { maintenanceIntegration } from "maintenancemode/astro";

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
  {
    name: "Nest",
    packages: ["@nestjs/core"],
    page: "frameworks/nest",
    steps: [{
      file: ["src/app.module.ts"],
      where: "before @Module, and in it",
      code: `${GATE}
import { MaintenanceModule } from "maintenancemode/nest";

${MADE}

imports: [MaintenanceModule.forRoot({ maintenance, state })],`,
    }],
  },
  {
    name: "Nitro",
    packages: ["nitro", "nitropack"],
    page: "frameworks/nitro",
    steps: [{
      file: ["plugins/maintenance.ts", "server/plugins/maintenance.ts"],
      beside: ["../routes", "../api", "../plugins"],
      code: `import { maintenanceMode } from "maintenancemode";
import { maintenancePlugin } from "maintenancemode/nitro";
import { liveState } from "maintenancemode/state";
import { fileStore } from "maintenancemode/stores/file";

${MADE}

export default maintenancePlugin(maintenance);`,
    }],
  },
  oneLine("Fastify", "maintenancePlugin", "before your routes", "await app.register(maintenancePlugin(maintenance));"),
  {
    name: "Express",
    packages: ["express"],
    page: "frameworks/express",
    steps: [{
      where: "before everything that it is to guard",
      code: `${GATE}
import { maintenanceMiddleware } from "maintenancemode/express";

${MADE}
${USE}`,
    }],
  },
  oneLine("Koa", "maintenanceMiddleware", "before everything that it is to guard", USE),
  // An app of these below that is deployed with wrangler is a Worker.
  {
    name: "Cloudflare Workers",
    packages: ["wrangler"],
    page: "stores/cloudflare-kv",
    steps: [{
      where: "around your fetch handler",
      code: `import { maintenanceMode } from "maintenancemode";
import { withMaintenance } from "maintenancemode/cloudflare";
import { liveState } from "maintenancemode/state";
import { type CloudflareKvNamespace, cloudflareKvStore } from "maintenancemode/stores/cloudflare-kv";

let namespace: CloudflareKvNamespace;
const state = liveState(cloudflareKvStore(() => namespace));
const maintenance = maintenanceMode({ state, ignoreUrls: ["/health"] });
const handler = withMaintenance(maintenance, () => new Response("Hello"));

export default {
  fetch(request: Request, env: { MAINTENANCE: CloudflareKvNamespace }, ctx: object) {
    namespace = env.MAINTENANCE;
    return handler(request, env, ctx);
  },
};`,
    }],
    switching: ["on", "off"].map((mode) =>
      `npx wrangler kv key put --binding MAINTENANCE maintenancemode '{ "mode": "${mode}" }'`
    ),
  },
  oneLine("Hono", "maintenanceMiddleware", "before your routes", USE),
  oneLine(
    "Elysia",
    "maintenancePlugin",
    "with the last line in the chain of your app",
    ".use(maintenancePlugin(maintenance))",
  ),
  oneLine(
    "itty-router",
    "withMaintenance",
    "around your router",
    "export default withMaintenance(maintenance, router);",
  ),
  oneLine("h3", "maintenanceMiddleware", "before your routes", USE),
  oneLine(
    "srvx",
    "maintenancePlugin",
    "with the last line in the options of serve()",
    "plugins: [maintenancePlugin(maintenance)],",
  ),
  {
    name: "Vite",
    packages: ["vite"],
    page: "frameworks/vite",
    isForDevelopment: true,
    steps: [{
      file: ["vite.config.ts", "vite.config.mts", "vite.config.js", "vite.config.mjs"],
      where: 'for the development server and "vite preview" alone',
      code: `${GATE}
import { maintenancePlugin } from "maintenancemode/vite";

const state = liveState(fileStore("maintenance.json"));
const maintenance = maintenanceMode({ state });

plugins: [maintenancePlugin(maintenance)],`,
    }],
  },
];

/** What to do where no framework was found. */
export const GENERIC: Readonly<Record<"node" | "bun" | "deno", Recipe>> = {
  node: {
    name: "Node's own server",
    packages: [],
    page: "hosts",
    steps: [{
      where: "around the listener of your server",
      code: `import { createServer } from "node:http";
${GATE}
import { maintenanceMiddleware } from "maintenancemode/connect";

${MADE}
const gate = maintenanceMiddleware(maintenance);
createServer((req, res) => gate(req, res, () => listener(req, res))).listen(3000);`,
    }],
  },
  bun: {
    name: "Bun.serve",
    packages: [],
    page: "hosts",
    steps: [{
      where: "around the handler of Bun.serve",
      code: `${GATE}
import { withMaintenance } from "maintenancemode/bun";

${MADE}
Bun.serve({ fetch: withMaintenance(maintenance, handler) });`,
    }],
  },
  deno: {
    name: "Deno.serve",
    packages: [],
    page: "hosts",
    steps: [{
      where: "around the handler of Deno.serve",
      code: `${GATE}
import { withMaintenance } from "maintenancemode/deno";

${MADE}
Deno.serve(withMaintenance(maintenance, handler));`,
    }],
  },
};
