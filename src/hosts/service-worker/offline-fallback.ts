import { putsIntoPage } from "../../answer/variant.ts";
import { checkNames, invalidOption, MaintenanceError, type OptionError } from "../../util/errors.ts";
import { forgetPages, type KeptPage, keptPage } from "./kept-page.ts";
import { createStandInAnswerer, type FallbackAnswers, type Variant } from "./fallback-answers.ts";

/** Options of {@link offlineFallback}, all optional. */
export interface OfflineFallbackOptions {
  /**
   * Your own page in place of the built-in one: a URL of this origin, such as `"/503.html"`. The worker fetches and keeps it
   * when it is installed, and again when the script has changed. If that fails, so does the installation, the former worker
   * stays, and `onError` of `answers` gets the error. The server must answer 200 with `text/html`, and must not redirect. The
   * page must be UTF-8, and must need nothing else of the site: its styles and images cannot be reached.
   *
   * Navigations to this URL itself go to the network, like any other.
   *
   * @default the built-in page, which the worker makes on the spot
   */
  pageUrl?: string;
  /**
   * How the answers look: options of `maintenanceMode`, except those about who passes and about the status.
   *
   * @default {{}}
   */
  answers?: FallbackAnswers;
}

/** An event that keeps the worker running until a promise has settled: `ExtendableEvent`. */
interface Extendable {
  waitUntil(done: Promise<unknown>): void;
}

/** `FetchEvent`, by the members that are used. */
interface FallbackEvent {
  readonly request: Request;
  readonly preloadResponse?: Promise<Response | undefined>;
  respondWith(response: Promise<Response>): void;
}

/** `ServiceWorkerGlobalScope`, by the members that are used. */
interface WorkerScope {
  addEventListener(type: "install" | "activate", listener: (event: Extendable) => void): void;
  addEventListener(type: "fetch", listener: (event: FallbackEvent) => void): void;
  addEventListener(type: "message", listener: (event: Extendable & { data: unknown }) => void): void;
  skipWaiting(): Promise<void>;
  readonly clients: { claim(): Promise<void> };
  readonly registration: { unregister(): Promise<boolean> };
  readonly location: { readonly href: string; readonly origin: string };
}

const TASK = "stand in for the origin";

// An unregistered worker still serves open pages, until the last of them is closed.
let isUnregistered = false;

/**
 * Answers in place of an origin that cannot be reached. Call it once, while the script of a Service Worker starts.
 *
 * Each request goes to the network first, and an answer of the origin goes through unchanged. If the network fails, or a
 * gateway answers 502, 503 or 504 in the origin's place, a navigation gets the page and a script gets JSON, with the gateway's
 * status or 503. htmx and PJAX get the page as well. An answer with the field `maintenance-mode` goes through: all answers of this library have it, and an app
 * that answers 503 itself adds it. The browser alone handles images, scripts, event streams and other origins.
 *
 * The worker takes over as soon as it is installed (`skipWaiting`, `clients.claim`), so that it works from the first visit. It
 * keeps nothing but the page at `pageUrl`, and sends nothing twice: if a form could not be sent, the visitor sends it again.
 *
 * Of several listeners for `fetch` events, the first that answers wins: add your own, and those of `withMaintenance`, before
 * this call. It does not answer in place of requests that these listeners make themselves.
 *
 * @param options The page, and how the answers look.
 * @throws {OptionError} If an option is not valid.
 * @throws {MaintenanceError} With the code `ERR_RUNTIME`, outside a Service Worker.
 * @see {@link https://w3c.github.io/ServiceWorker/ | Service Workers}
 * @example Usage
 * ```ts
 * import { offlineFallback } from "maintenancemode/service-worker";
 *
 * offlineFallback({ answers: { retryAfter: 60 } });
 * ```
 */
