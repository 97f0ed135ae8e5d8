/**
 * The state at a URL: a JSON file on a CDN, the answer of a service of one's own, or an item of Vercel Edge Config.
 *
 * ```ts
 * import { maintenanceMode } from "maintenancemode";
 * import { liveState } from "maintenancemode/state";
 * import { httpStore } from "maintenancemode/stores/http";
 *
 * const state = liveState(httpStore("https://cdn.example.com/maintenance.json"));
 * const maintenance = maintenanceMode({ state });
 * ```
 *
 * @module maintenancemode/stores/http
 */
import { checkNames, invalidOption, OptionError } from "../util/errors.ts";
import { messageOf } from "../util/received.ts";
import type { HeadersInput } from "../types/headers-input.ts";
import type { InstanceRegistry, MaintenanceStore, StoredState, Unwatch } from "../types/store.ts";

export type { HeadersInput, InstanceRegistry, MaintenanceStore, StoredState, Unwatch };

/** Options of {@linkcode httpStore}. */
export interface HttpStoreOptions {
  /** Header fields of the request, such as `Authorization`. Another origin, after a redirect, does not get them. */
  headers?: HeadersInput;
  /**
   * What makes the request.
   *
   * @default {globalThis.fetch}
   */
  fetch?: (url: string, init: RequestInit) => Promise<Response>;
  /**
   * How many milliseconds the whole answer may take: at most as many as it has without this.
   *
   * @default {5000}
   */
  timeoutMs?: number;
  /**
   * How many bytes the text may have, unpacked.
   *
   * @default {1048576}
   */
  maxBytes?: number;
}

/** A store at a URL, which can only be read. */
export type HttpStore = MaintenanceStore & Required<Pick<MaintenanceStore, "name">>;

const TASK = "open the HTTP store";

/** Pushes are unknown, and a server of many should not be asked much more often. */
const POLL_INTERVAL_MS = 10_000;

/** As many as fetch() follows: https://fetch.spec.whatwg.org/#http-redirect-fetch */
const MOST_REDIRECTS = 20;

/** What a URL gave, to be asked whether it still does. */
interface Known {
  readonly url: string;
  readonly etag: string;
  readonly stored: StoredState;
}

/**
 * Opens a store at a URL. It is read with GET, and with `If-None-Match` once there was an `ETag`.
 *
 * - 200 is the state, text in UTF-8
 * - 404 and 410 say that nothing is stored, which means "off"
 * - any other status, an answer that is too late, too long or no UTF-8 is an error: the last known state stays in force
 *
 * Redirects are followed, but for those from `https:` to `http:`. A user name and password in the URL are sent as Basic
 * authentication; they and the query, in which tokens are, appear in no name and no error.
 *
 * For Vercel Edge Config, take the read URL of the store and put the item before its query:
 * `https://edge-config.vercel.com/<id>/item/maintenance?token=<token>`.
 *
 * @param url Where the state is: an absolute URL with `http:` or `https:`.
 * @param options Header fields and limits.
 * @returns The store.
 * @throws {TypeError} If an argument is not valid.
 * @see {@link https://www.rfc-editor.org/rfc/rfc9110#section-13.1.2 | RFC 9110 section 13.1.2}, `If-None-Match`
 * @see {@link https://vercel.com/docs/edge-config/vercel-api | Vercel Edge Config}
 * @example Usage
 * ```ts
 * import { httpStore } from "maintenancemode/stores/http";
 *
 * const store = httpStore("https://flags.example.com/maintenance", {
 *   headers: { authorization: "Bearer 4f1c" },
 *   timeoutMs: 2_000,
 * });
 * ```
 */
