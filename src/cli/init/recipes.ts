/** What to add to an app, by framework. The docs page of each has the same lines: a test compares them. */

/** Something to add to one file. */
export interface Step {
  /**
   * The file: the first of these that is there. If none is, the first is to be created. `undefined` stands for the source file
   * that imports the framework.
   */
  readonly file?: readonly string[];
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
}

const GATE = `import { maintenanceMode } from "maintenancemode";
import { liveState } from "maintenancemode/state";
import { fileStore } from "maintenancemode/stores/file";`;

const MADE = `const state = liveState(fileStore("maintenance.json"));
const maintenance = maintenanceMode({ state, ignoreUrls: ["/health"] });`;

/** The recipes. The first whose package an app has counts, so that Nest is not taken for the Express under it. */
export const RECIPES: readonly Recipe[] = [
  {
    name: "Express",
    packages: ["express"],
    page: "frameworks/express",
    steps: [{
      where: "before everything that it is to guard",
      code: `${GATE}
import { maintenanceMiddleware } from "maintenancemode/express";

${MADE}
app.use(maintenanceMiddleware(maintenance));`,
    }],
  },
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
