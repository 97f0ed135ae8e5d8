import type { Reporter } from "../util/reporter.ts";
import type { AnswerSettings } from "./answer-settings.ts";
import type { Languages } from "./languages.ts";
import { namesPlainJson, negotiate } from "./negotiate.ts";
import { RESPONSE_TYPES } from "./response-types.ts";
import type { ResponseType } from "./options.ts";

/** Which of the answers a request gets. */
export interface Variant {
  /**
   * Its representation. `"own-html"` is the user's own page, and `"same-html"` one that is the same for everybody;
   * `"redirect"` leads to a page. `"plain-json"` is `"json"` by the name `application/json`, and
   * `"wrong-secret"` the page that asks for the secret of the bypass again.
   */
  type:
    | "html"
    | "wrong-secret"
    | "own-html"
    | "same-html"
    | "redirect"
    | "json"
    | "plain-json"
    | "text"
    | "graphql"
    | "trpc";
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
  const { graphql, trpc } = features;
  const forcedType = typeof responseType !== "function"
    ? () => responseType
    : (request: Request) => call("responseType", RESULTS, isResult, responseType, request);

  /** The type that the request asks for, and whether that depended on more than `Accept`. */
  function typeFor(request: Request, contentType: string | null): Pick<Variant, "type" | "isHinted"> {
    const accept = request.headers.get("accept") ?? null;
    const choice = negotiate(accept);
    const isOpen = choice === "html-or-json" || choice === "html-or-plain-json";
    // A WebSocket starts with a request that accepts nothing, and shows nothing of its answer.
    if (accept === null && typeof request.headers.get("upgrade") === "string") return { type: "text", isHinted: true };
    if (isOpen || choice === "json" || choice === "plain-json") {
      if (trpc?.isMeant(request, isOpen)) return { type: "trpc", isHinted: false };
    }
    if (!isOpen) return { type: choice === "graphql" && graphql === undefined ? "json" : choice, isHinted: false };
    if (putsIntoPage(request) || !isScript(request, contentType)) return { type: "html", isHinted: true };
    return { type: choice === "html-or-json" ? "json" : "plain-json", isHinted: true };
  }

  return (request, contentType, isForm) => {
    const language = languages.choose(request.headers.get("accept-language"));
    const origin = cors === undefined ? -1 : cors.originOf(request);
    const forced = responseType === undefined ? undefined : forcedType(request);
    if (forced === undefined) return { ...typeFor(request, contentType), language, origin, isForm, isForced: false };
    const isPlain = forced === "json" && namesPlainJson(request.headers.get("accept") ?? null);
    return { type: isPlain ? "plain-json" : forced, language, origin, isForm, isHinted: false, isForced: true };
  };
}

const RESULTS = '"html", "json", "text", "trpc" or undefined';

function isResult(value: unknown): value is ResponseType | undefined {
  return value === undefined || RESPONSE_TYPES.includes(value as ResponseType);
}

/** Whether a script puts the answer into the page that it belongs to: htmx and PJAX. */
export function putsIntoPage({ headers }: Request): boolean {
  return headers.get("hx-request") === "true" || typeof headers.get("x-pjax") === "string";
}

/** Whether a request that accepts anything says that a script has made it, and not a person. */
function isScript({ headers }: Request, contentType: string | null): boolean {
  return headers.get("sec-fetch-dest") === "empty" || typeof headers.get("x-requested-with") === "string" ||
    (contentType !== null && /^application\/(?:[^;\s]+\+)?json\s*(?:;|$)/i.test(contentType.trim()));
}
