import { OptionError } from "../../util/errors.ts";
import { likeliest } from "../../util/likeliest.ts";
import { quote } from "../../util/received.ts";
import { urlWithoutSecret } from "../../bypass/request-secret.ts";
import type { MaintenanceInfo } from "../info.ts";
import { escapeHtml } from "./escape.ts";

const VALUES: Readonly<Record<string, (info: MaintenanceInfo) => string>> = {
  request_path: ({ requestPath }) => requestPath,
  request_method: ({ request }) => request.method,
  request_url: ({ request }) => urlWithoutSecret(request.url),
  status: ({ status }) => String(status),
  retry_after: ({ retryAfter }) => retryAfter === undefined ? "" : String(retryAfter),
  mode: ({ mode }) => mode,
  reason: ({ reason }) => reason ?? "",
  start: ({ start }) => start?.toISOString() ?? "",
  end: ({ end }) => end?.toISOString() ?? "",
  language: ({ language }) => language,
};

/**
 * Compiles a page of the site's own, in which `{{name}}` stands for a value.
 *
 * @param source The HTML of the page.
 * @returns The page itself if it names no value, otherwise a function that escapes the values and fills them in.
 * @throws {OptionError} If the page names an unknown value.
 */
export function compileTemplate(source: string): string | ((info: MaintenanceInfo) => string) {
  // At even places stands text, at odd ones a name.
  const pieces = source.split(/\{\{([^{}]*)\}\}/);
  if (pieces.length === 1) return source;
  const known = Object.keys(VALUES);
  const values = pieces.map((given, index) => {
    if (index % 2 === 0) return () => given;
    const piece = given.trim();
    if (!Object.hasOwn(VALUES, piece)) {
      const likely = likeliest(piece, known);
      const problem = {
        path: "page",
        expected: `a template that names only ${known.join(", ")}`,
        received: quote(`{{${piece}}}`),
        hint: (likely === undefined ? `accepted are ${known.join(", ")}` : `did you mean "{{${likely}}}"?`) +
          "; to send such braces as they are, pass the page as a function",
      };
      const text = `"page" names the unknown value ${problem.received}: ${problem.hint}`;
      throw new OptionError("create maintenance mode", problem, text);
    }
    const value = VALUES[piece]!;
    return (info: MaintenanceInfo) => escapeHtml(value(info));
  });
  return (info) => values.map((value) => value(info)).join("");
}
