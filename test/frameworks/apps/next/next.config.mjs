import { join } from "node:path";
import process from "node:process";

/** Where `node_modules` is: the bundler takes no file from outside. */
const root = join(import.meta.dirname, "../..");

/** @type {import("next").NextConfig} */
export default {
  turbopack: { root },
  outputFileTracingRoot: root,
  output: process.env.NEXT_OUTPUT,
  headers: () => [{ source: "/", headers: [{ key: "Cache-Control", value: "public, max-age=60" }] }],
};
