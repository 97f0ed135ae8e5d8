import type { Reporter } from "../util/reporter.ts";
import type { AnswerSettings } from "./answer-settings.ts";
import type { Languages } from "./languages.ts";
import { negotiate, RESPONSE_TYPES } from "./negotiate.ts";
import type { ResponseType } from "./options.ts";

/** Which of the answers a request gets. */
export interface Variant {
  /**
   * Its representation. `"own-html"` is the user's own page, and `"same-html"` one that is the same for everybody;
   * `"redirect"` leads to a page.
   */
  type: "html" | "own-html" | "same-html" | "redirect" | "json" | "text" | "graphql";
  /** The index of the language in the tags. */
  language: number;
  /** The index of the origin that may read it, or -1. */
  origin: number;
  /** Whether the request may have carried a form: its method is neither GET nor HEAD. */
  isForm: boolean;
  /** Whether the choice depended on more than `Accept`. */
  isHinted: boolean;
  /** Whether the options chose the representation, and not the fields of the request. */
  isForced: boolean;
}

/** The answer to a value that says nothing of what it wants: the page in the default language. */
export const DEFAULT_VARIANT: Variant = {
  type: "html",
  language: 0,
  origin: -1,
  isForm: false,
  isHinted: false,
  isForced: false,
};

/** Chooses the variant for a request, with its `Content-Type` if the gate looks at it. */
export type VariantChooser = (request: Request, contentType: string | null, isForm: boolean) => Variant;

/** Prepares a {@link VariantChooser}. */
export function createVariantChooser(
  { responseType, cors, features }: Pick<AnswerSettings, "responseType" | "cors" | "features">,
  languages: Languages,
  { call }: Reporter,
): VariantChooser {
  const forcedType = typeof responseType !== "function"
    ? () => responseType
    : (request: Request) => call("responseType", '"html", "json" or "text"', isResponseType, responseType, request);

  return (request, contentType, isForm) => {
    const language = languages.choose(request.headers.get("accept-language"));
    const origin = cors === undefined ? -1 : cors.originOf(request);
    const forced = responseType === undefined ? undefined : forcedType(request);
    if (forced !== undefined) return { type: forced, language, origin, isForm, isHinted: false, isForced: true };
    const accept = request.headers.get("accept") ?? null;
    const choice = negotiate(accept);
    if (choice !== "html-or-json") {
      const type = choice === "graphql" && features.graphql === undefined ? "json" : choice;
      return { type, language, origin, isForm, isHinted: false, isForced: false };
    }
    // A WebSocket starts with a request that accepts nothing, and shows nothing of its answer.
    if (accept === null && typeof request.headers.get("upgrade") === "string") {
      return { type: "text", language, origin, isForm, isHinted: true, isForced: false };
    }
    const type = isScript(request, contentType) ? "json" : "html";
    return { type, language, origin, isForm, isHinted: true, isForced: false };
  };
}

function isResponseType(value: unknown): value is ResponseType {
  return RESPONSE_TYPES.includes(value as ResponseType);
}

/** Whether a request that accepts anything says that a script has made it, and not a person. */
function isScript({ headers }: Request, contentType: string | null): boolean {
  return headers.get("sec-fetch-dest") === "empty" || typeof headers.get("x-requested-with") === "string" ||
    (contentType !== null && /^application\/(?:[^;\s]+\+)?json\s*(?:;|$)/i.test(contentType.trim()));
}
