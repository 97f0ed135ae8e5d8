import type { Page, PageContent } from "./document.ts";
import { escapeHtml } from "./escape.ts";
import { formatTime } from "./time.ts";

/** The style of the plain page. */
export const PLAIN_STYLE: string =
  ":root{color-scheme:light dark;font:1.125rem/1.6 system-ui,sans-serif;overflow-wrap:anywhere}" +
  "body{max-width:36rem;margin:15vh auto;padding:0 1.5rem}h1{line-height:1.2}.reason{white-space:pre-line}";

/** The hash of the style, as `Content-Security-Policy` names it. A test computes it and says what it has to be. */
export const PLAIN_STYLE_HASH = "sha256-lHREaFCWn62XZgfq4Xl0B1088p6MXat2pYChC6/pYw8=";

const POLICY = `default-src 'none'; style-src '${PLAIN_STYLE_HASH}'; base-uri 'none'; form-action 'none'`;

/** After how many seconds the page asks again at least, and where nobody knows how long to wait. */
const REFRESH = { least: 5, unknown: 300 };

/** The page of the tiny gate: text without a script, which loads itself again until the site is back. */
export const PLAIN_PAGE: Page = { contentSecurityPolicy: `${POLICY}; frame-ancestors 'self'`, render };

function render({ mode, language, dir, messages, reason, end, retryAfter, isForm }: PageContent): string {
  const isOn = mode === "on";
  const title = escapeHtml(isOn ? messages.title : messages.readOnlyTitle);
  const paragraph = (text: string, attributes = "") => `<p${attributes}>${text}</p>\n`;
  // Loading it again would send a form twice, and a site that is read-only goes on elsewhere.
  const isWaiting = isOn && !isForm;
  const seconds = Math.max(Math.ceil(retryAfter ?? REFRESH.unknown), REFRESH.least);
  const lines = [
    paragraph(escapeHtml(isOn ? messages.text : messages.readOnlyText)),
    isForm ? paragraph(escapeHtml(messages.notSent)) : "",
    reason === undefined ? "" : paragraph(
      escapeHtml(reason.text),
      ` class="reason" dir="${reason.dir ?? "auto"}"${reason.language ? ` lang="${escapeHtml(reason.language)}"` : ""}`,
    ),
    // Joined rather than replaced, which would read a `$&` in the time.
    end === undefined ? "" : paragraph(
      escapeHtml(messages.expected).split("{time}")
        .join(`<time datetime="${end.toISOString()}">${escapeHtml(formatTime(end, language))}</time>`),
    ),
    isWaiting ? paragraph(escapeHtml(messages.waiting)) : "",
  ];
  return `<!doctype html>
<html lang="${escapeHtml(language)}" dir="${dir}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
${isWaiting ? `<meta http-equiv="refresh" content="${seconds}">\n` : ""}<title>${title}</title>
<style>${PLAIN_STYLE}</style>
</head>
<body>
<main>
<h1>${title}</h1>
${lines.join("")}</main>
</body>
</html>
`;
}
