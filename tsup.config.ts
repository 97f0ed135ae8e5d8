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
    graphql: "src/graphql.ts",
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
  // Of its four files little is needed here, and finding and loading them takes longer than running it. That is why it is no
  // dependency of the npm package, but of the one on JSR.
  noExternal: [/^@noble\/hashes\//],
  silent: true,
  esbuildOptions(options) {
    // The words of many languages, written as they are instead of as escapes.
    options.charset = "utf8";
  },
});
