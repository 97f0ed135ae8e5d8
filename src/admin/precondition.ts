import { json, Refusal } from "./problem.ts";
import { type Part, tagOf } from "./reading.ts";
import { showPart } from "./represent.ts";

/**
 * Checks that an operator changes what they have seen: by `If-Match`, or `If-None-Match: *` for a window that is not there yet.
 *
 * @param part The window that is stored now, if there is one.
 * @throws {Refusal} 428 without a condition, 412 if it does not hold.
 * @see {@link https://www.rfc-editor.org/rfc/rfc9110#section-13 | RFC 9110 section 13}
 */
export function checkPrecondition({ headers }: Request, part: Part | undefined): void {
  const match = headers.get("if-match");
  const noneMatch = headers.get("if-none-match");
  if (match === null && noneMatch === null) {
    const detail = part === undefined
      ? 'Send "If-None-Match: *" to make a new window'
      : 'Send "If-Match" with the ETag of the window that you have seen';
    throw new Refusal(428, detail, shown(part));
  }
  if (match !== null && !(part !== undefined && isListed(match, tagOf(part.window)))) throw changed(part);
  if (noneMatch !== null && part !== undefined && isListed(noneMatch, tagOf(part.window))) throw changed(part);
}

/** The refusal of a change to a window that somebody else has changed meanwhile. */
export function changed(part: Part | undefined): Refusal {
  const detail = part === undefined
    ? "There is no such window any more: somebody else has removed it"
    : "Somebody else has changed this window meanwhile";
  return new Refusal(412, detail, shown(part), part === undefined ? {} : { etag: tagOf(part.window) });
}

/** Shows the present window in a problem. */
function shown(part: Part | undefined): { current: unknown } {
  return { current: part === undefined ? null : showPart(part, Date.now()) };
}

/** Whether a list of tags holds a tag. A weak one never matches: it may stand for another text. */
function isListed(list: string, tag: string): boolean {
  return list.trim() === "*" || list.split(",").some((listed) => listed.trim() === tag);
}

/** Answers with one window. */
export function answerPart(part: Part, status = 200): Response {
  return json(showPart(part, Date.now()), { etag: tagOf(part.window) }, status);
}
