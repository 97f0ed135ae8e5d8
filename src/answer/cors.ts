import { Answer, type Fields } from "./response.ts";

/** How much of what a preflight asks for the answer repeats, in characters. */
const LONGEST = 2_048;

/** A method, RFC 9110 section 9.1, and a list of field names: the answer repeats nothing else in a header field. */
const METHOD = /^[!#$%&'*+.^_`|~\w-]+$/;
const FIELD_NAMES = /^[!#$%&'*+.^_`|~\w, \t-]*$/;

const ALLOWED = "access-control-allow-origin";

/** The label that an asterisk stands for, as browsers write it. */
const LABEL = /^[a-z\d_-]+$/;

/** Which other origins may read the answers. */
export class Cors {
  /**
   * The origins. Without them every origin may, though without credentials. In `"https://*.example.com"` the asterisk stands for
   * one label.
   */
  readonly origins: readonly string[] | undefined;
  /** Whether requests with cookies and other credentials may. */
  readonly credentials: boolean;
  /** Whether pages of public addresses may ask a site on a private network. */
  readonly privateNetwork: boolean;

  /** The parts before and behind the asterisk, for the origins that have one. */
  readonly #patterns: readonly (readonly [head: string, tail: string, index: number])[];

  constructor(origins: readonly string[] | undefined, credentials: boolean, privateNetwork: boolean) {
    this.origins = origins;
    this.#patterns = (origins ?? []).flatMap((origin, index) => {
      const [head, tail] = origin.split("*");
      return tail === undefined ? [] : [[head!, tail, index] as const];
    });
    this.credentials = credentials;
    this.privateNetwork = privateNetwork;
  }

  /** The index of the origin of a request in {@link origins}; -1 if it is not there, or if every origin may. */
  originOf({ headers }: Request): number {
    if (this.origins === undefined) return -1;
    const origin = headers.get("origin");
    if (typeof origin !== "string") return -1;
    const index = this.origins.indexOf(origin);
    // An origin with an asterisk of its own is none that a browser sends.
    return index === -1 || origin.includes("*") ? this.#indexOfPattern(origin) : index;
  }

  #indexOfPattern(origin: string): number {
    const fits = ([head, tail]: readonly [string, string, number]) =>
      origin.startsWith(head) && origin.endsWith(tail) && LABEL.test(origin.slice(head.length, -tail.length));
    return this.#patterns.find(fits)?.[2] ?? -1;
  }

  /** An answer that names the origin of a request in place of the pattern that the origin matches. */
  addressed(answer: Answer, { headers }: Request): Answer {
    const allowed = answer.headers[ALLOWED];
    if (typeof allowed !== "string" || !allowed.includes("*.")) return answer;
    return answer.withFields({ [ALLOWED]: headers.get("origin")! });
  }

  /**
   * The fields that let a script of another origin read an answer.
   *
   * @param origin The index of the origin, from {@link originOf}.
   * @param exposed The names of the fields that the script gets to see.
   */
  fields(origin: number, exposed?: string): Record<string, string> {
    const allowed = this.origins === undefined ? "*" : this.origins[origin];
    if (allowed === undefined) return {};
    return {
      [ALLOWED]: allowed,
      ...(exposed !== undefined && { "access-control-expose-headers": exposed }),
      ...(this.credentials && { "access-control-allow-credentials": "true" }),
    };
  }

  /**
   * The answer to a preflight. After it the browser makes the request itself and gets to read why it is refused.
   *
   * The browser must not keep the answer: the site itself decides once it is back. And it lets nobody send cookies but the
   * origins that were named. A preflight carries no cookie, so the gate answers it also for a visitor whom a cookie lets in,
   * and that visitor would be at the mercy of any site.
   *
   * @param fields The fields of all answers, and the user's own.
   * @returns `undefined` if the request is not a preflight, or if its origin may read nothing.
   * @see {@link https://fetch.spec.whatwg.org/#cors-preflight-fetch | CORS-preflight fetch} and
   * {@link https://wicg.github.io/private-network-access/ | Private Network Access}
   */
  answerPreflight(request: Request, fields: Fields): Answer | undefined {
    const { headers } = request;
    const method = headers.get("access-control-request-method");
    if (typeof method !== "string" || typeof headers.get("origin") !== "string") return undefined;
    if (method.length > LONGEST || !METHOD.test(method)) return undefined;
    const allowed = this.fields(this.originOf(request));
    if (allowed[ALLOWED] === undefined) return undefined;
    const names = headers.get("access-control-request-headers");
    if (typeof names === "string" && (names.length > LONGEST || !FIELD_NAMES.test(names))) return undefined;
    const isPrivate = headers.get("access-control-request-private-network") === "true";
    return new Answer(204, {
      ...allowed,
      ...fields,
      "access-control-allow-methods": method,
      ...(typeof names === "string" && { "access-control-allow-headers": names }),
      ...(isPrivate && this.privateNetwork && { "access-control-allow-private-network": "true" }),
      "access-control-max-age": "0",
      vary: [
        "origin",
        "access-control-request-method",
        "access-control-request-headers",
        ...(this.privateNetwork ? ["access-control-request-private-network"] : []),
        fields["vary"] ?? [],
      ].flat().join(", "),
    }, null);
  }
}
