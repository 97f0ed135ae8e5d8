/** What tests need beside Node: programs that npm does not bring, and what npm brings for most machines, but not for all. */
import { spawnSync } from "node:child_process";
import { existsSync, globSync } from "node:fs";

/** How people install what npm does not bring. */
const PROGRAMS = {
  "redis-server": '"apt install redis-server" (Debian, Ubuntu) or "brew install redis" (macOS)',
  postgres: '"apt install postgresql" (Debian, Ubuntu) or "brew install postgresql" (macOS)',
  nginx: '"apt install nginx-light" (Debian, Ubuntu) or "brew install nginx" (macOS)',
  faketime: '"apt install faketime" (Debian, Ubuntu) or "brew install libfaketime" (macOS)',
  curl: '"apt install curl" (Debian, Ubuntu) or "brew install curl" (macOS)',
  bash: '"apt install bash" (Debian, Ubuntu) or "brew install bash" (macOS)',
  fish: '"apt install fish" (Debian, Ubuntu) or "brew install fish" (macOS)',
  zsh: '"apt install zsh" (Debian, Ubuntu); macOS has it',
  script: '"apt install bsdutils" (Debian, Ubuntu); other systems have another program of that name',
};

/** A program that npm does not bring. */
export type ProgramName = keyof typeof PROGRAMS;

/** Debian keeps servers where only root looks, and each version of Postgres in a folder of its own. */
export const SERVER_PATH: string = [
  process.env["PATH"],
  "/usr/sbin",
  ...globSync("/usr/lib/postgresql/*/bin").sort().reverse(),
].join(":");

const told = new Set<string>();

/**
 * Says in one line why tests are skipped, once in a file of tests. Where changes are merged, with `CI=true`, none may be.
 *
 * @param line What is missing, and how people get it.
 */
export function skipping(line: string): void {
  if (process.env["CI"]) throw new Error(line);
  if (!told.has(line)) console.warn(`Skipped: ${line}`);
  told.add(line);
}

/** Whether these programs are here, for `test.skipIf(!has("nginx"))`. Tells of the first that is not. */
export function has(...names: ProgramName[]): boolean {
  refuseInQuick(names.join(" and "));
  const missing = names.find((name) => !isInstalled(name));
  if (missing !== undefined) skipping(`${missing} is missing: install it with ${PROGRAMS[missing]}`);
  return missing === undefined;
}

/** Whether something is here that npm brings, such as a runtime. Tells if it is not. */
export function hasFromNpm(name: string, executable: string): boolean {
  const isThere = existsSync(executable);
  if (!isThere) skipping(`${name} is missing: install it with "npm ci"`);
  return isThere;
}

/**
 * Keeps from `npm test` what only `npm run test:all` may use.
 *
 * @param what What takes too much for it.
 */
export function refuseInQuick(what: string): void {
  if (process.env["TEST_PROJECT"] !== "quick") return;
  throw new Error(`A test of the quick ones must not need ${what}: name its file *.full.test.ts`);
}

function isInstalled(name: ProgramName): boolean {
  const env = { ...process.env, PATH: SERVER_PATH };
  const { error, stdout } = spawnSync(name, ["--version"], { encoding: "utf8", env });
  return error === undefined && (name !== "script" || stdout.includes("util-linux"));
}
