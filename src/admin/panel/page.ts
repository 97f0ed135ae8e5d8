import { COMMON_FIELDS } from "../problem.ts";
import { MARKUP } from "./markup.ts";
import { SCRIPT, SCRIPT_HASH } from "./script.ts";
import { STYLE, STYLE_HASH } from "./style.ts";

const PAGE = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<meta name="color-scheme" content="light dark">
<meta name="format-detection" content="telephone=no">
<title>Maintenance</title>
<link rel="icon" href="data:,">
<style>${STYLE}</style>
</head>
<body>
${MARKUP}
<script>${SCRIPT}</script>
</body>
</html>
`;

/** Nothing runs but the script of this page, nothing embeds it, and it talks to its own origin alone. */
const POLICY = "default-src 'none'; " +
  `script-src '${SCRIPT_HASH}'; style-src '${STYLE_HASH}'; img-src data:; connect-src 'self'; base-uri 'none'; ` +
  "form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'";

/** Answers with the page. It is the same for everybody: its script asks the API for everything else. */
export function servePage(): Response {
  return new Response(PAGE, {
    headers: {
      ...COMMON_FIELDS,
      "content-type": "text/html; charset=utf-8",
      "content-security-policy": POLICY,
      "cross-origin-opener-policy": "same-origin",
      "permissions-policy": "camera=(), geolocation=(), microphone=()",
      "x-frame-options": "DENY",
      "x-robots-tag": "noindex",
    },
  });
}
