import { directionOf } from "../languages.ts";
import type { Language } from "../language-options.ts";
import { chooseReason } from "../reason.ts";
import type { AnswerContext } from "../answer-context.ts";
import type { Copy } from "../representations.ts";
import type { Site } from "../site-options.ts";
import type { Page } from "./document.ts";
import { formatTime } from "./time.ts";

/**
 * The texts of an answer in one language, for each representation.
 *
 * @param language The language and its words.
 * @param context What the answer is about: the state of the maintenance and how long clients have to wait.
 * @param page The page of the site.
 * @param site What the answer says about the site.
 */
export function copyFor(
  { tag, messages }: Language,
  context: Omit<AnswerContext, "retryForm"> & { retryAfterSeconds: number | undefined },
  page: Page,
  site: Site,
): Copy {
  const { mode, end, retryAfterSeconds, asksForSecret } = context;
  const isOn = mode === "on";
  const chosen = chooseReason(context.reason, tag);
  const title = isOn ? messages.title : messages.readOnlyTitle;
  const text = isOn ? messages.text : messages.readOnlyText;
  const back = end && messages.expected.replace("{time}", () => formatTime(end, tag, site.timeZone));
  const reason = chosen && {
    text: chosen.text,
    ...(chosen.language !== undefined && { language: chosen.language, dir: directionOf(chosen.language) }),
  };
  const dir = directionOf(tag);
  const lines = [chosen?.text ?? text, isOn ? undefined : messages.notSent, back].filter((line) => line !== undefined)
    .join("\n");
  return {
    title,
    text: lines,
    detail: chosen?.text ?? lines,
    reason: chosen,
    page(isForm, isWrongSecret) {
      const prompt = isWrongSecret ? "wrong" : asksForSecret && !isForm ? "ask" : "none";
      return page.render({
        mode,
        language: tag,
        dir,
        messages,
        reason,
        end,
        retryAfter: retryAfterSeconds,
        isForm,
        prompt,
      });
    },
  };
}
