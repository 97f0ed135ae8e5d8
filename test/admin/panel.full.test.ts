/** The panel in a real browser, by hand and by keyboard, on a phone and on a desk. */
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";
import type axe from "axe-core";
import type { Page as Tab } from "playwright-core";
import { afterEach, expect } from "vitest";
import { memoryStore } from "../../src/stores/memory.ts";
import type { MaintenanceStore } from "../../src/types/store.ts";
import { startTabs } from "../answer/page/_tabs.ts";
import { until } from "../_until.ts";
import { askAsStranger } from "./_ask.ts";
import { COOKIE, type Site, startSite } from "./_site.ts";

const tabs = await startTabs();
const { test } = tabs;
const sites: Site[] = [];

afterEach(async () => void await Promise.all(sites.splice(0).map((site) => site.close())));

const PHONE = { viewport: { width: 360, height: 640 }, locale: "en-GB", timezoneId: "Europe/Amsterdam" };

/** Opens the panel of a new site. */
async function open(
  options: Parameters<typeof tabs.open>[0] = PHONE,
  store: MaintenanceStore = memoryStore(),
): Promise<{ site: Site; tab: Tab }> {
  const site = await startSite({ store });
  sites.push(site);
  const { tab, context } = await tabs.open(options);
  const [name, value] = COOKIE.split("=");
  await context.addCookies([{ name: name!, value: value!, url: site.origin }]);
  await tab.goto(site.panel);
  await tab.waitForSelector("#connection[data-tone=open]");
  return { site, tab };
}

const headline = (tab: Tab) => tab.textContent("#headline");

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

/** What axe-core has to say against what a tab shows, in both schemes. */
async function barriers(tab: Tab): Promise<string[]> {
  // The policy of the page lets no script in, so this comes by the debugger.
  if (!await tab.evaluate(() => "axe" in window)) await tab.evaluate(AXE);
  const found: string[] = [];
  for (const colorScheme of ["light", "dark"] as const) {
    await tab.emulateMedia({ colorScheme });
    found.push(
      ...await tab.evaluate(async ([tags, scheme]) => {
        const { violations } = await (window as unknown as { axe: typeof axe }).axe.run({ runOnly: tags });
        return violations.flatMap(({ id, nodes }) =>
          nodes.map(({ html, failureSummary }) => `${scheme} ${id}: ${html} ${failureSummary}`)
        );
      }, [TAGS, colorScheme] as const),
    );
  }
  return found;
}

/** How far a page is wider than its window, in CSS pixels. */
const overflow = (tab: Tab) => tab.evaluate(() => document.documentElement.scrollWidth - innerWidth);

const WINDOWS = {
  shop: { mode: "on", urls: ["/shop/*"], reason: "Stocktaking", start: "2099-01-01T00:00:00Z" },
  sunday: { mode: "read-only", hosts: ["a.example.com"], recurring: [{ cron: "0 1 * * SUN", duration: "1h" }] },
} as const;

test(
  "axe finds nothing in the panel, in its dialogs, and while the fleet drains, and nothing is wider than a phone",
  async () => {
    const { site, tab } = await open();
    expect(await barriers(tab)).toEqual([]);
    void askAsStranger(`${site.origin}/slow`).catch(() => {});
    await tab.waitForSelector("text=GET /slow");
    await site.state.set({
      mode: "on",
      reason: { en: "Moving", de: "Umzug" },
      expectedEnd: "2020-01-01T00:00:00Z",
      note: "N",
      windows: WINDOWS,
    });
    await tab.waitForSelector("text=1 to finish");
    expect(await headline(tab)).toBe("The site is closed");
    expect(await barriers(tab)).toEqual([]);
    expect(await overflow(tab)).toBe(0);
    for (
      const [opener, closer] of [["#site .switch [data-mode=on]", "#cancel"], ["#add", "#cancel"], [
        "#site .switch [data-mode=off]",
        "#ask-no",
      ]]
    ) {
      await tab.click(opener!);
      await tab.evaluate(() => document.querySelector("details")!.open = true);
      expect(await barriers(tab)).toEqual([]);
      expect(await overflow(tab)).toBe(0);
      await tab.click(closer!);
    }
    await tab.setViewportSize({ width: 1_200, height: 900 });
    expect(await barriers(tab)).toEqual([]);
  },
);

