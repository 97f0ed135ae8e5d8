import { build } from "esbuild";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

/**
 * What each entry may weigh with all that it imports, minified and with gzip -9, in bytes: at most 3 % more than it does weigh. What
 * gets lighter gets a smaller budget. A third of `index` are the words of the languages.
 */
export const BUDGETS: Readonly<Record<string, number>> = {
  index: 62_360,
  tiny: 21_060,
  languages: 18_000,
  state: 46_870,
  deno: 8_920,
  bun: 8_920,
  node: 51_440,
  connect: 11_330,
  fetch: 10_590,
  cloudflare: 7_020,
  "service-worker": 18_640,
  express: 11_940,
  nest: 12_580,
  fastify: 11_820,
  koa: 11_510,
  hono: 12_510,
  elysia: 12_520,
  "itty-router": 12_250,
  srvx: 12_350,
  next: 13_230,
  h3: 13_470,
  nitro: 14_020,
  nuxt: 3_120,
  sveltekit: 11_400,
  astro: 11_200,
  "react-router": 10_850,
  "tanstack-start": 10_580,
  vite: 10_930,
  "aws-lambda": 8_990,
  vercel: 6_920,
  netlify: 6_850,
  admin: 55_250,
  graphql: 4_130,
  opentelemetry: 3_900,
  "stores/memory": 1_220,
  "stores/file": 8_270,
  "stores/redis": 6_340,
  "stores/deno-kv": 3_020,
  "stores/cloudflare-kv": 1_930,
  "stores/unstorage": 2_060,
  "stores/http": 3_350,
  testing: 53_640,
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
