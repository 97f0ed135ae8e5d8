import type { AnswerContext } from "./answer-context.ts";
import type { AnswerSettings } from "./answer-settings.ts";
import { PathAnswers, type PathRoom } from "./path-answers.ts";
import type { Reason } from "./reason.ts";
import { Answer } from "./response.ts";
import { formatRetryAfter, retryAfterSeconds } from "./retry-after.ts";
import type { Variant } from "./variant.ts";

/** What the answers of one answer context say in one language. */
export interface Copy {
  /** One line. */
  title: string;
  /** What people read below it, as plain text: the reason or the sentence in its place, and when the site will be back. */
  text: string;
  /** What programs show: the reason alone, or a sentence or more in its place, each on a line of its own. */
  detail: string;
  /** The operator's reason, if any. */
  reason: Reason | undefined;
  /** The built-in page: for a request that may have carried a form, which is lost, or one with the wrong secret. */
  page(isForm: boolean, isWrongSecret: boolean): string;
}

/** What all answers of a gate have in common. */
export interface Common extends Pick<AnswerSettings, "statusCode" | "headers" | "cors" | "features"> {
  /** The tags of the languages. */
  tags: readonly string[];
  /** The `Content-Security-Policy` of the built-in page. */
  contentSecurityPolicy: string;
  /** The same for a page that asks for the secret of the bypass. */
  promptPolicy?: string | undefined;
  /** What the answers say in the language at an index of `tags`. */
  copyFor(language: number, context: AnswerContext & { retryAfterSeconds: number | undefined }): Copy;
}

/** The fields of an answer that scripts of other origins get to see. */
const EXPOSED = "retry-after, maintenance-mode";

/** The answers of one answer context. Each is made when a request first needs it. */
export class Representations {
  readonly #common: Common;
  readonly #context: AnswerContext & { retryAfterSeconds: number | undefined };
  readonly #retryAfter: string | undefined;
  readonly #room: PathRoom;
  readonly #copies: Copy[] = [];
  // The long part of an answer, which is the same whoever may read it and whatever it depended on.
  readonly #pages: string[] = [];
  readonly #answers = new Map<number, Answer>();
  readonly #problems = new Map<number, PathAnswers>();

  constructor(common: Common, context: AnswerContext, now: number, room: PathRoom) {
    this.#common = common;
    this.#room = room;
    this.#context = { ...context, retryAfterSeconds: retryAfterSeconds(context.retryAfter, now) };
    this.#retryAfter = formatRetryAfter(context.retryAfter, context.retryForm, now);
  }

