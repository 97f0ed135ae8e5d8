/** `node test/answer/page/make-script.ts` writes `script.ts` of the page, made from `in-browser.ts`. */
import { build } from "esbuild";
import { createHash } from "node:crypto";
import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const folder = new URL("../../../src/answer/page/", import.meta.url);

/** The file that holds the script of the page as text. */
export const SCRIPT_FILE: URL = new URL("script.ts", folder);

/** The text that this file has to hold. */
export async function makeScript(): Promise<string> {
  const { outputFiles: [bundle] } = await build({
    entryPoints: [fileURLToPath(new URL("in-browser.ts", folder))],
    bundle: true,
    minify: true,
    format: "iife",
    // Old browsers show the page without the newest CSS, and run the script all the same.
    target: "es2019",
    // tsconfig.json would put "use strict" in front.
    tsconfigRaw: {},
    write: false,
    logLevel: "error",
  });
  const script = bundle!.text.trim();
  const hash = createHash("sha256").update(script).digest("base64");
  return `// Made from in-browser.ts: \`node test/answer/page/make-script.ts\` writes this file. A test fails while it is out of date.

/** The script of the built-in page. */
export const SCRIPT: string =
  \`${script.replace(/[\\`]|\$\{/g, "\\$&")}\`;

/** Its hash, as \`Content-Security-Policy\` names it. */
export const SCRIPT_HASH: string = "sha256-${hash}";
`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) writeFileSync(SCRIPT_FILE, await makeScript());
