/** `node test/admin/make-script.ts` writes `script.ts` of the panel, made from the files in `browser/`. */
import { build } from "esbuild";
import { createHash } from "node:crypto";
import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const folder = new URL("../../src/admin/panel/", import.meta.url);

/** The file that holds the script of the panel as text. */
export const SCRIPT_FILE: URL = new URL("script.ts", folder);

/** The text that this file has to hold. */
export async function makeScript(): Promise<string> {
  const { outputFiles: [bundle] } = await build({
    entryPoints: [fileURLToPath(new URL("browser/main.ts", folder))],
    bundle: true,
    minify: true,
    format: "iife",
    target: "es2022",
    // tsconfig.json would put "use strict" in front.
    tsconfigRaw: {},
    write: false,
    logLevel: "error",
  });
  const script = bundle!.text.trim();
  return `// Made from the files in browser/: \`node test/admin/make-script.ts\` writes this file. A test fails while it is out of date.

/** The script of the panel. */
export const SCRIPT: string =
  \`${script.replace(/[\\`]|\$\{/g, "\\$&")}\`;

/** Its hash, as \`Content-Security-Policy\` names it. */
export const SCRIPT_HASH: string = "${hashOf(script)}";
`;
}

/** The hash of a text, as \`Content-Security-Policy\` names it. */
export function hashOf(text: string): string {
  return `sha256-${createHash("sha256").update(text).digest("base64")}`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) writeFileSync(SCRIPT_FILE, await makeScript());
