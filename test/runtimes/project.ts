/** The scratch project: the package as it would be published, installed as a user would. */
import { execFile } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { build, transform } from "esbuild";
import { atExit, type Project } from "./drivers/target.ts";

/** What is read of the package's own `package.json`. */
interface Manifest {
  peerDependencies?: Record<string, string>;
}

const run = promisify(execFile);

/**
 * Packs the package, builds it before if `dist` is older than the sources, and installs it in a new folder outside of
 * the repository, so that it finds nothing but its own dependencies. The folder is removed when the process ends.
 */
export async function createProject(repository: string): Promise<Project> {
  const folder = mkdtempSync(join(tmpdir(), "maintenancemode-runtimes-"));
  atExit(() => rmSync(folder, { recursive: true, force: true }));
  const options = { encoding: "utf8", maxBuffer: 1 << 26 } as const;
  const fresh = newest(join(repository, "src")) < oldest(join(repository, "dist"));
  const pack = ["pack", "--json", "--pack-destination", folder, ...fresh ? ["--ignore-scripts"] : []];
  await run("npm", pack, { ...options, cwd: repository });
  const tarball = readdirSync(folder).find((name) => name.endsWith(".tgz"))!;

  writeFileSync(join(folder, "package.json"), JSON.stringify({ name: "scratch", private: true, type: "module" }));
  const { peerDependencies = {} }: Manifest = JSON.parse(readFileSync(join(repository, "package.json"), "utf8"));
  const peers = Object.entries(peerDependencies).map(([name, range]) => `${name}@${range}`);
  await run("npm", [
    ...["install", "--prefer-offline", "--no-audit", "--no-fund", "--no-package-lock", "--loglevel=error"],
    ...[`./${tarball}`, ...peers],
  ], { ...options, cwd: folder });

  // Without types, since Node 20 and workerd take none; what they import stays an import.
  const inside = join(import.meta.dirname, "inside");
  const entries = join(folder, "inside");
  mkdirSync(entries);
  for (const name of readdirSync(inside)) {
    const { code } = await transform(readFileSync(join(inside, name), "utf8"), { loader: "ts", target: "es2022" });
    writeFileSync(
      join(entries, name.replace(/\.ts$/, ".mjs")),
      code.replace(/(["'])(\.\/[\w-]+)\.ts\1/g, "$1$2.mjs$1"),
    );
  }
  return {
    folder,
    repository,
    entry: (name) => join(entries, `${name}.mjs`),
    async bundle(name, format, conditions) {
      const { outputFiles } = await build({
        entryPoints: [join(entries, `${name}.mjs`)],
        bundle: true,
        write: false,
        format,
        platform: "neutral",
        mainFields: ["module", "main"],
        conditions: [...conditions],
        target: "es2022",
        logLevel: "silent",
      });
      return outputFiles[0]!.text;
    },
  };
}

function times(folder: string): number[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, encoding: "utf8" }).map((name) => statSync(join(folder, name)).mtimeMs);
}

function newest(folder: string): number {
  return Math.max(...times(folder));
}

function oldest(folder: string): number {
  const all = times(folder);
  return all.length === 0 ? -Infinity : Math.min(...all);
}
