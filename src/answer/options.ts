import type { HeadersInput } from "../types/headers-input.ts";
import type { MaintenanceInfo } from "./info.ts";
import type { Messages } from "./messages.ts";
import type { Site } from "./site-options.ts";

/**
 * The representations of the built-in answer: `text/html`, `application/problem+json` (`application/json` for a client that names
 * that type alone), `text/plain`, and the errors of tRPC.
 */
export type ResponseType = "html" | "json" | "text" | "trpc";

/** Which other origins may read the answers, all optional. */
export interface CorsOptions {
  /**
   * The origins, such as `"https://app.example.com"`. In `"https://*.example.com"` the asterisk stands for one label: that is
   * neither `https://example.com` nor `https://a.b.example.com`. Everybody who can publish under such a name may read.
   *
   * @default All
   */
  origins?: readonly string[];
  /**
   * Whether their requests may carry cookies and other credentials. It takes `origins`.
   *
   * @default {false}
   */
  credentials?: boolean;
  /**
   * Whether pages of public addresses may send requests to a site on a private network, if the browser asks first.
   *
   * @default {true}
   */
  privateNetwork?: boolean;
}

/** Options of `maintenanceMode` about the answer, all optional. */
export interface AnswerOptions {
  /**
   * Makes the answer in place of the built-in one, also to preflights and before `redirectUrl`. It has to return a fresh
   * `Response` at once. If it throws or returns anything else, the visitor gets the built-in answer, and `onError` gets the
   * error. The gate adds nothing to the `Response`, neither `headers` nor the fields of `cors`.
   *
   * In Django: `handler503`.
   */
  handler503?: (request: Request, info: MaintenanceInfo) => Response;
  /**
   * The HTML page in place of the built-in one: a template, or a function that returns the HTML.
   *
   * A template may hold `{{request_path}}`, `{{request_method}}`, `{{request_url}}`, `{{status}}`, `{{retry_after}}`,
   * `{{mode}}`, `{{reason}}`, `{{start}}`, `{{end}}` and `{{language}}`. The gate fills in their values, escaped for HTML text
   * and quoted attributes, not for scripts. The gate sends what a function returns as it is: escape what comes from the
   * request. If the function throws or returns anything but a string, the visitor gets the built-in page, and `onError` gets
   * the error.
   *
   * Only clients that ask for HTML get the page. The gate sends it without `Content-Language` and `Content-Security-Policy`:
   * give your own in `headers`.
   *
   * In Django: the template `503.html`.
   */
  page?: string | ((info: MaintenanceInfo) => string);
  /**
   * The HTTP status of the answer: an integer from 200 to 599 that may carry a body, and not a redirect.
   *
   * Anything but 503 tells search engines that the maintenance page is the content of the site. gRPC always gets 200: its own
   * status says that the site is unavailable. tRPC gets 503 in place of a status below 400, which would be a result.
   *
   * In Django: `MAINTENANCE_MODE_STATUS_CODE`.
   *
   * @default {503}
   */
  statusCode?: number;
  /**
   * When clients should come back, sent as `Retry-After`: a whole number of seconds from 0, or a `Date`, which the gate sends
   * as an HTTP-date until it has passed. `retryAfter` of the state takes precedence. Without either, the gate sends the seconds
   * until the `end` of the state, and without that no `Retry-After`. Redirects have none.
   *
   * In Django: `MAINTENANCE_MODE_RETRY_AFTER`.
   *
   * @see {@link https://www.rfc-editor.org/rfc/rfc9110#section-10.2.3 | RFC 9110 section 10.2.3}
   */
  retryAfter?: number | Date;
  /**
   * Over how many seconds to spread the clients that come back, a whole number from 0. The gate adds up to as many seconds to
   * `Retry-After`, by chance, so that clients do not come back all at once. `retryAfter` of `info` does not hold them.
   *
   * @default {0}
   */
  retryJitter?: number;
  /**
   * Where to send visitors instead of showing them a page (302): a path of this site, or an absolute `http:` or `https:`
   * URL. Programs that ask for JSON or text, gRPC and GraphQL get their answer here.
   *
   * The gate lets the path pass, so that the app can serve it; a path with a query passes only with that query. A visitor who
   * already is at the absolute URL gets the built-in answer there instead of a redirect in a circle.
   *
   * `Location` is the path itself, except in `proxy.ts` of Next, which takes nothing but an absolute URL.
   *
   * In Django: `MAINTENANCE_MODE_REDIRECT_URL`.
   */
  redirectUrl?: string;
  /**
   * The representation of the answer, whatever the request asks for: a word, or a function of the request. If the function
   * returns `undefined`, the request decides, as it does without this option.
   *
   * Then `Accept` counts. A client that accepts anything, or HTML and JSON alike, gets JSON if it is a script
   * (`Sec-Fetch-Dest: empty`, `X-Requested-With`, a body in JSON), else the page. htmx (`HX-Request: true`) and PJAX
   * (`X-PJAX`) get the page. GraphQL over HTTP, gRPC and tRPC get an error of their own kind.
   *
   * The gate knows tRPC by a path with `/trpc/`, by a batch of queries, and by the field `trpc-accept`. Where yours looks like
   * none of these, return `"trpc"` for its URLs.
   *
   * In Django: `MAINTENANCE_MODE_RESPONSE_TYPE`.
   */
  responseType?: ResponseType | ((request: Request) => ResponseType | undefined);
  /**
   * What the built-in page says about the site: its name, its logo, a contact, its colours. The other representations use only
   * the time zone.
   *
   * @default {{}}
   */
  site?: Site;
  /**
   * Words of your own for the built-in answers, by the tags of their languages (BCP 47). They replace built-in words, or add a
   * language. What you leave out of a language that is not built in appears in English.
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
   * The languages of the answers, by their tags (BCP 47). A visitor whose `Accept-Language` names none of them gets the first.
   * A single one goes to everybody.
   *
   * @default All that are built in or in `messages`, English first
   * @see {@link https://www.rfc-editor.org/rfc/rfc4647#section-3.4 | RFC 4647 section 3.4}
   */
  languages?: readonly string[];
  /**
   * Whether scripts of other origins may read the answer, with its status, `Retry-After`, `Maintenance-Mode` and body: `true`,
   * `false`, or an object that names the origins.
   *
   * The gate then also answers preflights, so that a script sees the 503 and not an error of the network. The browser does not
   * keep such an answer. While the site is read-only, preflights pass to the app.
   *
   * Only an origin that you name may send cookies. A preflight carries none, so the gate answers it also for a visitor whom a
   * cookie lets in: any other site could make that visitor's browser send what the app never approved.
   *
   * @default {true}
   * @see {@link https://fetch.spec.whatwg.org/#http-cors-protocol | CORS protocol}
   */
  cors?: boolean | CorsOptions;
  /**
   * Header fields to add to the built-in answers, also to redirects and answers to preflights. They replace built-in fields of
   * the same name, except `Vary`, which gets both values. `Content-Type`, `Content-Length`, `Content-Encoding` and
   * `Transfer-Encoding` belong to the body, and the gate refuses them.
   */
  headers?: HeadersInput;
}