test("an operator closes the site from a phone, plans a window, watches the drain and opens the site", async () => {
  const { site, tab } = await open();
  expect(await headline(tab)).toBe("The site is open");
  const slow = askAsStranger(`${site.origin}/slow`);
  await tab.waitForSelector("text=GET /slow");

  await tab.tap?.("body").catch(() => {});
  await tab.click("#site .switch [data-mode=on]");
  await tab.fill("#reasons textarea", "Moving to a bigger database");
  await tab.click("#add-reason");
  await tab.locator("#reasons input").nth(0).fill("en");
  await tab.locator("#reasons input").nth(1).fill("de");
  await tab.locator("#reasons textarea").nth(1).fill("Umzug");
  await tab.click("[data-for=end][data-minutes='60']");
  await tab.click("text=Close now");
  await tab.waitForSelector("#headline >> text=The site is closed");
  expect(site.state.current).toMatchObject({
    mode: "on",
    by: "ann",
    reason: { en: "Moving to a bigger database", de: "Umzug" },
  });
  expect(Math.round((Date.parse(site.state.current.end!) - Date.now()) / 60_000)).toBeCloseTo(60, -1);
  expect((await askAsStranger(site.origin)).status).toBe(503);

  await tab.waitForSelector("#verdict >> text=Not safe to migrate");
  await tab.waitForSelector("#because >> text=1 request from before: GET /slow");
  site.finish();
  await slow;
  await tab.waitForSelector("#verdict >> text=/^Safe to migrate$/");

  await tab.click("#add");
  await tab.fill("#name", "shop");
  await tab.fill("#start", "2099-01-02T03:04");
  await tab.fill("#urls", "/shop/*\n/cart");
  await tab.click("text=Plan it");
  await tab.waitForSelector("#windows >> text=Planned");
  expect(site.state.current.windows?.["shop"]).toMatchObject({
    mode: "on",
    start: "2099-01-02T02:04:00Z",
    urls: ["/shop/*", "/cart"],
  });

  await tab.click("#site .switch [data-mode=off]");
  await tab.click("#ask-yes");
  await tab.waitForSelector("#headline >> text=The site is open");
  expect(site.state.current.mode).toBe("off");
  expect((await askAsStranger(site.origin)).status).toBe(200);
  await tab.click("#windows [data-mode=off]");
  await tab.click("#ask-yes");
  await tab.waitForSelector("#no-windows");
  await until(async () => (await tab.locator("#history li").count()) === 4, "the history is told");
  expect(
    (await tab.locator("#history li").allTextContents()).map((text) =>
      text.replace(/^\S+ /, "").replace(/ after .* by/, " by")
    ),
  )
    .toEqual(["shop opened by ann", "Whole site opened by ann", "shop planned by ann", "Whole site closed by ann"]);
});

test("an operator closes and opens the site by keyboard alone, and the focus comes back", async () => {
  const { site, tab } = await open();
  const focused = () => tab.evaluate(() => document.activeElement!.textContent!.trim());
  const tabTo = async (text: string) => {
    for (let presses = 0; await focused() !== text; presses++) {
      expect(presses).toBeLessThan(40);
      await tab.keyboard.press("Tab");
      const bare = await tab.evaluate(() => {
        const it = document.activeElement!;
        const shown = it.matches(".modes input") ? it.nextElementSibling! : it;
        return shown.tagName === "BODY" || getComputedStyle(shown).outlineStyle !== "none" ? "" : shown.outerHTML;
      });
      expect(bare).toBe("");
    }
  };
  await tabTo("Closed");
  await tab.keyboard.press("Enter");
  expect(await tab.evaluate(() => document.activeElement!.id)).toBe("mode-on");
  await tab.keyboard.press("ArrowLeft");
  await tab.waitForSelector("#apply >> text=Make read-only now");
  await tab.keyboard.press("Escape");
  await tab.waitForSelector("#edit:not([open])", { state: "attached" });
  expect(await focused()).toBe("Closed");
  await tab.keyboard.press("Enter");
  await tabTo("Close now");
  await tab.keyboard.press("Enter");
  await tab.waitForSelector("#headline >> text=The site is closed");
  // The events of the site may tell of that before the answer closes the dialog.
  await tab.waitForSelector("#edit:not([open])", { state: "attached" });
  expect(await focused()).toBe("✓ Closed".slice(2));
  await tab.keyboard.press("Shift+Tab");
  await tab.keyboard.press("Shift+Tab");
  expect(await focused()).toBe("Open");
  await tab.keyboard.press("Enter");
  await tabTo("Open the site");
  await tab.keyboard.press("Enter");
  await tab.waitForSelector("#headline >> text=The site is open");
  expect(site.state.current.mode).toBe("off");
});

test(
  "the panel says what is wrong where it is wrong, and keeps what was typed if somebody else was quicker",
  async () => {
    const { site, tab } = await open();
    await tab.click("#site .switch [data-mode=on]");
    await tab.fill("#urls", "shop");
    await tab.click("#apply");
    const alert = () => tab.locator("#edit-alert");
    await alert().waitFor();
    expect(await alert().textContent()).toMatch(/^"URLs to close" must be a path pattern .*start it with "\/"/);
    // Nothing covers what it says.
    expect(
      await alert().evaluate((element) => {
        const { left, top, bottom } = element.getBoundingClientRect();
        return [top, bottom - 1].map((y) => document.elementFromPoint(left + 20, y + (y === top ? 1 : -1))?.id);
      }),
    ).toEqual(["edit-alert", "edit-alert"]);
    expect(await tab.evaluate(() => [document.activeElement!.id, document.activeElement!.getAttribute("aria-invalid")]))
      .toEqual(["urls", "true"]);
    await tab.fill("#urls", "/shop/*");
    await tab.fill("#start", "2099-03-01T03:00");
    await tab.fill("#end", "2099-03-01T02:00");
    await tab.click("#apply");
    await tab.waitForSelector('#edit-alert >> text=/^"End" must be later than the start$/');
    await tab.fill("#start", "");
    await tab.fill("#end", "");
    await site.state.set({ mode: "read-only", by: "bob" });
    await tab.click("#apply");
    await tab.waitForSelector("#edit-alert >> text=It is now read-only, set by bob");
    expect(site.state.current.mode).toBe("read-only");
    await tab.click("#apply");
    await tab.waitForSelector("#edit:not([open])", { state: "attached" });
    expect(site.state.current).toMatchObject({ mode: "on", by: "ann", urls: ["/shop/*"] });
  },
);

