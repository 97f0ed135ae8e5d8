/**
 * The state at a URL: a JSON file on a CDN, the answer of your own service, or an item of Vercel Edge Config.
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
import { checkFunction, checkNames, invalidOption } from "../util/errors.ts";
import { messageOf } from "../util/received.ts";
import type { HeadersInput } from "../types/headers-input.ts";
import type { HistoryLog, InstanceRegistry, MaintenanceStore, StoredState, Unwatch } from "../types/store.ts";
import { readText } from "./http/body.ts";
import { buildHeaders } from "./http/headers.ts";
import { requestState } from "./http/request.ts";
import { parseUrl, withoutSecrets } from "./http/url.ts";

export type { HeadersInput, HistoryLog, InstanceRegistry, MaintenanceStore, StoredState, Unwatch };

/** Options of {@linkcode httpStore}. */
export interface HttpStoreOptions {
  /**
   * Header fields of the request, such as `Authorization`. After a redirect, another origin does not get them.
   *
   * @default No fields but `Accept`
   */
  headers?: HeadersInput;
  /**
   * Makes the request.
   *
   * @default {globalThis.fetch}
   */
  fetch?: (url: string, init: RequestInit) => Promise<Response>;
  /**
   * How many milliseconds the whole answer may take: above 0 and at most 5000.
   *
   * @default {5000}
   */
  timeoutMs?: number;
  /**
   * How many bytes the text may have after decompression: a whole number above 0.
   *
   * @default {1048576}
   */
  maxBytes?: number;
}

/** A store at a URL. It can only be read. */
export type HttpStore = MaintenanceStore & Required<Pick<MaintenanceStore, "name">>;

const TASK = "open the HTTP store";

/** A server cannot push changes, and should not get many more requests from a site with many processes. */
const POLL_INTERVAL_MS = 10_000;

/** The last answer of a URL with an `ETag`. */
interface Known {
  readonly url: string;
  readonly etag: string;
  readonly stored: StoredState;
}

/**
 * Opens a store at a URL. Each process reads it every 10 seconds with GET, and with `If-None-Match` once it knows an `ETag`.
 *
 * - 200 with a text in UTF-8 is the state.
 * - 404 and 410 mean that nothing is stored, which means "off".
 * - Everything else is an error, and the last known state stays in force: any other status, an empty text, and an answer
 *   that is too late, too long or not in UTF-8. An empty file means "on" in other stores, but a broken server may send an
 *   empty answer. To switch a site on, send `{ "mode": "on" }`.
 *
 * The store follows redirects, except from `https:` to `http:`. It sends the user name and password of the URL as Basic
 * authentication. Neither its name nor its errors show them, nor the query, which may hold a token.
 *
 * For Vercel Edge Config, take the read URL of the store and put the item before its query:
 * `https://edge-config.vercel.com/<id>/item/maintenance?token=<token>`.
 *
 * @param url The absolute URL of the state, with `http:` or `https:`.
 * @param options Header fields and limits.
 * @returns The store.
 * @throws {OptionError} If the URL or an option is not valid.
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
  const start = parseUrl(TASK, url);
  checkNames(TASK, options, ["headers", "fetch", "timeoutMs", "maxBytes"]);
  const { timeoutMs = 5_000, maxBytes = 1 << 20 } = options;
  if (options.fetch !== undefined) checkFunction(TASK, "fetch", options.fetch);
  // liveState() waits 5 seconds for a store.
  if (!(typeof timeoutMs === "number" && timeoutMs > 0 && timeoutMs <= 5_000)) {
    throw invalidOption(TASK, "timeoutMs", "a number of milliseconds above 0 and at most 5000", timeoutMs);
  }
  if (!(Number.isSafeInteger(maxBytes) && maxBytes > 0)) {
    throw invalidOption(TASK, "maxBytes", "a whole number of bytes above 0", maxBytes);
  }
  const headers = buildHeaders(TASK, options.headers, start);
  start.username = start.password = "";
  const name = withoutSecrets(start.href);
  let known: Known | undefined;

  async function readState(signal: AbortSignal): Promise<StoredState | undefined> {
    const before = known;
    const etagOf = (url: string): string | undefined => before?.url === url ? before.etag : undefined;
    const { url, response } = await requestState(options.fetch ?? fetch, start, headers, etagOf, signal);
    const { status } = response;
    if (status === 304 && before?.url === url) return before.stored;
    if (status !== 200) {
      await response.body?.cancel();
      if (status !== 404 && status !== 410) throw new Error(`the status is ${status}, expected 200`);
      known = undefined;
      return undefined;
    }
    const text = await readText(response, maxBytes);
    if (text.trim() === "") throw new Error('the text is empty, expected a state such as { "mode": "on" }');
    const etag = response.headers.get("etag") ?? undefined;
    const stored = { text, version: etag };
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
        // The error of the runtime is not the cause of this one: it names the URL with its password and query.
        const reason = timeout.signal.aborted ? `no answer within ${timeoutMs} ms` : reasonOf(error);
        throw new Error(`Cannot read ${name}: ${reason}`);
      } finally {
        clearTimeout(timer);
      }
    },
  };
}

/** The message of an error, followed by that of its cause, because "fetch failed" alone says too little. */
function reasonOf(error: unknown): string {
  const { cause, code } = (error ?? {}) as { cause?: unknown; code?: unknown };
  const message = messageOf(error);
  if (cause !== undefined) return `${withoutSecrets(message)}: ${reasonOf(cause)}`;
  // If Node tried several addresses in vain, its error has a code but no message.
  return withoutSecrets(message || String(code ?? error));
}
