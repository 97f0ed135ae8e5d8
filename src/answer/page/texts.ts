import { directionOf } from "../languages.ts";
import type { Language } from "../language-options.ts";
import { chooseReason } from "../reason.ts";
import type { AnswerContext, Copy } from "../representations.ts";
import type { Site } from "../site-options.ts";
import type { Page } from "./document.ts";
import { formatTime } from "./time.ts";

/**
 * What is said on an occasion in one language, in each representation.
 *
 * @param language The language and its words.
 * @param occasion What is going on.
 * @param page The page of the site.
 * @param site What is said about the site.
 */
export function copyFor(
  { tag, messages }: Language,
  occasion: AnswerContext & { retryAfterSeconds: number | undefined },
  page: Page,
  site: Site,
): Copy {
  const { mode, end, retryAfterSeconds } = occasion;
  const isOn = mode === "on";
  const chosen = chooseReason(occasion.reason, tag);
  const title = isOn ? messages.title : messages.readOnlyTitle;
  const text = isOn ? messages.text : messages.readOnlyText;
  const back = end && messages.expected.replace("{time}", () => formatTime(end, tag, site.timeZone));
  const reason = chosen && {
    text: chosen.text,
    ...(chosen.language !== undefined && { language: chosen.language, dir: directionOf(chosen.language) }),
  };
  const dir = directionOf(tag);
  return {
    title,
    detail: [chosen?.text, text, isOn ? undefined : messages.notSent, back].filter((line) => line !== undefined).join(
      "\n",
    ),
    page: (isForm) =>
      page.render({ mode, language: tag, dir, messages, reason, end, retryAfter: retryAfterSeconds, isForm }),
  };
}
