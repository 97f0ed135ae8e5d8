import { urlOf } from "../../hosts/node/request-url.ts";

/** Fields of an event by their names: with a value, or with several. */
export type EventFields<Value> = Readonly<Record<string, Value | undefined>> | null | undefined;

/** The parts that are read of the events of API Gateway, function URLs and load balancers. */
export interface LambdaEvent {
  /** `"2.0"` for HTTP APIs and function URLs. */
  readonly version?: string | undefined;
  /** The method, but in version 2.0. */
  readonly httpMethod?: string | undefined;
  /** The path without the stage, but in version 2.0. */
  readonly path?: string | undefined;
  /** The path with the stage, in version 2.0. */
  readonly rawPath?: string | undefined;
  /** The query, in version 2.0. */
  readonly rawQueryString?: string | undefined;
  /** The cookies, in version 2.0. */
  readonly cookies?: readonly string[] | undefined;
  /** The header fields. */
  readonly headers?: EventFields<string>;
  /** All header fields of the same name. */
  readonly multiValueHeaders?: EventFields<readonly string[]>;
  /** The query. */
  readonly queryStringParameters?: EventFields<string>;
  /** The query with all values of the same name. */
  readonly multiValueQueryStringParameters?: EventFields<readonly string[]>;
  /** The body. */
  readonly body?: string | null | undefined;
  /** Whether the body is in Base64. */
  readonly isBase64Encoded?: boolean | undefined;
  /** What the service knows about the request. */
  readonly requestContext?: {
    /** What a load balancer adds. */
    readonly elb?: unknown;
    /** The kind of event of a WebSocket API. */
    readonly eventType?: string | undefined;
    /** The method and the address, in version 2.0. */
    readonly http?: { readonly method: string; readonly sourceIp: string } | undefined;
    /** The address, but in version 2.0. */
    readonly identity?: { readonly sourceIp?: string | undefined } | undefined;
    /** The stage. */
    readonly stage?: string | undefined;
    /** The domain of the API. */
    readonly domainName?: string | undefined;
  } | undefined;
}

/**
 * What sends an event that is an HTTP request in a form that cannot be answered here: VPC Lattice, or CloudFront with
 * Lambda@Edge. Taken for no request, it would go past the gate.
 */
export function foreignSenderOf(event: object): string | undefined {
  const { Records, method, headers, path, raw_path = path } = event as Record<string, unknown>;
  const [record] = Array.isArray(Records) ? Records as unknown[] : [];
  if (typeof record === "object" && record !== null && "cf" in record) return "Lambda@Edge";
  return typeof method === "string" && typeof raw_path === "string" && headers ? "VPC Lattice" : undefined;
}

/** What an event tells about a request. */
export interface EventRequest {
  readonly request: Request;
  /** What comes before the path in the browser: the stage, on the domain that AWS gives to an API. */
  readonly prefix: string;
}

/** Whether an event is an HTTP request or opens a WebSocket. All others come from services of AWS, or from its owner. */
export function isRequest({ httpMethod, requestContext }: LambdaEvent): boolean {
  return httpMethod !== undefined || requestContext?.http !== undefined || requestContext?.eventType === "CONNECT";
}

/** The address that the service has seen. Load balancers tell none but in a header field, which a client can write, too. */
export function peerOf({ requestContext }: LambdaEvent): string | undefined {
  return requestContext?.http?.sourceIp ?? requestContext?.identity?.sourceIp;
}

/** Makes a `Request` of an event. */
export function toRequest(event: LambdaEvent): EventRequest {
  const { requestContext, httpMethod = "GET", rawPath } = event;
  const method = requestContext?.http?.method ?? httpMethod;
  const headers = headersOf(event);
  const prefix = prefixOf(event);
  const whole = rawPath ?? event.path ?? "/";
  // REST APIs alone leave the stage out, and alone have no version.
  const path = event.version !== undefined && `${whole}/`.startsWith(`${prefix}/`) ? whole.slice(prefix.length) : whole;
  // API Gateway decodes a path: what was "%3F" in it begins no query.
  const target = path.replace(/[?#]|[^\x21-\x7e]/gu, encode) + queryOf(event);
  // Behind a load balancer alone, there is HTTP without TLS.
  const encrypted = requestContext?.elb === undefined || headers.get("x-forwarded-proto") !== "http";
  const host = headers.get("host") ?? requestContext?.domainName;
  const url = urlOf({ headers: { host }, url: target, socket: { encrypted } as object });
  return { request: makeRequest(url, method, headers, event), prefix };
}

function encode(char: string): string {
  try {
    return encodeURIComponent(char);
  } catch {
    // Half of a surrogate pair. No rule of "ignoreUrls" matches it.
    return "%00";
  }
}

function prefixOf({ requestContext }: LambdaEvent): string {
  const { domainName, stage } = requestContext ?? {};
  return domainName?.includes(".execute-api.") && stage !== undefined && stage !== "$default" ? `/${stage}` : "";
}

function headersOf({ headers, multiValueHeaders, cookies }: LambdaEvent): Headers {
  const all = new Headers();
  const add = (name: string, value: string) => {
    try {
      all.append(name, value);
    } catch {
      // No field of HTTP: letters beyond Latin-1, say. Without it, nobody gets in who would not.
    }
  };
  for (const [name, value] of pairsOf(multiValueHeaders ?? headers)) add(name, value);
  if (cookies !== undefined) all.delete("cookie");
  if (cookies !== undefined && cookies.length > 0) add("cookie", cookies.join("; "));
  return all;
}

function pairsOf(fields: EventFields<string> | EventFields<readonly string[]>): [name: string, value: string][] {
  const entries = Object.entries<string | readonly string[] | undefined>(fields ?? {});
  return entries.flatMap(([name, value = []]) => [value].flat().map((one): [string, string] => [name, one]));
}

function queryOf(event: LambdaEvent): string {
  const { rawQueryString, queryStringParameters, multiValueQueryStringParameters, requestContext } = event;
  if (rawQueryString !== undefined) return rawQueryString === "" ? "" : `?${rawQueryString}`;
  const pairs = pairsOf(multiValueQueryStringParameters ?? queryStringParameters);
  if (pairs.length === 0) return "";
  // Load balancers leave names and values as they came.
  if (requestContext?.elb !== undefined) {
    return `?${pairs.map((pair) => pair.join("=")).join("&").replaceAll("#", "%23")}`;
  }
  return `?${new URLSearchParams(pairs)}`;
}

function makeRequest(url: string, method: string, headers: Headers, { body, isBase64Encoded }: LambdaEvent): Request {
  const hasBody = typeof body === "string" && method !== "GET" && method !== "HEAD";
  const init = { headers, ...(hasBody && { body: isBase64Encoded === true ? bytesOf(body) : body }) };
  try {
    return new Request(url, { ...init, method });
  } catch {
    // A Request refuses methods such as TRACE.
    return Object.defineProperty(new Request(url, { headers }), "method", { value: method });
  }
}

function bytesOf(base64: string): Uint8Array<ArrayBuffer> {
  try {
    return Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
  } catch {
    return new Uint8Array();
  }
}
