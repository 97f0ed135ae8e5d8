import type { AnswerSettings } from "../answer-settings.ts";
import type { Texts } from "../answers.ts";
import { PLAIN_PAGE } from "./plain.ts";
import { compileTemplate } from "./template.ts";
import { copyFor } from "./texts.ts";

/** What the answers of the tiny gate say. */
export function plainTexts({ languages, page: own }: Pick<AnswerSettings, "languages" | "page">): Texts {
  return {
    copyFor: (language, context) => copyFor(languages[language]!, context, PLAIN_PAGE, {}),
    // It announces nothing.
    noticeMessage: () => "",
    presentMessage: () => "",
    contentSecurityPolicy: PLAIN_PAGE.contentSecurityPolicy,
    ownPage: typeof own === "string" ? compileTemplate(own) : own,
  };
}
