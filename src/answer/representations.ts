import { type Cors, corsFields } from "./cors.ts";
import { wellFormed } from "./reason.ts";
import { Answer, type Fields } from "./response.ts";
import { formatRetryAfter, type RetryAfter, retryAfterSeconds } from "./retry-after.ts";
import type { MaintenanceInfo } from "./info.ts";
import { pathOf } from "../match/url/url-path.ts";

/** What is going on, for the texts and the fields of the answers. */
export interface AnswerContext extends Pick<MaintenanceInfo, "mode" | "start" | "end"> {
  /** The reason that the operator gave: a text, or texts by the tags of their languages. */
  reason: string | Readonly<Record<string, string>> | undefined;
  retryAfter: RetryAfter;
}

/** What is said on an occasion in one language. */
export interface Copy {
  /** One line. */
  title: string;
  /** A sentence or more, on lines of their own. */
  detail: string;
  /** The built-in page; `isForm` says whether the request may have carried a form, which is lost. */
  page(isForm: boolean): string;
}

/** What the representations of an answer have in common, beside the occasion. */
export interface Common {
  statusCode: number;
  /** The user's own fields. */
  headers: Fields;
  cors: Cors | undefined;
  /** The tags of the languages. */
  tags: readonly string[];
  /** The `Content-Security-Policy` of the built-in page. */
  contentSecurityPolicy: string;
  /** What is said in the language at a place of `tags`. */
  copyFor(language: number, occasion: AnswerContext & { retryAfterSeconds: number | undefined }): Copy;
}

/** What an answer has to be like. */
export interface Variant {
  /**
   * Its representation. `"own-html"` is the user's own page, and `"same-html"` one that is the same for everybody;
   * `"redirect"` leads to a page.
   */
  type: "html" | "own-html" | "same-html" | "redirect" | "json" | "text" | "graphql";
  /** The place of the language in the tags. */
  language: number;
  /** The place of the origin that may read it, or -1. */
  origin: number;
  /** Whether the request may have carried a form: its method is neither GET nor HEAD. */
  isForm: boolean;
  /** Whether more than `Accept` had to be looked at. */
  isHinted: boolean;
  /** Whether the options chose the representation, and not the fields of the request. */
  isForced: boolean;
}

/** What scripts of other origins get to see of an answer beside its status and its body. */
const EXPOSED = "retry-after, maintenance-mode";

/** How many answers to different paths are kept on one occasion, in all languages and variants together. */
const MOST_PATHS = 512;

/** The longest path that is repeated in an answer. */
const LONGEST_PATH = 2_048;

/** The longest path whose answer is kept. */
const LONGEST_KEPT_PATH = 256;

/** How many URLs are kept with their answers, of each representation. */
const SLOTS = 16;

/** How many more answers to different paths may be kept. */
export interface PathRoom {
  left: number;
}

/** Room for the answers on one occasion. */
export function createPathRoom(): PathRoom {
  return { left: MOST_PATHS };
}

/** The answers on one occasion, each made when it is first wanted. */
export class Representations {
  readonly #common: Common;
  readonly #occasion: AnswerContext & { retryAfterSeconds: number | undefined };
  readonly #retryAfter: string | undefined;
  readonly #room: PathRoom;
  readonly #words: Copy[] = [];
  // The long part of an answer, which is the same whoever may read it and whatever it depended on.
  readonly #pages: string[] = [];
  readonly #answers = new Map<number, Answer>();
  readonly #problems = new Map<number, PathAnswers>();

  constructor(common: Common, occasion: AnswerContext, now: number, room: PathRoom) {
    this.#common = common;
    this.#room = room;
    this.#occasion = { ...occasion, retryAfterSeconds: retryAfterSeconds(occasion.retryAfter, now) };
    this.#retryAfter = formatRetryAfter(occasion.retryAfter, now);
  }