export function offlineFallback(options: OfflineFallbackOptions = {}): void {
  checkNames(TASK, options, ["pageUrl", "answers"]);
  const { pageUrl, answers = {} } = options;
  if (pageUrl !== undefined && (typeof pageUrl !== "string" || pageUrl === "")) throw invalidPageUrl(pageUrl);
  const answerer = createStandInAnswerer(answers, pageUrl !== undefined);
  const scope = workerScope("offlineFallback()");
  const page = pageUrl === undefined ? undefined : keptPage(ownUrl(pageUrl, scope));

  async function install(): Promise<void> {
    try {
      await page?.renew();
    } catch (error) {
      answerer.report(error);
      throw error;
    }
    await scope.skipWaiting();
  }

  async function activate(): Promise<void> {
    await scope.clients.claim();
    // An earlier version of the script may have kept another page.
    await forgetPages(page?.url).catch(answerer.report);
  }

  /** The answer of the network, or the one in its place. */
  async function respond(event: FallbackEvent, wanted: Variant): Promise<Response> {
    let bare: Response | undefined;
    let failure: unknown;
    try {
      const response = await event.preloadResponse ?? await fetch(event.request);
      if (!isBare(response)) return response;
      bare = response;
    } catch (error) {
      if (event.request.signal.aborted || !isNetworkError(error)) throw error;
      failure = error;
    }
    const answer = await answerInstead(event.request, wanted, bare);
    if (answer !== undefined) return answer;
    if (bare !== undefined) return bare;
    throw failure;
  }

  async function answerInstead(request: Request, wanted: Variant, bare?: Response): Promise<Response | undefined> {
    try {
      const ownPage = wanted === "page" ? await readPage(page, answerer.report) : undefined;
      const answer = answerer.answer(request, wanted, bare?.status ?? 503, ownPage);
      if (answer === undefined) return undefined;
      const retryAfter = bare?.headers.get("retry-after") ?? "";
      if (retryAfter !== "" && !answer.headers.has("retry-after")) answer.headers.set("retry-after", retryAfter);
      bare?.body?.cancel().catch(() => {});
      return answer;
    } catch (error) {
      answerer.report(error);
      return undefined;
    }
  }

  scope.addEventListener("install", (event) => event.waitUntil(install()));
  scope.addEventListener("activate", (event) => event.waitUntil(activate()));
  scope.addEventListener("fetch", (event) => {
    const wanted = isUnregistered ? undefined : wantedBy(event.request, scope.location.origin);
    if (wanted !== undefined) event.respondWith(respond(event, wanted));
  });
  scope.addEventListener("message", (event) => {
    const { type } = (event.data ?? {}) as { type?: unknown };
    if (type === "maintenancemode-unregister") event.waitUntil(unregister());
  });
}

/**
 * Unregisters the Service Worker that has called {@link offlineFallback}, and deletes the page that it keeps. From then on
 * the browser works without it. A page asks for it with `postMessage({ type: "maintenancemode-unregister" })`.
 *
 * To unregister it in every browser, publish a script at the same URL that calls this when it is activated, and remove the
 * registration from the pages.
 *
 * @throws {MaintenanceError} With the code `ERR_RUNTIME`, outside a Service Worker; the promise rejects.
 * @example Usage
 * ```ts
 * import { unregister } from "maintenancemode/service-worker";
 *
 * declare const self: ServiceWorkerGlobalScope;
 *
 * self.addEventListener("install", () => self.skipWaiting());
 * self.addEventListener("activate", (event) => event.waitUntil(unregister()));
 * ```
 */
export async function unregister(): Promise<void> {
  const { registration } = workerScope("unregister()");
  isUnregistered = true;
  await Promise.all([registration.unregister(), forgetPages()]);
}

function workerScope(called: string): WorkerScope {
  const scope = globalThis as unknown as WorkerScope;
  if (typeof scope.skipWaiting === "function") return scope;
  throw new MaintenanceError(
    "ERR_RUNTIME",
    `Cannot ${TASK}: skipWaiting() is missing: call ${called} in the script of a Service Worker`,
  );
}

function invalidPageUrl(pageUrl: unknown): OptionError {
  return invalidOption(TASK, "pageUrl", 'a URL of this origin such as "/503.html"', pageUrl);
}

function ownUrl(pageUrl: string, { location }: WorkerScope): string {
  let url: URL | undefined;
  try {
    url = new URL(pageUrl, location.href);
  } catch {
    // The check below refuses it, like a URL of another origin.
  }
  if (url?.origin !== location.origin) throw invalidPageUrl(pageUrl);
  url.hash = "";
  return url.href;
}

/** The kind of answer for a request when the network has none; `undefined` if the browser alone handles the request. */
function wantedBy(request: Request, origin: string): Variant | undefined {
  if (request.mode === "navigate") return "page";
  // A request for the browser's HTTP cache alone says nothing about the origin.
  if (request.cache === "only-if-cached" || new URL(request.url).origin !== origin) return undefined;
  // The browser reconnects an event stream after a network error, but not after a status.
  if (request.headers.get("accept") === "text/event-stream") return undefined;
  // A request that a script makes has no destination; those for images, styles and the like have one.
  if (request.destination !== "") return undefined;
  return putsIntoPage(request) ? "page" : "data";
}

/** Whether a gateway answers in the origin's place. After a redirect to another origin, the answer is not about ours. */
function isBare({ status, type, headers }: Response): boolean {
  return status >= 502 && status <= 504 && type === "basic" && !headers.has("maintenance-mode");
}

/** Whether the network has failed: `fetch` and navigation preload throw different errors. */
function isNetworkError(error: unknown): boolean {
  return error instanceof TypeError || (error as { name?: unknown } | null)?.name === "NetworkError";
}

/** Reads the kept page. If that fails, the built-in page takes its place. */
async function readPage(page: KeptPage | undefined, report: (error: unknown) => void): Promise<string | undefined> {
  try {
    return await page?.read();
  } catch (error) {
    report(error);
    return undefined;
  }
}