test("saving a window leaves alone what nobody has touched, to the second", async () => {
  const { site, tab } = await open();
  const window = {
    mode: "read-only",
    reason: { de: "Umzug", en: "Moving" },
    end: "2099-01-01T00:00:37.250Z",
    retryAfter: 90,
    status: 503,
    hosts: ["a.test"],
    urls: ["/a", "/b/*"],
    ignoreUrls: ["POST /c"],
    reads: ["POST /search"],
    writes: ["GET /logout"],
    internalIps: ["192.0.2.0/24"],
    admit: 0.125,
    recurring: [{ cron: "0 1 * * SUN", duration: "1h", timeZone: "Asia/Tokyo" }],
    note: "n",
  } as const;
  await site.state.windows.set("w", { ...window, bypass: "0123456789abcdef" });
  const { bypass } = site.state.current.windows!["w"]!;
  await tab.click("[aria-label='Details: w']");
  await tab.click("#apply");
  await tab.waitForSelector("#edit:not([open])", { state: "attached" });
  const { by: _, since: _since, ...saved } = site.state.current.windows!["w"]!;
  expect(saved).toEqual({ ...window, bypass });
});

test("an operator copies a bypass link that is shown once", async () => {
  const { site, tab } = await open({ ...PHONE, permissions: ["clipboard-read", "clipboard-write"] });
  await site.state.set({ mode: "on" });
  await tab.click("[aria-label='Bypass link: Whole site']");
  await tab.click("#ask-yes");
  await tab.waitForSelector("#secret[open]");
  await tab.click("#copy");
  await tab.waitForSelector("#copied >> text=Copied");
  const link = await tab.inputValue("#link");
  expect(link.startsWith(`${site.origin}/?`)).toBe(true);
  expect(await tab.evaluate(() => navigator.clipboard.readText())).toBe(link);
  expect((await askAsStranger(link)).status).toBe(302);
  await tab.click("#secret-close");
  await until(async () => await tab.inputValue("#link") === "", "it is gone");
});

test("two panels show the same, and a change of one is at once in the other", async () => {
  const { site, tab } = await open();
  const { tab: other, context } = await tabs.open(PHONE);
  const [name, value] = COOKIE.split("=");
  await context.addCookies([{ name: name!, value: value!, url: site.origin }]);
  await other.goto(`${site.panel}/`);
  await other.waitForSelector("#connection[data-tone=open]");
  await tab.click("#site .switch [data-mode=read-only]");
  await tab.click("#apply");
  await other.waitForSelector("#headline >> text=The site is read-only");
});

test("the panel shows texts of anybody as text", async () => {
  const { site, tab } = await open();
  const attack = `<img src=x onerror=document.title="pwned"><script>document.title="pwned"</script>`;
  await site.state.set({
    mode: "on",
    reason: attack,
    note: attack,
    by: attack,
    windows: { a: { mode: "on", reason: { en: attack } } },
  });
  void askAsStranger(`${site.origin}/slow?${encodeURIComponent(attack)}`).catch(() => {});
  await until(async () => (await tab.textContent("#site"))!.includes(attack), "it is shown");
  expect(await tab.title()).not.toContain("pwned");
  expect(await tab.locator("main img, main script").count()).toBe(0);
});

test(
  "the panel takes back that it is safe when it loses the store or the server, and says so when they are back",
  async () => {
    const store = memoryStore();
    let isGone = false;
    const read = (signal: AbortSignal) => isGone ? Promise.reject(new Error("gone")) : store.read(signal);
    const { site, tab } = await open(PHONE, { ...store, read });
    await site.state.set({ mode: "on" });
    await tab.waitForSelector("#verdict >> text=/^Safe to migrate$/");
    isGone = true;
    await tab.waitForSelector("#verdict >> text=Not known to be safe");
    await tab.waitForSelector("#failure >> text=The store does not answer");
    isGone = false;
    await tab.waitForSelector("#verdict >> text=/^Safe to migrate$/");
    await tab.context().setOffline(true);
    site.dropConnections();
    await tab.waitForSelector("#verdict >> text=Not known to be safe");
    expect(await tab.textContent("#connection")).toBe("Connecting again …");
    await tab.context().setOffline(false);
    await tab.waitForSelector("#verdict >> text=/^Safe to migrate$/");
    expect(await tab.isVisible("#failure")).toBe(false);
  },
);
