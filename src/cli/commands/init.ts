import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import process from "node:process";
import type { Context } from "../context.ts";
import { EXIT } from "../exit-codes.ts";
import { findImporters, isCommonJs, type Project, readProject, toCommonJs, toJavaScript } from "../init/project.ts";
import { type Recipe, sectionOf, type Step } from "../init/recipe.ts";
import { GENERIC, RECIPES } from "../init/recipes.ts";
import { printable } from "../output/describe.ts";
import { PROGRAM } from "../process/program.ts";

/** One step with its place in this app. */
interface Placed {
  /** The file; `undefined` if none was found. */
  readonly file: string | undefined;
  readonly isNew: boolean;
  readonly where: string | undefined;
  readonly code: string;
}

const SWITCHING = ["on", "off"].map((mode) => `${PROGRAM} ${mode} --wait 30s --store file:maintenance.json`);

/** Runs `init`: says what to add to the app in this folder, and changes nothing. */
export function init({ output, result }: Context): Promise<number> {
  const folder = process.cwd();
  const project = readProject(folder);
  const [found, ...more] = RECIPES.filter(({ packages }) => packages.some((name) => project.packages.has(name)));
  const others = more.filter(({ isForDevelopment }) => !isForDevelopment);
  const recipe = found ?? GENERIC[project.runtime];
  const steps = recipe.steps.map((step) => place(folder, step, recipe, project));
  const used = findImporters(folder, ["maintenancemode", "@maintenancemode/maintenancemode"]);

  Object.assign(result, {
    framework: found?.name ?? null,
    others: others.map(({ name }) => name),
    runtime: project.runtime,
    install: project.isInstalled ? null : project.install,
    steps: steps.map(({ file = null, isNew, where = null, code }) => ({ file, isNew, where, code })),
    used,
  });
  output.line(
    found === undefined
      ? `No framework that is known here was found in package.json: this is the way for ${recipe.name}.`
      : printable(`Found ${found.name} ${versionOf(found, project)} in package.json.`),
  );
  if (others.length > 0) output.note(`there is also ${others.map(({ name }) => name).join(", ")}`);
  if (used.length > 0) {
    output.note(printable(`the app uses maintenancemode already, in ${used.slice(0, 3).join(", ")}`));
  }
  let number = 1;
  const section = (title: string, code: string) => {
    output.line(`\n${number++}. ${title}\n\n${code.replace(/^(?=.)/gm, "   ")}`);
  };
  if (!project.isInstalled) section("Install the package:", project.install);
  for (const step of steps) section(printable(titleOf(step)), step.code);
  if (recipe.switching !== undefined) section("Start or deploy the app, and switch it:", recipe.switching.join("\n"));
  else section("Start the app, and try it in the folder in which it starts:", SWITCHING.join("\n"));
  output.line(`\nThis command has changed nothing. README.md of the package says more, under "${sectionOf(recipe)}".`);
  return Promise.resolve(EXIT.ok);
}

function versionOf({ packages }: Recipe, project: Project): string {
  return project.packages.get(packages.find((name) => project.packages.has(name))!)!;
}

function place(
  folder: string,
  { file, beside = [], where, code }: Step,
  { packages }: Recipe,
  project: Project,
): Placed {
  if (file === undefined) {
    const importer = findImporters(folder, packages)[0];
    const isOld = importer !== undefined && isCommonJs(folder, importer);
    return { file: importer, isNew: false, where, code: isOld ? toCommonJs(code) : code };
  }
  const isTyped = existsSync(join(folder, "tsconfig.json")) || project.runtime !== "node";
  const suited = isTyped ? file : file.map((name) => name.replace(/\.ts$/, ".js"));
  const there = [...file, ...suited].find((name) => existsSync(join(folder, name)));
  const stands = (name: string) => beside.some((neighbour) => existsSync(join(folder, dirname(name), neighbour)));
  const path = there ?? suited.find(stands) ?? suited[0]!;
  return { file: path, isNew: there === undefined, where, code: isTyped ? code : toJavaScript(code) };
}

function titleOf({ file, isNew, where }: Placed): string {
  if (file === undefined) return `In the file that starts your server, ${where ?? "at its top"}, add:`;
  if (isNew) return `Create ${file}:`;
  return where === undefined ? `In ${file}, add:` : `In ${file}, ${where}, add:`;
}
