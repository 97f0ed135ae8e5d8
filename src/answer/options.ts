import type { HeadersInput } from "../types/headers-input.ts";
import type { MaintenanceInfo } from "./info.ts";
import type { Messages } from "./messages.ts";
import type { Site } from "./site-options.ts";

/** The representations of the built-in answer: `text/html`, `application/problem+json` and `text/plain`. */
export type ResponseType = "html" | "json" | "text";

/** Which other origins may read the answers, all optional. */
export interface CorsOptions {
  /**
   * The origins, such as `"https://app.example.com"`.
   *
   * @default All
   */
  origins?: readonly string[];
  /**
   * Whether their requests may carry cookies and other credentials. Only for origins that are named.
   *
   * @default {false}
   */
  credentials?: boolean;
  /**
   * Whether pages of public addresses may ask a site on a private network, where the browser asks for leave to.
   *
   * @default {true}
   */
  privateNetwork?: boolean;
}

/** Options of `maintenanceMode` about the answer, all optional. */
export interface AnswerOptions {
  /**
   * Makes the answer in place of the built-in one. It has to return a fresh `Response` at once; if it throws or returns
   * anything else, the visitor gets the built-in answer and `onError` is told. Nothing is added to it, neither `headers`
   * nor the fields of `cors`; it answers preflights, too, and `redirectUrl` stands back behind it.
   *
   * In Django: `handler503`.
   */
  handler503?: (request: Request, info: MaintenanceInfo) => Response;
  /**
   * The HTML page in place of the built-in one: a template, or a function that returns the HTML.
   *
   * In a template `{{request_path}}`, `{{request_method}}`, `{{request_url}}`, `{{status}}`, `{{retry_after}}`,
   * `{{mode}}`, `{{reason}}`, `{{start}}`, `{{end}}` and `{{language}}` are replaced by their values, escaped for HTML
   * text and quoted attributes, not for scripts. What a function returns is sent as it is: escape what comes from the request. If it throws
   * or returns anything but a string, the visitor gets the built-in page and `onError` is told. Clients that ask for
   * anything but HTML do not get the page. It is sent without `Content-Language` and `Content-Security-Policy`, which are
   * yours to give in `headers`.
   *
   * In Django: the template `503.html`.
   */
  page?: string | ((info: MaintenanceInfo) => string);
  /**
   * The HTTP status of the answer: an integer from 200 to 599 that may carry a body, and no redirect.
   *
   * Anything but 503 tells search engines that the maintenance page is the content of the site. gRPC gets 200 whatever it
   * is: its own status says that the site is unavailable.
   *
   * In Django: `MAINTENANCE_MODE_STATUS_CODE`.
   *
   * @default {503}
   */
  statusCode?: number;
  /**
   * How long clients are asked to wait, sent as `Retry-After`: a whole number of seconds from 0, or a `Date`, which is
   * sent as an HTTP-date until it has passed. `retryAfter` of the state takes precedence. Without either it is the `end`
   * of the state, and without that no header is sent.
   *
   * In Django: `MAINTENANCE_MODE_RETRY_AFTER`.
   *
   * @see {@link https://www.rfc-editor.org/rfc/rfc9110#section-10.2.3 | RFC 9110 section 10.2.3}
   */
  retryAfter?: number | Date;
  /**
   * Over how many seconds clients are spread that come back: each is asked to wait for up to as many seconds more, by
   * chance, so that they do not come all at once. It is added to whatever `Retry-After` says; `retryAfter` of `info` is
   * without it.
   *
   * @default {0}
   */
  retryJitter?: number;
  /**
   * Where to send visitors instead of showing them a page (302): a path of this site, or an absolute `http:` or `https:`
   * URL. Programs that ask for JSON or text, gRPC and GraphQL get their answer here.
   *
   * A path passes the gate itself, so that the app can serve it; with a query it passes with that query alone. A visitor
   * who already is at an absolute URL gets the built-in answer there instead of being sent in a circle.
   *
   * In Django: `MAINTENANCE_MODE_REDIRECT_URL`.
   */
  redirectUrl?: string;
  /**
   * The representation of the answer, in place of what the request asks for: a word, or a function of the request.
   *
   * Without it `Accept` decides. Who accepts anything, or HTML and JSON alike, gets JSON if a script asks
   * (`Sec-Fetch-Dest: empty`, `X-Requested-With`, a body in JSON), else the page. GraphQL over HTTP and gRPC get an error
   * of their own kind.
   *
   * In Django: `MAINTENANCE_MODE_RESPONSE_TYPE`.
   */
  responseType?: ResponseType | ((request: Request) => ResponseType);
  /**
   * What the built-in page says about the site: its name, its logo, whom to ask, its colours. The time zone is for the
   * other representations, too.
   *
   * @default {{}}
   */
  site?: Site;
  /**
   * Copy of your own for the built-in answers, by the tags of their languages (BCP 47): in place of built-in ones, or in
   * a language that is not built in. What is left out of a language that is not built in is said in English.
   *
   * @default {{}}
   * @example
   * ```ts
   * import { maintenanceMode } from "maintenancemode";
   *
   * maintenanceMode({ messages: { en: { title: "Back in a moment" }, gsw: { title: "Wartigsarbete" } } });
   * ```
   */
  messages?: Readonly<Record<string, Partial<Messages>>>;
  /**
   * The languages that the answers are given in, by their tags (BCP 47). Who asks for none of them with
   * `Accept-Language` gets the first. A single one goes to everybody.
   *
   * @default All that are built in or in `messages`, English first
   * @see {@link https://www.rfc-editor.org/rfc/rfc4647#section-3.4 | RFC 4647 section 3.4}
   */
  languages?: readonly string[];
  /**
   * Whether scripts of other origins may read the answer, with its status, `Retry-After`, `Maintenance-Mode` and body:
   * `true`, `false`, or which may.
   *
   * Preflights are answered then, too, so that a script gets to see the 503 and not an error of the network. Such an answer
   * is not kept by the browser. While the site is read-only, they pass to the app.
   *
   * To send cookies along, an origin has to be named. A preflight carries none, so it is answered also for who is let in by
   * a cookie: any site could make that visitor's browser send what the app never approved.
   *
   * @default {true}
   * @see {@link https://fetch.spec.whatwg.org/#http-cors-protocol | CORS protocol}
   */
  cors?: boolean | CorsOptions;
  /**
   * Header fields added to the built-in answer, redirects and answers to preflights included. They replace built-in ones of
   * the same name, but for `Vary`, which is added to. `Content-Type`, `Content-Length`, `Content-Encoding` and `Transfer-Encoding` belong to the body and are refused.
   */
  headers?: HeadersInput;
}
