import { afterEach } from "vitest";
import { type Site, startSite } from "./_site.ts";

const sites: Site[] = [];

afterEach(async () => void await Promise.all(sites.splice(0).map((site) => site.close())));

/** Starts a site that ends with the test. */
export async function start(options?: Parameters<typeof startSite>[0]): Promise<Site> {
  const site = await startSite(options);
  sites.push(site);
  return site;
}
