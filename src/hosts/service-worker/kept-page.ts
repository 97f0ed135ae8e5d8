/** One's own page, kept in the browser's Cache Storage: the one thing that is kept at all. */
export interface KeptPage {
  /** Where it comes from, and its name in the cache. */
  readonly url: string;
  /** Fetches the page and keeps it. Rejects if it cannot be had. */
  renew(): Promise<void>;
  /** The page, or `undefined` if it is gone. */
  read(): Promise<string | undefined>;
}

const CACHE = "maintenancemode";

/** Keeps the page at a URL. */
export function keptPage(url: string): KeptPage {
  return {
    url,
    async renew() {
      // What is in the browser's HTTP cache may be as old as that allows.
      const response = await fetch(url, { cache: "reload" });
      if (!response.ok) throw new Error(`Cannot keep the page ${url}: it was answered with ${response.status}`);
      // The text alone: fields such as "Vary" would have a say in when it is found again.
      const headers = { "content-type": "text/html; charset=utf-8" };
      const kept = new Response(await response.text(), { headers });
      await (await caches.open(CACHE)).put(url, kept);
    },
    async read() {
      return await (await caches.match(url, { cacheName: CACHE }))?.text();
    },
  };
}

/** Deletes what was kept, but for the page at one URL if that is given. */
export async function forgetPages(butFor?: string): Promise<void> {
  if (butFor === undefined) return void await caches.delete(CACHE);
  const cache = await caches.open(CACHE);
  const others = (await cache.keys()).filter(({ url }) => url !== butFor);
  await Promise.all(others.map((request) => cache.delete(request)));
}
