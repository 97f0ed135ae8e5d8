/** The API reference: one Markdown page for each entry point, made from the docstrings. */
import { readFileSync } from "node:fs";

const { exports } = JSON.parse(readFileSync(new URL("../deno.json", import.meta.url), "utf8"));
const files = Object.entries(exports).filter(([name]) => name !== "./cli").map(([, file]) => `.${file}`);

export default {
  plugin: ["typedoc-plugin-markdown"],
  tsconfig: "../tsconfig.json",
  entryPoints: files,
  out: "api",
  readme: "none",
  outputFileStrategy: "modules",
  entryFileName: "index",
  hidePageHeader: true,
  hideBreadcrumbs: true,
  useCodeBlocks: true,
  parametersFormat: "table",
  disableSources: true,
  treatWarningsAsErrors: false,
};
