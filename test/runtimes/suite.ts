/** The words in which the cases are written, and the comparison of a reply with what a case expects. */

/**
 * What a case asks of a runtime beyond sending a plain request. A runtime that cannot give it says why in `lacks`
 * (see `runtimes.ts`), and that reason stands in the table in place of a result.
 */
export type Need =
  /** The request target reaches the server as written: dot segments, backslashes, absolute form, `*`. */
  | "raw-target"
  /** A `Host` header of one's own. */
  | "host-header"
  /** Request URLs in `http:`. */
  | "http-url"
  /** A request without `Accept`. */
  | "no-accept"
  /** Methods that a client-side `fetch` refuses. */
  | "any-method"
  /** Two header lines of one name, header values as written. */
  | "raw-headers"
  /** Redirect answers that can be looked at. */
  | "redirect"
  /** The bytes on the connection can be counted, and a second request can be put on it. */
  | "connection"
  /** The host knows the client's address, from its own socket or its platform. */
  | "client-ip"
  /** The client's address is the far end of a socket. */
  | "peer"
  /** Connections from a second loopback address. */
  | "second-peer"
  /** A listener for IPv4 and IPv6 at once, where an IPv4 client appears as `::ffff:127.0.0.1`. */
  | "dual-stack"
  /** Connections over IPv6. */
  | "ipv6"
  /** `trustProxy` and `forwardedHeader`. */
  | "proxy"
  /** The platform says in `cf-connecting-ip` who the client is. */
  | "cloudflare"
  /** The host cannot know the client's address. */
  | "no-client-ip"
  /** The app is a fetch handler: it takes a `Request` and returns a `Response`. */
  | "fetch-app"
  /** The server's own `Request` object can be compared with the one that the app gets. */
  | "server-request"
  /** A visitor's navigation in a browser. */
  | "navigation"
  /** The checks that run inside the runtime itself. */
  | "checks"
  /** The gate answers scripts of other origins: `cors`. */
  | "cors"
  /** The gate answers gRPC and GraphQL in their own way. */
  | "grpc"
  /** The page has a script. */
  | "page-script"
  /** The gate has `redirectUrl`. */
  | "redirect-url"
  /** The gate has `responseType`. */
  | "response-type"
  /** The gate takes more than path patterns in `ignoreUrls`. */
  | "url-patterns";

/** One request of a case. */
export interface CaseRequest {
  /** Default: GET. */
  method?: string;
  /** The version of HTTP/1. Default: 1.1. */
  version?: "1.0";
  /** The request target, sent as it is. Default: `/`. */
  target?: string;
  /** An array is sent as one line each; `null` leaves out a header that is sent otherwise (`host`). */
  headers?: Record<string, string | readonly string[] | null>;
  /** The request body. */
  body?: string;
  /** The client's address, told in the runtime's own way: by its platform's header or a trusted proxy's. */
  clientIp?: string;
  /** The loopback address to connect from. */
  from?: string;
  /** The listener to connect to. Default: the one on 127.0.0.1. */
  to?: "dual-stack" | "ipv6";
  /** Sent after this one on the same connection, without waiting. */
  then?: CaseRequest;
  /** Only half of the body is sent, then the connection is closed. */
  hangUp?: boolean;
  /** Opened in a browser's tab instead of fetched. */
  navigate?: boolean;
}

/** What came back. Status 0 stands for a connection that was closed without an answer. */
export interface Reply {
  status: number;
  headers: Map<string, string>;
  body: string;
  /** The reply to `then`, if the connection was kept. */
  then?: Reply | undefined;
}

/** What the app in the fixture tells of a request that reached it. */
export interface AppReport {
  reached: string;
  method: string;
  url: string;
  path: string;
  body: string;
  bodyLength: number;
  bodySum: number;
  same: boolean;
  hostInfo: boolean;
  forwardedFor: string | null;
}

/** What the functions in a gate's options have seen since the last look. */
export interface Notes {
  /** Requests that reached the app. */
  reached: number;
  /** Calls of `isStaff`. */
  staff: number;
  /** Whether each call of `isStaff` was given the host's own object. */
  staffHostInfo: boolean[];
  /** Calls of `allow`, `handler503`, `page` and `responseType`. */
  allow: number;
  handler503: number;
  page: number;
  responseType: number;
  /** `because` of each decision that `onDecision` was told. */
  decisions: string[];
  /** `ctx.clientIp` of each decision. */
  clientIps: (string | null)[];
  /** What `onError` was told. */
  errors: string[];
}

/** What a reply has to be. Everything that is given has to hold. */
export interface Expected {
  /** The status, or the acceptable ones. */
  status?: number | readonly number[];
  /** Header values; `null` stands for a header that must be absent. */
  headers?: Record<string, string | RegExp | null>;
  /** The whole body, or what has to be found in it. */
  body?: string | RegExp;
  /** What must not be found in the body. */
  bodyLacks?: string | RegExp;
  /** Members of the JSON body. */
  json?: Record<string, unknown>;
  /** Members of the app's report; `false` if the app must not have been reached. */
  app?: Partial<Omit<AppReport, "url">> & { url?: string | RegExp } | false;
  /**
   * For requests that may be read in more than one way: either they are refused, or they reach the app and then the
   * path that the app sees is one that is ignored on purpose.
   */
  refusedOrAppSees?: RegExp;
  /** What the functions in the gate's options have seen. */
  notes?: { [name in keyof Notes]?: Notes[name] | RegExp };
  /** For the reply to `then`. `null` also accepts a connection that the server has closed. */
  then?: Expected | null;
}