  /** The answer that serves all requests of one variant. */
  get(wanted: Variant): Answer {
    const key = keyOf(wanted, this.#common);
    let answer = this.#answers.get(key);
    if (answer === undefined) this.#answers.set(key, answer = this.#make(wanted));
    return answer;
  }

  /** Problem details, which name the path of the URL that was asked for. */
  problem(wanted: Variant, url: string): Answer {
    const key = keyOf(wanted, this.#common);
    let answers = this.#problems.get(key);
    if (answers === undefined) this.#problems.set(key, answers = this.#makeProblem(wanted));
    return answers.get(url);
  }

  /** An answer with a page of the user's own. */
  own(wanted: Variant, html: string): Answer {
    const key = keyOf(wanted, this.#common);
    const kept = this.#answers.get(key);
    // The same page for everybody, or again.
    if (kept?.body === html) return kept;
    const answer = kept?.withBody(html) ?? this.#represent(wanted, "text/html; charset=utf-8", html);
    this.#answers.set(key, answer);
    return answer;
  }

  /** A redirect, in every language the same, in place of a page. */
  redirect(wanted: Variant, location: string): Answer {
    const key = keyOf(wanted, this.#common);
    const kept = this.#answers.get(key);
    if (kept !== undefined) return kept;
    const vary = this.#vary(this.#dependencies(wanted));
    // Some clients would wait before they follow the redirect: RFC 9110 section 10.2.3.
    const { "retry-after": _, ...fieldsOfAll } = this.fields;
    const cors = this.#corsFields(wanted.origin);
    const fields = { ...fieldsOfAll, ...cors, location, ...this.#common.headers, ...(vary !== "" && { vary }) };
    const answer = new Answer(302, fields, null);
    this.#answers.set(key, answer);
    return answer;
  }

  /** The answer to gRPC. Only for a gate with that feature. */
  grpc(contentType: string, language: number, origin: number): Answer {
    const { title, reason } = this.#copyFor(language);
    return new Answer(200, {
      ...this.fields,
      ...this.#corsFields(origin, "grpc-status, grpc-message"),
      "content-type": contentType,
      ...this.#common.features.grpc!.fields(title, reason?.text),
      ...this.#common.headers,
      vary: this.#vary(["content-type", ...(this.#common.tags.length > 1 ? ["accept-language"] : [])]),
    }, null);
  }

  /** The fields of all answers, beside those for scripts of other origins. */
  get fields(): Record<string, string> {
    return {
      "cache-control": "no-store",
      ...(this.#retryAfter !== undefined && { "retry-after": this.#retryAfter }),
      // Tells our answers from those of a proxy, and from the app's own.
      "maintenance-mode": this.#context.mode,
    };
  }

  #corsFields(origin: number, alsoExposed?: string): Record<string, string> {
    const exposed = alsoExposed === undefined ? EXPOSED : `${EXPOSED}, ${alsoExposed}`;
    return this.#common.cors?.fields(origin, exposed) ?? {};
  }

  #copyFor(language: number): Copy {
    return this.#copies[language] ??= this.#common.copyFor(language, this.#context);
  }

  #make(wanted: Variant): Answer {
    const copy = this.#copyFor(wanted.language);
    if (isBuiltIn(wanted)) {
      const kind = wanted.type === "html" ? Number(wanted.isForm) : 2;
      const page = this.#pages[wanted.language * 3 + kind] ??= copy.page(kind === 1, kind === 2);
      return this.#represent(wanted, "text/html; charset=utf-8", page);
    }
    if (wanted.type === "text") {
      return this.#represent(wanted, "text/plain; charset=utf-8", `${copy.title}\n\n${copy.text}\n`);
    }
    const { statusCode, features } = this.#common;
    const { contentType, leastStatus = 0, body } = features[wanted.type as "graphql" | "trpc"]!;
    const status = statusCode < leastStatus ? 503 : statusCode;
    return this.#represent(wanted, contentType, body(copy.detail, status, this.#members()), status);
  }

  #makeProblem(wanted: Variant): PathAnswers {
    const { statusCode } = this.#common;
    const { title, detail } = this.#copyFor(wanted.language);
    const problem = {
      type: "about:blank",
      // RFC 9457 section 4.2.1: a problem without a type of its own has the title of its status.
      title: statusCode === 503 ? "Service Unavailable" : title,
      status: statusCode,
      detail,
    };
    return new PathAnswers(
      this.#represent(wanted, wanted.type === "json" ? "application/problem+json" : "application/json", null),
      JSON.stringify(problem).slice(0, -1),
      JSON.stringify(this.#members()).slice(1),
      this.#room,
    );
  }

  /** What programs get to know beside the text. */
  #members(): Record<string, unknown> {
    const { retryAfterSeconds: retryAfter, mode, start, end } = this.#context;
    return {
      ...(retryAfter !== undefined && { retryAfter }),
      mode,
      ...(start !== undefined && { start: start.toISOString() }),
      ...(end !== undefined && { end: end.toISOString() }),
    };
  }

  #represent(wanted: Variant, contentType: string, body: string | null, status = this.#common.statusCode): Answer {
    const { tags, headers } = this.#common;
    const isOwn = wanted.type === "own-html" || wanted.type === "same-html";
    const isPage = isOwn || isBuiltIn(wanted);
    // What programs show is the reason alone, and operators may have given it in another language.
    const reason = isPage || wanted.type === "text" ? undefined : this.#copyFor(wanted.language).reason;
    const vary = this.#vary(this.#dependencies(wanted));
    return new Answer(status, {
      ...this.fields,
      ...this.#corsFields(wanted.origin),
      "content-type": contentType,
      ...(!isOwn && { "content-language": reason?.language ?? tags[wanted.language]! }),
      "x-content-type-options": "nosniff",
      ...(isPage && { "referrer-policy": "no-referrer" }),
      ...(isBuiltIn(wanted) && { "content-security-policy": this.#policyFor(wanted) }),
      ...headers,
      ...(vary !== "" && { vary }),
    }, body);
  }

  #policyFor({ type, isForm }: Variant): string {
    const { contentSecurityPolicy, promptPolicy = contentSecurityPolicy } = this.#common;
    return type === "wrong-secret" || this.#context.asksForSecret && !isForm ? promptPolicy : contentSecurityPolicy;
  }

  /** The fields of the request that an answer depends on. */
  #dependencies({ type, isForm, isHinted, isForced }: Variant): string[] {
    return [
      // The options choose JSON, and the client its name.
      ...(isForced && type !== "json" && type !== "plain-json" && type !== "trpc" ? [] : ["accept"]),
      ...(isHinted ? HINTS : []),
      ...(type === "trpc" || isHinted && this.#common.features.trpc !== undefined ? ["trpc-accept"] : []),
      ...(isForm && !isForced ? ["content-type"] : []),
      ...(this.#common.tags.length > 1 && type !== "same-html" && type !== "redirect" ? ["accept-language"] : []),
    ];
  }

  #vary(names: readonly string[]): string {
    const { cors, headers } = this.#common;
    // The user's own `Vary` adds to what the answer depends on anyway.
    return [...names, ...(cors?.origins === undefined ? [] : ["origin"]), headers["vary"] ?? []].flat().join(", ");
  }
}

/** The fields that tell what a request wants that accepts anything. */
const HINTS = ["sec-fetch-dest", "x-requested-with", "hx-request", "x-pjax"];

const TYPES: readonly Variant["type"][] = [
  "html",
  "own-html",
  "same-html",
  "redirect",
  "json",
  "plain-json",
  "text",
  "graphql",
  "trpc",
  "wrong-secret",
];

function isBuiltIn({ type }: Variant): boolean {
  return type === "html" || type === "wrong-secret";
}

/** The key of a kept answer: another one for each variant. */
function keyOf({ type, language, origin, isForm, isHinted, isForced }: Variant, { tags }: Common): number {
  const variant = (TYPES.indexOf(type) << 3) | (isForced ? 4 : 0) | (isForm ? 2 : 0) | (isHinted ? 1 : 0);
  return ((origin + 1) * tags.length + language) * (TYPES.length << 3) + variant;
}
