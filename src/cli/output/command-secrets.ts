import { withoutSecrets } from "./secrets.ts";

/** The names of options, variables and header fields whose values are not shown. */
const NAME = "[\\w.-]*(?:pass(?:word|wd|phrase|code)?|pwd|secret|token|api-?_?key|(?:access|private|secret)[-_]?key|" +
  "credentials?|auth(?:orization)?)\\d*";

/** `--password=…`, `PGPASSWORD=…` and `Authorization: Bearer …`, also within a longer text such as that of `sh -c`. */
const NAMED = new RegExp(
  `(?<![\\w.-])(-{0,2}${NAME}\\s*[=:]\\s*)(?:(?:bearer|basic|token)\\s+)?("[^"]*"|'[^']*'|[^\\s;&|]+)`,
  "gi",
);

/** `--password`, whose value is the next argument. */
const FLAG = new RegExp(`^--?${NAME}$`, "i");

/** `--password …` within a longer text. */
const FLAG_INSIDE = new RegExp(`(\\s--?${NAME}\\s+)("[^"]*"|'[^']*'|[^\\s-]\\S*)`, "gi");

/** `-psecret`, as the clients of MySQL and MariaDB take it. */
const ATTACHED = /^-p.+$/;

/**
 * The arguments of a command to show, without passwords and tokens. It knows the common forms; a secret in another form is
 * shown.
 */
export function hideInCommand(argv: readonly string[]): string[] {
  const isMySql = /(?:mysql|mariadb)[\w-]*$/i.test(argv[0] ?? "");
  let isValue = false;
  return argv.map((argument) => {
    const isHidden = isValue;
    isValue = FLAG.test(argument);
    if (isHidden && !argument.startsWith("-")) return "***";
    if (isMySql && ATTACHED.test(argument)) return "-p***";
    return withoutSecrets(argument.replace(NAMED, "$1***").replace(FLAG_INSIDE, "$1***"));
  });
}
