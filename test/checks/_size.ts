import { build } from "esbuild";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

/**
 * What each entry may weigh with all that it imports, minified and with gzip -9, in bytes: at most 3 % more than it does weigh. What
 * gets lighter gets a smaller budget. A third of `index` are the words of the languages.
 */
export const BUDGETS: Readonly<Record<string, number>> = {
  index: 61_030,
  tiny: 20_360,
  languages: 18_000,
  state: 41_110,
  deno: 7_830,
  bun: 7_850,
  node: 51_050,
  connect: 10_830,
  fetch: 8_690,
  cloudflare: 6_960,
  "service-worker": 18_640,
  express: 1_000,
  nest: 1_000,
  fastify: 1_000,
  koa: 1_000,
  hono: 1_000,
  elysia: 1_000,
  "itty-router": 1_000,
  srvx: 1_000,
  next: 1_000,
  h3: 1_000,
  nitro: 1_000,
  nuxt: 1_000,
  sveltekit: 1_000,
  astro: 1_000,
  "react-router": 1_000,
  "tanstack-start": 1_000,
  "solid-start": 1_000,
  vite: 1_000,
  "aws-lambda": 1_000,
  vercel: 1_000,
  netlify: 1_000,
  graphql: 4_070,
  "stores/memory": 1_170,
  "stores/file": 7_820,
  "stores/redis": 5_480,
  "stores/deno-kv": 2_880,
  "stores/cloudflare-kv": 1_930,
  "stores/unstorage": 2_060,
  "stores/http": 3_350,
  testing: 47_200,
};

/** The share of a budget that an entry may leave unused. */
export const SLACK = 0.03;

/** What a built entry costs a browser: bundled with its dependencies and minified, then with gzip -9, in bytes. */
export async function sizeOf(name: string): Promise<{ minified: number; gzipped: number }> {
  const { outputFiles: [bundle] } = await build({
    entryPoints: [fileURLToPath(new URL(`../../dist/${name}.js`, import.meta.url))],
    bundle: true,
    minify: true,
    charset: "utf8",
    format: "esm",
    target: "es2022",
    // What needs Node fails here in any other entry.
    platform: FOR_NODE.includes(name) ? "node" : "browser",
    // The peer that is imported: everyone who uses its entry has it anyway.
    external: ["graphql"],
    write: false,
    logLevel: "error",
  });
  return { minified: bundle!.contents.length, gzipped: gzipSync(bundle!.contents, { level: 9 }).length };
}

const FOR_NODE = ["node", "connect", "fastify", "koa", "nuxt", "stores/file"];

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  console.log(`${"gzip -9, bytes".padEnd(24)}${"size".padStart(8)}${"budget".padStart(8)}${"minified".padStart(10)}`);
  for (const [name, budget] of Object.entries(BUDGETS)) {
    const { minified, gzipped } = await sizeOf(name);
    console.log(
      `${name.padEnd(24)}${String(gzipped).padStart(8)}${String(budget).padStart(8)}${String(minified).padStart(10)}`,
    );
  }
}
