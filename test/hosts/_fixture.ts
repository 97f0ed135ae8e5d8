/** Fixtures beside the tests, which serve in each runtime. */
import { rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { afterAll, beforeAll } from "vitest";

type Command = readonly [command: string, ...args: string[]];

/** How a fixture is started in each runtime. */
export interface Commands {
  readonly deno: Command;
  readonly bun: Command;
  /** For the version of Node that is installed under a name. */
  node(name: string): Command;
}

const modules = fileURLToPath(new URL("../../node_modules", import.meta.url));

/** Gives the commands that start a fixture, and bundles it for Node before the tests of the file. */
export function commandsOf(name: string, { exposeGc = false } = {}): Commands {
  const fixture = fileURLToPath(new URL(`./${name}.fixture.ts`, import.meta.url));
  // Beside the packages that it imports; in JavaScript, since Node 20 knows no TypeScript.
  const bundle = join(modules, `.cache/maintenancemode/${name}-${process.pid}.mjs`);
  beforeAll(async () => {
    await build({
      entryPoints: [fixture],
      outfile: bundle,
      bundle: true,
      format: "esm",
      platform: "node",
      packages: "external",
      logLevel: "error",
    });
  });
  afterAll(() => rmSync(bundle, { force: true }));
  const gc = (flag: string) => exposeGc ? [flag] : [];
  const run = ["run", "-A", "--no-check", "--no-lock", "--quiet", ...gc("--v8-flags=--expose-gc"), fixture];
  return {
    deno: [`${modules}/.bin/deno`, ...run],
    bun: [`${modules}/.bin/bun`, fixture],
    node: (name) => [`${modules}/${name}/bin/node`, ...gc("--expose-gc"), bundle],
  };
}
