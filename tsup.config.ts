import { cp } from "node:fs/promises";
import { defineConfig } from "tsup";

export default defineConfig({
  entry: {
    index: "src/index.ts",
    tiny: "src/tiny.ts",
    languages: "src/languages.ts",
    state: "src/state.ts",
    deno: "src/hosts/deno.ts",
    bun: "src/hosts/bun.ts",
    node: "src/hosts/node.ts",
    connect: "src/hosts/connect.ts",
    fetch: "src/hosts/fetch.ts",
    cloudflare: "src/hosts/cloudflare.ts",
    "service-worker": "src/hosts/service-worker.ts",
    express: "src/frameworks/express.ts",
    nest: "src/frameworks/nest.ts",
    fastify: "src/frameworks/fastify.ts",
    koa: "src/frameworks/koa.ts",
    hono: "src/frameworks/hono.ts",
    elysia: "src/frameworks/elysia.ts",
    "itty-router": "src/frameworks/itty-router.ts",
    srvx: "src/frameworks/srvx.ts",
    next: "src/frameworks/next.ts",
    h3: "src/frameworks/h3.ts",
    nitro: "src/frameworks/nitro.ts",
    nuxt: "src/frameworks/nuxt.ts",
    sveltekit: "src/frameworks/sveltekit.ts",
    astro: "src/frameworks/astro.ts",
    "react-router": "src/frameworks/react-router.ts",
    "tanstack-start": "src/frameworks/tanstack-start.ts",
    vite: "src/frameworks/vite.ts",
    "aws-lambda": "src/frameworks/aws-lambda.ts",
    vercel: "src/frameworks/vercel.ts",
    netlify: "src/frameworks/netlify.ts",
    admin: "src/admin.ts",
    graphql: "src/graphql.ts",
    opentelemetry: "src/opentelemetry.ts",
    "stores/memory": "src/stores/memory.ts",
    "stores/file": "src/stores/file.ts",
    "stores/redis": "src/stores/redis.ts",
    "stores/deno-kv": "src/stores/deno-kv.ts",
    "stores/cloudflare-kv": "src/stores/cloudflare-kv.ts",
    "stores/unstorage": "src/stores/unstorage.ts",
    "stores/http": "src/stores/http.ts",
    testing: "src/testing.ts",
    cli: "src/cli/main.ts",
  },
  format: ["esm"],
  target: "es2022",
  platform: "neutral",
  dts: true,
  // One copy of the core for all entries.
  splitting: true,
  clean: true,
  removeNodeProtocol: false,
  external: [/^node:/],
  // Of their files little is needed here, and finding and loading them takes longer than running it. That is why they are no
  // dependencies of the npm package, but of the one on JSR.
  noExternal: [/^@noble\/hashes\//, /^@bomb\.sh\/tab$/],
  silent: true,
  // JSON Schemas: no module imports them.
  onSuccess: () => cp("src/schemas", "dist/schemas", { recursive: true }),
  esbuildOptions(options) {
    // The words of many languages, written as they are instead of as escapes.
    options.charset = "utf8";
  },
});
