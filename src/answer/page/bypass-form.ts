import { BYPASS_NAME, LONGEST_SECRET } from "../../bypass/request-secret.ts";
import type { Messages } from "../messages.ts";
import { escapeHtml } from "./escape.ts";

/** What the page asks for: nothing, the secret of the bypass, or the secret again because the last one was wrong. */
export type SecretPrompt = "none" | "ask" | "wrong";

/** The field for the secret of the bypass. Without an `action`, browsers send the form to the URL of the page. */
export function bypassForm(prompt: SecretPrompt, { accessCode, enter, wrongCode }: Messages): string {
  if (prompt === "none") return "";
  const isWrong = prompt === "wrong";
  // Screen readers announce no alert that was there from the start, but read the field that has the focus.
  const state = isWrong ? ' aria-invalid="true" aria-describedby="wrong" autofocus' : "";
  return `<form method="post" class="row">\n<label for="code">${escapeHtml(accessCode)}</label>\n` +
    (isWrong ? `<p id="wrong" role="alert">${escapeHtml(wrongCode)}</p>\n` : "") +
    `<input id="code" name="${BYPASS_NAME}" type="password" autocomplete="current-password" required ` +
    `maxlength="${LONGEST_SECRET}"${state}>\n<button>${escapeHtml(enter)}</button>\n</form>\n`;
}
