/** The site's own page in the browser's Cache Storage, where the worker keeps nothing else. */
export interface KeptPage {
  /** The URL of the page, and its name in the cache. */
  readonly url: string;
  /** Fetches the page and keeps it. Rejects if the page cannot be fetched, or if the answer is not that page. */
  renew(): Promise<void>;
  /** Reads the page; `undefined` if the browser has deleted it. */
  read(): Promise<string | undefined>;
}

const CACHE = "maintenancemode";

/** Keeps the page at a URL. */
export function keptPage(url: string): KeptPage {
  return {
    url,
    async renew() {
      // The browser's HTTP cache may hold an old one.
      const response = await fetch(url, { cache: "reload" });
      const fault = faultOf(response);
      if (fault !== undefined) throw new Error(`Cannot keep the page ${url}: ${fault}`);
      // Only the text: fields such as "Vary" would keep the cache from finding the page again.
      const headers = { "content-type": "text/html; charset=utf-8" };
      const kept = new Response(await response.text(), { headers });
      await (await caches.open(CACHE)).put(url, kept);
    },
    async read() {
      return await (await caches.match(url, { cacheName: CACHE }))?.text();
    },
  };
}

/**
 * Why an answer is not the page. A server often redirects to a login, or sends the text of an error, and every visitor would
 * see that. The answer may say `Cache-Control: no-store`: the browser keeps the page for its one visitor, because the site asks
 * for it.
 */
function faultOf({ status, redirected, url, headers }: Response): string | undefined {
  if (redirected) {
    return `the server has redirected to ${url}: give "pageUrl" the URL of a page that is there for everybody`;
  }
  if (status !== 200) return `the server must answer 200, it has answered ${status}`;
  const type = headers.get("content-type");
  if (/^text\/html\s*(?:;|$)/i.test(type ?? "")) return undefined;
  return `the server must send text/html, it has sent ${type ?? "no Content-Type"}`;
}

/** Deletes all kept pages, except the one at a given URL. */
export async function forgetPages(except?: string): Promise<void> {
  if (except === undefined) return void await caches.delete(CACHE);
  const cache = await caches.open(CACHE);
  const others = (await cache.keys()).filter(({ url }) => url !== except);
  await Promise.all(others.map((request) => cache.delete(request)));
}
