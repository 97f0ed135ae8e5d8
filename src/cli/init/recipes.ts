/** What to add to an app, by framework. The docs page of each has the same lines: a test compares them. */
import { PROGRAM } from "../process/program.ts";
import { GATE, MADE, type Recipe } from "./recipe.ts";
import { SITE_RECIPES } from "./site-recipes.ts";

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
  ...SITE_RECIPES,
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
  // A function may have an app of these below in it.
  {
    name: "AWS Lambda",
    packages: [
      "aws-lambda",
      "@types/aws-lambda",
      "serverless",
      "serverless-http",
      "@codegenie/serverless-express",
      "@fastify/aws-lambda",
    ],
    page: "frameworks/aws-lambda",
    steps: [{
      where: "around your handler",
      code: `import { maintenanceMode } from "maintenancemode";
import { withMaintenance } from "maintenancemode/aws-lambda";
import { liveState } from "maintenancemode/state";
import { fileStore } from "maintenancemode/stores/file";

// A file on EFS, which all functions mount. For Redis, there is redisStore() of "maintenancemode/stores/redis".
const state = liveState(fileStore("/mnt/shared/maintenance.json"), { perRequest: true });
const maintenance = maintenanceMode({ state, ignoreUrls: ["/health"] });
export const handler = withMaintenance(maintenance, app);`,
    }],
    switching: ["on", "off"].map((mode) => `${PROGRAM} ${mode} --store file:/mnt/shared/maintenance.json`),
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
