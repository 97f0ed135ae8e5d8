import { createRequire } from "node:module";
import { join } from "node:path";
import { describePlace } from "./_express.ts";
import { hasFrameworks, modules } from "./project.ts";

if (hasFrameworks()) describePlace("Express 4", createRequire(import.meta.url)(join(modules, "express4")));
