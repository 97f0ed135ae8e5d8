import { build } from "esbuild";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

/** What a built entry costs a browser: bundled with its dependencies and minified, then with gzip -9, in bytes. */
export async function sizeOf(name: string): Promise<{ minified: number; gzipped: number }> {
  const { outputFiles: [bundle] } = await build({
    entryPoints: [fileURLToPath(new URL(`../../dist/${name}.js`, import.meta.url))],
    bundle: true,
    minify: true,
    charset: "utf8",
    format: "esm",
    target: "es2022",
    // Only ./node needs Node; any other entry that does fails here.
    platform: name === "node" ? "node" : "browser",
    write: false,
    logLevel: "error",
  });
  return { minified: bundle!.contents.length, gzipped: gzipSync(bundle!.contents, { level: 9 }).length };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const name of ["index", "state", "stores/redis", "deno", "bun", "cloudflare", "service-worker", "node"]) {
    const { minified, gzipped } = await sizeOf(name);
    console.log(`${name.padEnd(16)}${String(minified).padStart(8)} B minified${String(gzipped).padStart(8)} B gzip -9`);
  }
}