export function httpStore(url: string | URL, options: HttpStoreOptions = {}): HttpStore {
  const start = parseUrl(url);
  checkNames(TASK, options, ["headers", "fetch", "timeoutMs", "maxBytes"]);
  const { timeoutMs = 5_000, maxBytes = 1 << 20 } = options;
  if (options.fetch !== undefined && typeof options.fetch !== "function") {
    throw invalidOption(TASK, "fetch", "a function", options.fetch);
  }
  // Nobody waits longer for a store.
  if (!(typeof timeoutMs === "number" && timeoutMs > 0 && timeoutMs <= 5_000)) {
    throw invalidOption(TASK, "timeoutMs", "a number of milliseconds above 0, and of at most 5000", timeoutMs);
  }
  if (!(Number.isSafeInteger(maxBytes) && maxBytes > 0)) {
    throw invalidOption(TASK, "maxBytes", "a whole number of bytes above 0", maxBytes);
  }
  const headers = buildHeaders(options.headers, start);
  start.username = start.password = "";
  const name = withoutSecrets(start.href);
  let known: Known | undefined;

  /** Follows redirects by hand: fetch() would not tell of one through http:, and take the fields of `headers` along. */
  async function request(signal: AbortSignal): Promise<{ url: string; response: Response; asked: Known | undefined }> {
    let url = start;
    for (let redirects = 0; redirects <= MOST_REDIRECTS; redirects++) {
      const asked = known?.url === url.href ? known : undefined;
      const fields = new Headers(url.origin === start.origin ? headers : { accept: ACCEPT });
      if (asked !== undefined) fields.set("if-none-match", asked.etag);
      const send = options.fetch ?? fetch;
      const response = await send(url.href, {
        headers: fields,
        redirect: "manual",
        signal,
        ...(canBypassCache() && { cache: "no-store" as const }),
      });
      if (response.type === "opaqueredirect") {
        throw new Error("it redirects, which browsers do not let a script follow: give the URL it leads to");
      }
      if (!REDIRECTS.has(response.status)) return { url: url.href, response, asked };
      await response.body?.cancel();
      url = nextUrl(url, response.headers.get("location"));
    }
    throw new Error(`it redirected more than ${MOST_REDIRECTS} times`);
  }

  async function readState(signal: AbortSignal): Promise<StoredState | undefined> {
    const { url, response, asked } = await request(signal);
    const { status, body } = response;
    if (status === 304 && asked !== undefined) return asked.stored;
    if (status !== 200) {
      await body?.cancel();
      if (status !== 404 && status !== 410) throw new Error(`the status is ${status}, expected 200`);
      known = undefined;
      return undefined;
    }
    const etag = response.headers.get("etag") ?? undefined;
    const stored = { text: await readText(response, maxBytes), version: etag };
    known = etag === undefined ? undefined : { url, etag, stored };
    return stored;
  }

  return {
    name,
    pollIntervalMs: POLL_INTERVAL_MS,
    async read(signal) {
      const timeout = new AbortController();
      const timer = setTimeout(() => timeout.abort(), timeoutMs);
      try {
        return await readState(AbortSignal.any([signal, timeout.signal]));
      } catch (error) {
        signal.throwIfAborted();
        // Not as its cause: what runtimes throw names the URL with all that is in it.
        const reason = timeout.signal.aborted ? `no answer within ${timeoutMs} ms` : reasonOf(error);
        throw new Error(`Cannot read ${name}: ${reason}`);
      } finally {
        clearTimeout(timer);
      }
    },
  };
}

const ACCEPT = "application/json, */*;q=0.5";

const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

function parseUrl(url: string | URL): URL {
  const accepted = "an absolute URL with http: or https:";
  if (typeof url !== "string" && !(url instanceof URL)) throw invalidOption(TASK, "url", accepted, url);
  // Not quoted: what is wrong with it may be a password.
  const refuse = (what: string): OptionError =>
    new OptionError(TASK, { path: "url", expected: accepted, received: what });
  let parsed: URL;
  try {
    parsed = new URL(url);
  } catch {
    throw refuse("a text that is none");
  }
  if (!["http:", "https:"].includes(parsed.protocol)) throw refuse(`one with ${parsed.protocol}`);
  parsed.hash = "";
  return parsed;
}

