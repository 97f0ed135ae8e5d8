import { Answer, type Fields } from "./response.ts";

/** Which other origins may read the answers. */
export interface Cors {
  /** The origins; without them all may, though without credentials. */
  readonly origins: readonly string[] | undefined;
  /** Whether requests with cookies and the like may. */
  readonly credentials: boolean;
  /** Whether pages of public addresses may ask a site on a private network. */
  readonly privateNetwork: boolean;
}

/** How much of what a preflight asks for is repeated. */
const LONGEST = 2_048;

/** A method, RFC 9110 section 9.1, and a list of field names: nothing else is repeated in a header field. */
const METHOD = /^[!#$%&'*+.^_`|~\w-]+$/;
const FIELD_NAMES = /^[!#$%&'*+.^_`|~\w, \t-]*$/;

/**
 * The place of the origin of a request among those that may read the answer; -1 for none of them, or where nobody has to be
 * told apart.
 */
export function originOf({ headers }: Request, cors: Cors | undefined): number {
  if (cors?.origins === undefined) return -1;
  const origin = headers.get("origin");
  return origin === null ? -1 : cors.origins.indexOf(origin);
}

/**
 * The fields that let a script of another origin read an answer.
 *
 * @param origin The place of the origin, from {@link originOf}.
 * @param exposed The names of the fields that it gets to see.
 */
export function corsFields(cors: Cors | undefined, origin: number, exposed?: string): Record<string, string> {
  const allowed = cors?.origins === undefined ? cors && "*" : cors.origins[origin];
  if (allowed === undefined) return {};
  return {
    "access-control-allow-origin": allowed,
    ...(exposed !== undefined && { "access-control-expose-headers": exposed }),
    ...(cors!.credentials && { "access-control-allow-credentials": "true" }),
  };
}

/**
 * The answer to a preflight, after which the browser makes the request itself and gets to read why it is refused.
 * `undefined` if it is none, or its origin is not to read anything.
 *
 * It must not be kept: the site itself decides once it is back. And it lets nobody send cookies but the origins that were
 * named: who is let in by a cookie is asked about without it here, and would be at the mercy of any site.
 *
 * @param fields Fields of all answers, and the user's own.
 * @see {@link https://fetch.spec.whatwg.org/#cors-preflight-fetch | CORS-preflight fetch} and
 * {@link https://wicg.github.io/private-network-access/ | Private Network Access}
 */
export function answerPreflight(request: Request, cors: Cors, fields: Fields): Answer | undefined {
  const { headers } = request;
  const method = headers.get("access-control-request-method");
  if (typeof method !== "string" || typeof headers.get("origin") !== "string") return undefined;
  if (method.length > LONGEST || !METHOD.test(method)) return undefined;
  const allowed = corsFields(cors, originOf(request, cors));
  if (allowed["access-control-allow-origin"] === undefined) return undefined;
  const names = headers.get("access-control-request-headers");
  if (typeof names === "string" && (names.length > LONGEST || !FIELD_NAMES.test(names))) return undefined;
  const isPrivate = headers.get("access-control-request-private-network") === "true";
  return new Answer(204, {
    ...allowed,
    ...fields,
    "access-control-allow-methods": method,
    ...(typeof names === "string" && { "access-control-allow-headers": names }),
    ...(isPrivate && cors.privateNetwork && { "access-control-allow-private-network": "true" }),
    "access-control-max-age": "0",
    vary: [
      "origin",
      "access-control-request-method",
      "access-control-request-headers",
      ...(cors.privateNetwork ? ["access-control-request-private-network"] : []),
      fields["vary"] ?? [],
    ].flat().join(", "),
  }, null);
}
