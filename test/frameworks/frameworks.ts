/** The frameworks of the suite: what the files in `runners` export, in the order of their names. */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import type { Framework } from "./framework.ts";

const folder = join(import.meta.dirname, "runners");
const modules: { frameworks: readonly Framework[] }[] = await Promise.all(
  readdirSync(folder).sort().map((file) => import(join(folder, file))),
);

export const frameworks: readonly Framework[] = modules.flatMap(({ frameworks }) => frameworks);