/** One request and what is expected of it. */
export interface Step {
  request: CaseRequest;
  expect: Expected;
  /** Sends the request that many times, each with the same expectation. */
  times?: number;
  /** Sets the switch of the gate `switch` first. */
  switch?: boolean;
}

/** One row of the table. */
export interface Case {
  name: string;
  /** The gate's name in `inside/gates.ts`. */
  gate: string;
  needs: readonly Need[];
  steps: readonly Step[];
}

/** One failed expectation. */
export interface Failure {
  what: string;
  expected: string;
  got: string;
}

/** Statuses by which a server refuses a request before its handler sees it, and the gate's own. */
const refusals: readonly number[] = [0, 302, 400, 404, 405, 414, 421, 431, 501, 503, 505];

/** Compares a reply with what is expected. Returns the first difference, or `undefined`. */
export function differenceOf(expected: Expected, reply: Reply, notes?: Notes): Failure | undefined {
  const reached = reply.headers.get("x-reached");
  if (expected.status !== undefined) {
    const accepted = typeof expected.status === "number" ? [expected.status] : expected.status;
    if (!accepted.includes(reply.status)) {
      return { what: "status", expected: accepted.join(" or "), got: `${reply.status} ${excerpt(reply.body)}` };
    }
  }
  for (const [name, value] of Object.entries(expected.headers ?? {})) {
    const got = reply.headers.get(name);
    const holds = value === null ? got === undefined : got !== undefined && matches(value, got);
    if (!holds) return { what: `header ${name}`, expected: show(value ?? "absent"), got: show(got ?? "absent") };
  }
  if (expected.body !== undefined) {
    const holds = typeof expected.body === "string" ? reply.body === expected.body : expected.body.test(reply.body);
    if (!holds) return { what: "body", expected: show(expected.body), got: excerpt(reply.body) };
  }
  if (expected.bodyLacks !== undefined) {
    const found = typeof expected.bodyLacks === "string"
      ? reply.body.includes(expected.bodyLacks)
      : expected.bodyLacks.test(reply.body);
    if (found) return { what: "body", expected: `no ${show(expected.bodyLacks)}`, got: excerpt(reply.body) };
  }
  if (expected.json !== undefined) {
    const difference = memberDifference("body", expected.json, parse(reply.body));
    if (difference) return difference;
  }
  if (expected.app === false && reached !== undefined) {
    return { what: "the app", expected: "not reached", got: excerpt(reply.body) };
  }
  if (expected.app) {
    if (reached === undefined) return { what: "the app", expected: "reached", got: seen(reply) };
    const difference = memberDifference("the app's", expected.app, parse(reply.body));
    if (difference) return difference;
  }
  if (expected.refusedOrAppSees) {
    if (reached === undefined) {
      if (!refusals.includes(reply.status)) return { what: "status", expected: "refused", got: seen(reply) };
    } else {
      const path = (parse(reply.body) as Partial<AppReport>)?.path ?? "";
      if (!expected.refusedOrAppSees.test(path)) {
        return {
          what: "the app's path",
          expected: `refused or ${show(expected.refusedOrAppSees)}`,
          got: excerpt(show(path)),
        };
      }
    }
  }
  if (expected.notes) {
    const difference = memberDifference("noted", expected.notes, notes);
    if (difference) return difference;
  }
  if (expected.then !== undefined) {
    if (reply.then) return differenceOf(expected.then ?? { status: [400, 503], app: false }, reply.then);
    if (expected.then) return { what: "second reply", expected: "a reply", got: "none" };
  }
  return undefined;
}

/** Shows a value on one line. */
export function show(value: unknown): string {
  return value instanceof RegExp ? String(value) : JSON.stringify(value) ?? String(value);
}

function memberDifference(what: string, expected: Record<string, unknown>, got: unknown): Failure | undefined {
  if (typeof got !== "object" || got === null) return { what, expected: show(expected), got: show(got) };
  for (const [name, value] of Object.entries(expected)) {
    const member = (got as Record<string, unknown>)[name];
    const holds = value instanceof RegExp ? value.test(text(member)) : show(value) === show(member);
    if (!holds) return { what: `${what} ${name}`, expected: show(value), got: excerpt(show(member)) };
  }
  return undefined;
}

function matches(expected: string | RegExp, got: string): boolean {
  return typeof expected === "string" ? expected === got : expected.test(got);
}

function text(value: unknown): string {
  return typeof value === "string" ? value : show(value);
}

function parse(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}

function seen(reply: Reply): string {
  return `${reply.status} ${excerpt(reply.body)}`;
}

function excerpt(value: string): string {
  const line = value.replace(/\s+/g, " ");
  return line.length > 300 ? `${line.slice(0, 300)}…` : line;
}
