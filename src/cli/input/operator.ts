import { hostname, userInfo } from "node:os";
import process from "node:process";
import { usageError } from "../exit-codes.ts";
import type { OptionValues } from "./options.ts";
import { show } from "../output/secrets.ts";

/** Where services that run jobs tell who has started one, as they document it. Who has let it go on comes first. */
const ACTORS: readonly string[] = [
  // GitHub Actions, and Gitea and Forgejo after it. The first is somebody who has run a job again.
  "GITHUB_TRIGGERING_ACTOR",
  "GITHUB_ACTOR",
  "GITLAB_USER_LOGIN",
  "BUILDKITE_UNBLOCKER",
  "BUILDKITE_BUILD_CREATOR",
  "CIRCLE_USERNAME",
  // Azure Pipelines.
  "BUILD_REQUESTEDFOR",
  // Jenkins, with its plugin "Build User Vars".
  "BUILD_USER_ID",
  "GO_TRIGGER_USER",
];

/** How long a name may be. */
const LONGEST = 200;

/**
 * Finds out who the operator is: by `--by`, `MAINTENANCE_BY`, the service that runs the job, or the user of this machine.
 *
 * @throws {CliError} If the given name is not valid.
 */
export function readOperator({ by }: OptionValues): string {
  const given = by ?? process.env["MAINTENANCE_BY"];
  if (given) return checkName(by === undefined ? "MAINTENANCE_BY" : '"--by"', given);
  if (by !== undefined) throw usageError('"--by" must be a name, received ""');
  for (const name of ACTORS) {
    const actor = clean(process.env[name] ?? "");
    if (actor !== "") return actor;
  }
  return clean(`${nameOfUser()}@${nameOfHost()}`);
}

function checkName(what: string, name: string): string {
  if (name === clean(name)) return name;
  throw usageError(`${what} must be a name of 1 to ${LONGEST} printable characters, received ${show(name)}`);
}

function clean(name: string): string {
  return name.replace(/\p{C}+/gu, " ").trim().slice(0, LONGEST);
}

function nameOfUser(): string {
  try {
    return userInfo().username;
  } catch {
    // In a container, a user may have a number and no name.
    return process.env["USER"] || process.env["LOGNAME"] || `uid ${process.getuid?.() ?? "unknown"}`;
  }
}

function nameOfHost(): string {
  try {
    return hostname();
  } catch {
    // Deno without --allow-sys.
    return "unknown";
  }
}
