/** What importing the built package costs, in time and bytes: `import.ts --runtime <name>`. Run `npm run build` first. */
import { existsSync } from "node:fs";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { fail, report, type Row, SMOKE, type Table, tabulate } from "./_harness.ts";
import { collect, type Runtime, start } from "./_runtimes.ts";

const PROCESSES = SMOKE ? 1 : 25;
const ENTRIES: readonly (readonly [specifier: string, name: string, role: Row["role"]])[] = [
  ["ipaddr.js", "ipaddr.js alone", "limit"],
  [new URL("../../dist/index.js", import.meta.url).href, "dist/index.js", "gate"],
];

const runtime = process.argv[process.argv.indexOf("--runtime") + 1] as Runtime;

async function times(): Promise<Table[]> {
  const measured = ENTRIES.map(([specifier, name, role]) => ({ specifier, name, role, samples: [] as number[] }));
  for (let round = 0; round < PROCESSES; round++) {
    for (const { specifier, samples } of round % 2 === 0 ? measured : measured.toReversed()) {
      const child = start(runtime, "./_import.ts", [specifier], ["ignore", "pipe", "inherit"]);
      samples.push(Number(await collect(child, `import of ${specifier}`)));
    }
  }
  const [base, gate] = measured.map(({ samples }) => samples);
  const over = gate!.map((sample, round) => sample - base![round]!);
  return [
    tabulate("import in a fresh process", "ms", [
      ...measured,
      { name: "difference", role: "gate", samples: over, target: { below: 1 } },
    ]),
  ];
}

async function sizes(): Promise<Table[]> {
  const measured = await Promise.all(ENTRIES.map(async ([specifier, name, role]) => {
    const entry = specifier.startsWith("file:") ? fileURLToPath(specifier) : specifier;
    const { outputFiles } = await build({
      stdin: {
        contents: `export * from ${JSON.stringify(entry)}`,
        resolveDir: fileURLToPath(new URL(".", import.meta.url)),
      },
      bundle: true,
      minify: true,
      format: "esm",
      write: false,
      // Loaded by Node's own loader, and only where the runtime has no URLPattern.
      external: ["urlpattern-polyfill", "urlpattern-polyfill/*", "node:*"],
    });
    const bytes = outputFiles[0]!.contents;
    const limited = role === "gate" && { target: { below: 8_000 } };
    return { name, role, samples: [gzipSync(bytes, { level: 9 }).length], ...limited };
  }));
  return [tabulate("bundled with its dependencies, minified, gzip -9", "bytes", measured)];
}

if (!existsSync(new URL(ENTRIES[1]![0]))) fail("dist/index.js is missing: run npm run build");
report([...await times(), ...(runtime === "node" ? await sizes() : [])], [
  "importing is timed inside the process, from its first line on, with the files in the system's cache",
]);
