import type { MaintenanceInfo } from "../core/types.ts";
import { escapeHtml } from "./escape.ts";

/** What an answer says, in each representation. */
export type Occasion = Pick<MaintenanceInfo, "mode" | "reason" | "end">;

/** The texts of an answer. */
export interface OccasionTexts {
  /** The built-in page. */
  page: string;
  /** One line, for JSON and plain text. */
  title: string;
  /** A sentence or more, for JSON and plain text. */
  detail: string;
}

const TITLES = { on: "Down for maintenance", "read-only": "Read-only for maintenance" } as const;

const DETAILS = {
  on: "This site is being worked on and will be back soon. Please try again later.",
  "read-only": "This site is being worked on. It can be read, but nothing can be changed until the work is done. " +
    "What you sent was not saved.",
} as const;

/**
 * What the built-in answers say on an occasion. The page is one document that asks for nothing else.
 *
 * @param occasion What is going on.
 */
export function textsFor({ mode, reason, end }: Occasion): OccasionTexts {
  const title = TITLES[mode];
  const back = end && `Expected back: ${end.toUTCString()}.`;
  const sentences = [reason, DETAILS[mode], back].filter((sentence) => sentence !== undefined && sentence !== "");
  const paragraphs = sentences.map((sentence) =>
    sentence === back
      ? `<p>Expected back: <time datetime="${end!.toISOString()}">${end!.toUTCString()}</time>.</p>`
      : `<p>${escapeHtml(sentence!)}</p>`
  );
  return { title, detail: sentences.join("\n"), page: renderPage(title, paragraphs.join("\n")) };
}

function renderPage(title: string, paragraphs: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<meta name="color-scheme" content="light dark">
<title>${title}</title>
<style>
body { margin: 0; min-height: 100vh; display: grid; place-items: center; font: 1.125rem/1.6 system-ui, sans-serif; }
main { max-width: 34rem; padding: 2rem; }
h1 { font-size: 1.75rem; line-height: 1.25; }
</style>
</head>
<body>
<main>
<h1>${title}</h1>
${paragraphs}
</main>
</body>
</html>
`;
}