  /** The answer that is the same for all who want the same. */
  get(wanted: Variant): Answer {
    const place = placeOf(wanted, this.#common);
    let answer = this.#answers.get(place);
    if (answer === undefined) this.#answers.set(place, answer = this.#make(wanted));
    return answer;
  }

  /** Problem details, which name the path of the URL that was asked for. */
  problem(wanted: Variant, url: string): Answer {
    const place = placeOf(wanted, this.#common);
    let answers = this.#problems.get(place);
    if (answers === undefined) this.#problems.set(place, answers = this.#makeProblem(wanted));
    return answers.get(url);
  }

  /** An answer with a page of the user's own. */
  own(wanted: Variant, html: string): Answer {
    const place = placeOf(wanted, this.#common);
    const kept = this.#answers.get(place);
    // The same page for everybody, or again.
    if (kept?.body === html) return kept;
    const answer = kept?.withBody(html) ?? this.#represent(wanted, "text/html; charset=utf-8", html);
    this.#answers.set(place, answer);
    return answer;
  }

  /** A redirect, in every language the same, in place of a page. */
  redirect(wanted: Variant, location: string): Answer {
    const place = placeOf(wanted, this.#common);
    const kept = this.#answers.get(place);
    if (kept !== undefined) return kept;
    const vary = this.#vary(this.#dependencies(wanted));
    const cors = corsFields(this.#common.cors, wanted.origin, EXPOSED);
    const fields = { ...this.fields, ...cors, location, ...this.#common.headers, ...(vary !== "" && { vary }) };
    const answer = new Answer(302, fields, null);
    this.#answers.set(place, answer);
    return answer;
  }

  /** The answer to gRPC, whose clients take any other status than 200 for a failure of the transport. */
  grpc(contentType: string, language: number, origin: number): Answer {
    const { title } = this.#copyFor(language);
    return new Answer(200, {
      ...this.fields,
      ...corsFields(this.#common.cors, origin, `${EXPOSED}, grpc-status, grpc-message`),
      "content-type": contentType,
      // UNAVAILABLE: the client may try again.
      "grpc-status": "14",
      // https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md#responses: percent-encoded UTF-8
      "grpc-message": encodeURIComponent(wellFormed(title)).replaceAll("%20", " "),
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
      "maintenance-mode": this.#occasion.mode,
    };
  }

  #copyFor(language: number): Copy {
    return this.#words[language] ??= this.#common.copyFor(language, this.#occasion);
  }

  #make(wanted: Variant): Answer {
    const words = this.#copyFor(wanted.language);
    if (wanted.type === "html") {
      const page = this.#pages[wanted.language * 2 + Number(wanted.isForm)] ??= words.page(wanted.isForm);
      return this.#represent(wanted, "text/html; charset=utf-8", page);
    }
    if (wanted.type === "text") {
      return this.#represent(wanted, "text/plain; charset=utf-8", `${words.title}\n\n${words.detail}\n`);
    }
    const { statusCode } = this.#common;
    const extensions = { code: "SERVICE_UNAVAILABLE", status: statusCode, ...this.#members() };
    const body = JSON.stringify({ errors: [{ message: words.detail, extensions }] });
    return this.#represent(wanted, "application/graphql-response+json; charset=utf-8", body);
  }

  #makeProblem(wanted: Variant): PathAnswers {
    const { statusCode } = this.#common;
    const { title, detail } = this.#copyFor(wanted.language);
    const problem = {
      type: "about:blank",
      // RFC 9457 section 4.2.1: a problem of no type of its own is called as its status is.
      title: statusCode === 503 ? "Service Unavailable" : title,
      status: statusCode,
      detail,
    };
    return new PathAnswers(
      this.#represent(wanted, "application/problem+json", null),
      JSON.stringify(problem).slice(0, -1),
      JSON.stringify(this.#members()).slice(1),
      this.#room,
    );
  }

  /** What programs get to know beside the words. */
  #members(): Record<string, unknown> {
    const { retryAfterSeconds: retryAfter, mode, start, end } = this.#occasion;
    return {
      ...(retryAfter !== undefined && { retryAfter }),
      mode,
      ...(start !== undefined && { start: start.toISOString() }),
      ...(end !== undefined && { end: end.toISOString() }),
    };
  }

  #represent(wanted: Variant, contentType: string, body: string | null): Answer {
    const { statusCode, tags, headers, cors, contentSecurityPolicy } = this.#common;
    const isOwn = wanted.type === "own-html" || wanted.type === "same-html";
    const vary = this.#vary(this.#dependencies(wanted));
    return new Answer(statusCode, {
      ...this.fields,
      ...corsFields(cors, wanted.origin, EXPOSED),
      "content-type": contentType,
      ...(!isOwn && { "content-language": tags[wanted.language]! }),
      "x-content-type-options": "nosniff",
      ...((isOwn || wanted.type === "html") && { "referrer-policy": "no-referrer" }),
      ...(wanted.type === "html" && { "content-security-policy": contentSecurityPolicy }),
      ...headers,
      ...(vary !== "" && { vary }),
    }, body);
  }

  /** The fields of the request that an answer depends on. */
  #dependencies({ type, isForm, isHinted, isForced }: Variant): string[] {
    return [
      ...(isForced ? [] : ["accept"]),
      ...(isHinted ? ["sec-fetch-dest", "x-requested-with"] : []),
      ...(isForm && !isForced ? ["content-type"] : []),
      ...(this.#common.tags.length > 1 && type !== "same-html" && type !== "redirect" ? ["accept-language"] : []),
    ];
  }

  #vary(names: readonly string[]): string {
    const { cors, headers } = this.#common;
    // What else the user's own fields make the answer depend on is not all that it depends on.
    return [...names, ...(cors?.origins === undefined ? [] : ["origin"]), headers["vary"] ?? []].flat().join(", ");
  }
}

/** Answers that differ in the path that was asked for. */
class PathAnswers {
  readonly #base: Answer;
  readonly #head: string;
  readonly #tail: string;
  readonly #room: PathRoom;
  readonly #kept = new Map<string, Answer>();
  // Programs ask for the same again and again, and to compare is faster than to read: one URL is kept for each length.
  readonly #urls: string[] = [];
  readonly #answers: Answer[] = [];

  constructor(base: Answer, head: string, tail: string, room: PathRoom) {
    this.#base = base;
    this.#head = head;
    this.#tail = tail;
    this.#room = room;
  }

  get(url: string): Answer {
    const slot = url.length % SLOTS;
    if (this.#urls[slot] === url) return this.#answers[slot]!;
    const path = pathOf(url);
    const kept = this.#kept.get(path);
    if (kept === undefined) return this.#make(path);
    if (url.length <= LONGEST_KEPT_PATH) [this.#urls[slot], this.#answers[slot]] = [url, kept];
    return kept;
  }

  #make(path: string): Answer {
    // "//host/path" as a reference would be of another host.
    const reference = path.startsWith("//") ? `/.${path}` : path;
    const instance = path.length > LONGEST_PATH ? undefined : JSON.stringify(reference);
    const member = instance === undefined ? "" : `,"instance":${instance}`;
    const answer = this.#base.withBody(`${this.#head}${member},${this.#tail}`);
    // Full is full: who asks for ever other paths costs no memory, and puts nobody else's answer out.
    if (instance !== undefined && reference === path && path.length <= LONGEST_KEPT_PATH && this.#room.left > 0) {
      this.#room.left--;
      // A copy: engines let a part of a text hold on to all of it, here a URL with a query as long as anybody likes.
      this.#kept.set(JSON.parse(instance) as string, answer);
    }
    return answer;
  }
}

const TYPES: readonly Variant["type"][] = ["html", "own-html", "same-html", "redirect", "json", "text", "graphql"];

/** Where the answer is kept: another place for each that differs. */
function placeOf({ type, language, origin, isForm, isHinted, isForced }: Variant, { tags }: Common): number {
  const variant = (TYPES.indexOf(type) << 3) | (isForced ? 4 : 0) | (isForm ? 2 : 0) | (isHinted ? 1 : 0);
  return ((origin + 1) * tags.length + language) * (TYPES.length << 3) + variant;
}
