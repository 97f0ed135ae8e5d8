import { checkNames, invalidOption } from "../../util/errors.ts";
import { forgetPages, type KeptPage, keptPage } from "./kept-page.ts";
import { createStandInAnswerer, type FallbackAnswers, type Variant } from "./fallback-answers.ts";

/** Options of {@link offlineFallback}, all optional. */
export interface OfflineFallbackOptions {
  /**
   * One's own page in place of the built-in one: a URL of this origin, such as `"/503.html"`. It is fetched and kept when
   * the worker is installed, and again when the script has changed; without it, an installation fails, and the former
   * worker stays. It has to be UTF-8 and to need nothing else of the site: its styles and images could not be reached.
   *
   * Navigations to this URL itself go to the network, like any other.
   *
   * @default the built-in page, which is made on the spot
   */
  pageUrl?: string;
  /**
   * How the answers look: options of `maintenanceMode`, without those that say who passes and with which status.
   *
   * @default {{}}
   */
  answers?: FallbackAnswers;
}

/** An event that keeps the worker going until a promise is settled: `ExtendableEvent`. */
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

// An unregistered worker goes on for pages that are open, until the last of them is closed.
let isRetired = false;

/**
 * Stands in for an origin that cannot be reached: to be called once, while the script of a Service Worker starts.
 *
 * Each request goes to the network first, and what that answers goes through as it is. Where it fails, or a gateway
 * answers 502, 503 or 504 in the origin's place, a navigation gets the page and a script the JSON, with that status or
 * 503. An answer with the field `maintenance-mode`, as all of this library's have, goes through: an app that answers 503
 * itself adds that field. Images, scripts, event streams and other origins are left to the browser.
 *
 * The worker takes over as soon as it is installed (`skipWaiting`, `clients.claim`), so that it works from the first
 * visit. Nothing but the page at `pageUrl` is kept, and nothing is sent twice: a form that could not be sent has to be
 * sent again by the visitor.
 *
 * Of several listeners for `fetch` events, the first that answers wins: add your own, and those of `withMaintenance`,
 * before. What they fetch themselves is not stood in for.
 *
 * @param options The page, and how the answers look.
 * @throws {TypeError} If an option is not valid, or this is no Service Worker.
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
    await page?.renew();
    await scope.skipWaiting();
  }

  async function activate(): Promise<void> {
    await scope.clients.claim();
    // What an earlier version of the script has kept.
    await forgetPages(page?.url).catch(answerer.report);
  }

  /** What the network answers, or what is answered in its place. */
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
    const wanted = isRetired ? undefined : wantedBy(event.request, scope.location.origin);
    if (wanted !== undefined) event.respondWith(respond(event, wanted));
  });
  scope.addEventListener("message", (event) => {
    const { type } = (event.data ?? {}) as { type?: unknown };
    if (type === "maintenancemode-unregister") event.waitUntil(unregister());
  });
}

/**
 * Retires the Service Worker that {@link offlineFallback} was called in: unregisters it and deletes what it has kept. From then on
 * the browser does all by itself again. Pages ask for it with `postMessage({ type: "maintenancemode-unregister" })`.
 *
 * To retire it everywhere, publish a script at the same URL that calls this when it is activated, and take the
 * registration out of the pages.
 *
 * @throws {TypeError} If this is no Service Worker; the promise rejects.
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
  isRetired = true;
  await Promise.all([registration.unregister(), forgetPages()]);
}

function workerScope(called: string): WorkerScope {
  const scope = globalThis as unknown as WorkerScope;
  if (typeof scope.skipWaiting === "function") return scope;
  throw new TypeError(
    `Cannot ${TASK}: skipWaiting() is missing: call ${called} in the script of a Service Worker`,
  );
}

function invalidPageUrl(pageUrl: unknown): TypeError {
  return invalidOption(TASK, "pageUrl", 'a URL of this origin such as "/503.html"', pageUrl);
}

function ownUrl(pageUrl: string, { location }: WorkerScope): string {
  let url: URL | undefined;
  try {
    url = new URL(pageUrl, location.href);
  } catch {
    // Reported below, together with URLs of other origins.
  }
  if (url?.origin !== location.origin) throw invalidPageUrl(pageUrl);
  url.hash = "";
  return url.href;
}

/** What a request is answered with when the network has no answer; `undefined` for what is left to the browser. */
function wantedBy(request: Request, origin: string): Variant | undefined {
  if (request.mode === "navigate") return "page";
  // What is asked of the browser's HTTP cache alone says nothing about the origin.
  if (request.cache === "only-if-cached" || new URL(request.url).origin !== origin) return undefined;
  // An event stream connects again when the network fails, and never again after a status.
  if (request.headers.get("accept") === "text/event-stream") return undefined;
  // What a script asks for has no destination; images, styles and the like have one.
  return request.destination === "" ? "data" : undefined;
}

/** Whether a gateway answers in the origin's place. Where a redirect has led to another origin, it is not about ours. */
function isBare({ status, type, headers }: Response): boolean {
  return status >= 502 && status <= 504 && type === "basic" && !headers.has("maintenance-mode");
}

/** Whether the network has failed: `fetch` and navigation preload say it differently. */
function isNetworkError(error: unknown): boolean {
  return error instanceof TypeError || (error as { name?: unknown } | null)?.name === "NetworkError";
}

/** A page that cannot be read is as good as none: the built-in one takes its place. */
async function readPage(page: KeptPage | undefined, report: (error: unknown) => void): Promise<string | undefined> {
  try {
    return await page?.read();
  } catch (error) {
    report(error);
    return undefined;
  }
}