function buildHeaders(given: HeadersInput | undefined, { username, password }: URL): Headers {
  let headers: Headers;
  try {
    headers = new Headers(given as HeadersInit | undefined);
  } catch {
    if (typeof given !== "object" || given === null) throw invalidOption(TASK, "headers", "header fields", given);
    // Neither quoted nor given as the cause: it may be a token.
    const received = "a name or value that is not valid";
    throw new OptionError(TASK, { path: "headers", expected: "header fields", received });
  }
  if (!headers.has("accept")) headers.set("accept", ACCEPT);
  if (username === "" && password === "") return headers;
  if (headers.has("authorization")) {
    const problem = { path: "headers", expected: 'header fields without "authorization"', hint: "give one of them" };
    const text = '"headers" has "authorization" although "url" has a user name: give one of them';
    throw new OptionError(TASK, problem, text);
  }
  // RFC 7617 section 2.1: in UTF-8, as servers expect it today.
  const bytes = new TextEncoder().encode(`${decode(username)}:${decode(password)}`);
  headers.set("authorization", `Basic ${btoa(String.fromCharCode(...bytes))}`);
  return headers;
}

/** Undoes percent encoding; text with a stray "%" is taken as it is. */
function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function nextUrl(from: URL, location: string | null): URL {
  if (location === null) throw new Error("it redirects without saying where to");
  let next: URL;
  try {
    next = new URL(location, from);
  } catch {
    throw new Error("it redirects to what is no URL");
  }
  if (next.protocol !== "https:" && next.protocol !== from.protocol) {
    throw new Error(`it redirects from ${from.protocol} to ${next.protocol}`);
  }
  // RFC 9110 section 4.2.4: nobody should send them, and fetch() refuses them.
  next.username = next.password = "";
  next.hash = "";
  return next;
}

async function readText({ headers, body }: Response, maxBytes: number): Promise<string> {
  if (body === null) return "";
  const tooLong = (): Error => new RangeError(`it is longer than ${maxBytes} bytes`);
  if (Number(headers.get("content-length")) > maxBytes) {
    await body.cancel();
    throw tooLong();
  }
  const decoder = new TextDecoder("utf-8", { fatal: true });
  const reader = body.getReader();
  let text = "";
  let bytes = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    bytes += value.byteLength;
    if (bytes > maxBytes) {
      await reader.cancel();
      throw tooLong();
    }
    text += decodeUtf8(() => decoder.decode(value, { stream: true }));
  }
  return text + decodeUtf8(() => decoder.decode());
}

function decodeUtf8(decode: () => string): string {
  try {
    return decode();
  } catch {
    throw new TypeError("it is not encoded in UTF-8");
  }
}

/** Workers with a compatibility date before 2024-11-11 refuse a request that says how it may be cached. */
function canBypassCache(): boolean {
  return canBypass ??= (() => {
    try {
      return new Request("http://localhost/", { cache: "no-store" }) !== undefined;
    } catch {
      return false;
    }
  })();
}

let canBypass: boolean | undefined;

/** What was thrown and, where that says nothing ("fetch failed"), what it was caused by. */
function reasonOf(error: unknown): string {
  const { cause, code } = (error ?? {}) as { cause?: unknown; code?: unknown };
  const message = messageOf(error);
  if (cause !== undefined) return `${withoutSecrets(message)}: ${reasonOf(cause)}`;
  // Node has no message for several addresses that were tried in vain.
  return withoutSecrets(message || String(code ?? error));
}

/** A text whose URLs have lost their user names and queries. */
function withoutSecrets(text: string): string {
  return text.replace(/\bhttps?:\/\/[^\s"'<>]+/gi, (url) => url.replace(/\/\/[^/?#]*@/, "//").replace(/[?#].*/s, ""));
}
