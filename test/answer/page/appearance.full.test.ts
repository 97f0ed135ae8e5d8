import { createRequire } from "node:module";
import { mkdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type axe from "axe-core";
import type { Page as Tab } from "playwright-core";
import { afterAll, expect } from "vitest";
import type { Messages } from "../../../src/answer/messages.ts";
import type { Site } from "../../../src/answer/site-options.ts";
import { LANGUAGES } from "../../../src/answer/page/languages.ts";
import { compilePage, type PageContent } from "../../../src/answer/page/page.ts";
import { startSite, takePicture } from "./_browser.ts";
import { CONTENT, contentIn, SITE } from "./_content.ts";
import { startTabs } from "./_tabs.ts";

const tabs = await startTabs();
const { test } = tabs;
const site = await startSite();

afterAll(() => site.close());

async function open(options?: Parameters<typeof tabs.open>[0]): Promise<Tab> {
  return (await tabs.open(options)).tab;
}

/** Shows a page in a tab. */
async function show(tab: Tab, content: Partial<PageContent> = {}, about: Site = SITE): Promise<void> {
  const { contentSecurityPolicy, render } = compilePage(about);
  const body = render({ ...CONTENT, ...content });
  site.answer = () => ({ status: 503, headers: { "content-security-policy": contentSecurityPolicy }, body });
  await tab.goto(`${site.origin}/shop`);
}

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

/** What axe-core has to say against the page in a tab. */
async function barriers(tab: Tab): Promise<string[]> {
  if (!await tab.evaluate(() => "axe" in window)) await tab.addScriptTag({ content: AXE });
  return await tab.evaluate(async (tags) => {
    const { violations } = await (window as unknown as { axe: typeof axe }).axe.run({ runOnly: tags });
    return violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html}`));
  }, TAGS);
}

async function barriersInBothSchemes(tab: Tab): Promise<string[]> {
  await tab.emulateMedia({ colorScheme: "light" });
  const found = await barriers(tab);
  await tab.emulateMedia({ colorScheme: "dark" });
  return [...found, ...await barriers(tab)];
}

/** How far the page is wider than the window, in CSS pixels. */
function overflow(tab: Tab): Promise<number> {
  return tab.evaluate(() => document.documentElement.scrollWidth - innerWidth);
}

test("axe-core finds nothing in any language, and nothing is wider than a small phone", async () => {
  const tab = await open({ bypassCSP: true, viewport: { width: 320, height: 568 } });
  for (const [index, language] of Object.keys(LANGUAGES).entries()) {
    // Each language as each page in each scheme would take minutes, and find no more.
    const isForm = index % 2 === 0;
    await tab.emulateMedia({ colorScheme: index % 4 < 2 ? "light" : "dark" });
    for (const shown of [!isForm, isForm]) {
      await show(tab, { ...contentIn(language), isForm: shown });
      expect([language, await overflow(tab)]).toEqual([language, 0]);
    }
    expect([language, await barriers(tab)]).toEqual([language, []]);
  }
}, 300_000);

test.each<[string, Partial<PageContent>, Site]>([
  ["in a window of a desk", {}, SITE],
  ["from right to left", { ...contentIn("ar"), isForm: true }, SITE],
  ["while the site may be read", { mode: "read-only", isForm: true }, SITE],
  ["of a site that says nothing about itself", { reason: undefined, end: undefined, retryAfter: undefined }, {}],
  ["in white of a site in green", { isForm: true }, { colors: { background: "#0b6e4f", accent: "#ffd166" } }],
  ["of a site in the colour of mud", { isForm: true }, { colors: { background: "#777", accent: "#767676" } }],
  ["of a site that gives the colour of its text alone", { isForm: true }, { colors: { text: "#123" } }],
  ["of a site with colours for each scheme", {}, { colors: { background: "light-dark(#fff, #001)" } }],
])("axe-core finds nothing in the page %s", async (_what, content, about) => {
  const tab = await open({ bypassCSP: true });
  await show(tab, content, about);
  expect(await barriersInBothSchemes(tab)).toEqual([]);
});

test("the page is not wider than a window at 400 %, however long a word is", async () => {
  const tab = await open({ viewport: { width: 320, height: 256 }, deviceScaleFactor: 4 });
  const word = "Wartung".repeat(300);
  await show(tab, { reason: { text: word } }, { name: word, contact: `${word}@acme.test` });
  expect(await overflow(tab)).toBe(0);
});

test("the page shows where the focus is, and lets nothing be too small to be hit", async () => {
  const tab = await open({ viewport: { width: 320, height: 568 } });
  await show(tab);
  for (const name of ["A", "BUTTON", "A"]) {
    await tab.keyboard.press("Tab");
    const seen = await tab.evaluate(() => {
      const it = document.activeElement!;
      const { width, height } = it.getBoundingClientRect();
      return { name: it.tagName, outline: getComputedStyle(it).outlineStyle, least: Math.min(width, height) };
    });
    expect(seen).toMatchObject({ name, outline: "solid" });
    expect(seen.least).toBeGreaterThanOrEqual(24);
  }
});

test("the page moves for less than five seconds, and not at all for those who want no motion", async () => {
  const tab = await open({ reducedMotion: "no-preference" });
  await show(tab);
  const ends = () => tab.evaluate(() => document.getAnimations().map((it) => it.effect!.getComputedTiming().endTime));
  expect(await ends()).toEqual([4_000]);
  await tab.emulateMedia({ reducedMotion: "reduce" });
  expect(await ends()).toEqual([]);
});

test.each<[string, Site]>([
  ["", SITE],
  [" even if the site gives colours", { ...SITE, colors: { background: "#0b6e4f", text: "#ffd166" } }],
])("the page prints in black, without what is of no use on paper%s", async (_colors, about) => {
  const tab = await open();
  await show(tab, {}, about);
  await tab.emulateMedia({ media: "print", colorScheme: "dark" });
  expect(await tab.isVisible("button")).toBe(false);
  expect(await tab.isVisible(".art")).toBe(false);
  const { color, backgroundColor } = await tab.evaluate(() => {
    const { color, backgroundColor } = getComputedStyle(document.documentElement);
    return { color, backgroundColor };
  });
  expect([color, backgroundColor]).toEqual(["rgb(0, 0, 0)", "rgb(255, 255, 255)"]);
});

test("the page does with the colours that a system forces", async () => {
  const tab = await open({ forcedColors: "active" });
  await show(tab);
  expect(await tab.isVisible(".art")).toBe(false);
  expect(await tab.evaluate(() => getComputedStyle(document.querySelector("button")!).borderStyle)).toBe("solid");
});

test.each([
  `<script>window.pwned=1</script>`,
  `"><img src=x onerror=pwned=1>`,
  `' onmouseover='pwned=1' autofocus onfocus='pwned=1`,
  "`${pwned=1}`",
  `</title></style></script><svg onload=pwned=1>`,
  `javascript:pwned=1`,
  `\u202e<!--\u2066<b>`,
  `{{reason}}$&$1&lt;`,
])("the page shows %j as text, and nothing runs", async (attack) => {
  const tab = await open();
  const messages = Object.fromEntries(Object.keys(CONTENT.messages).map((key) => [key, attack])) as unknown as Messages;
  for (const isForm of [false, true]) {
    await show(tab, { messages, reason: { text: attack }, isForm }, { name: attack, contact: "help@example.com" });
    const texts = ["h1", ".lead", ".reason", "button", "header bdi", "footer span"];
    for (const selector of texts) expect([selector, await tab.textContent(selector)]).toEqual([selector, attack]);
    expect(await tab.title()).toBe(`${attack} · ${attack}`);
    expect(await tab.evaluate(() => "pwned" in window)).toBe(false);
  }
});

test.each([
  ["the header of the answer", { policy: true, meta: false }],
  ["the page itself, where another server sends it", { policy: false, meta: true }],
])("the policy in %s stops what should have got into the page nevertheless", async (_where, { policy, meta }) => {
  const { tab, complaints } = await tabs.open();
  const { contentSecurityPolicy, render } = compilePage(SITE);
  const evil = `<script>pwned=1</script><img src="/pixel" onerror="pwned=1"><style>h1{display:none}</style>` +
    `<form action="/steal"><button>x</button></form><base href="https://evil.test/"><a href="javascript:pwned=1">y</a>`;
  const html = render(CONTENT).replace("</main>", `${evil}</main>`);
  site.answer = () => ({
    status: 503,
    headers: policy ? { "content-security-policy": contentSecurityPolicy } : {},
    body: meta ? html : html.replace(/<meta http-equiv="Content[^>]*>/, ""),
  });
  site.requests.length = 0;
  await tab.goto(`${site.origin}/shop`);
  await tab.evaluate(() => {
    for (const it of document.querySelectorAll<HTMLElement>("form button, form ~ a")) it.click();
  });
  expect(await tab.evaluate(() => "pwned" in window)).toBe(false);
  expect(await tab.isVisible("h1")).toBe(true);
  expect(site.requests).toEqual(["GET /shop"]);
  expect(complaints.splice(0).filter((text) => !text.includes("Content Security Policy"))).toEqual([]);
});

test("the page keeps bidi overrides and NUL of one text out of the others", async () => {
  const tab = await open();
  const widthOf = () => tab.evaluate(() => document.querySelector("footer a")!.getBoundingClientRect().left);
  await show(tab);
  const left = await widthOf();
  await show(tab, { reason: { text: "a\0b \u202e\u2067 c" } }, { ...SITE, name: "\u202eAc\0me" });
  expect(await tab.textContent(".reason")).toMatch(/^a\ufffd?b/);
  expect(await widthOf()).toBe(left);
});

const LOGO = "data:image/svg+xml," + encodeURIComponent(
  `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 40"><rect width="40" height="40" rx="10" fill="#0b6e4f"/>` +
    `<path d="M20 9 31 30H9Z" fill="#fff"/></svg>`,
);
const REASON = "We are moving to a bigger database, so that search stays fast as the catalogue grows.";
const FRONT: Site = { name: "Example", url: "/", contact: "help@example.com" };

test.each<[string, Partial<PageContent>, Site, Parameters<typeof tabs.open>[0]]>([
  ["light", {}, FRONT, {}],
  ["dark", {}, FRONT, { colorScheme: "dark" }],
  ["mobile", {}, FRONT, { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2 }],
  ["rtl", { ...contentIn("ar"), reason: { text: "ننتقل إلى قاعدة بيانات أكبر، ليبقى البحث سريعًا." } }, FRONT, {}],
  ["long-reason", { reason: { text: `${REASON}\nOrders that were placed are safe.\n\n`.repeat(6).trim() } }, FRONT, {}],
  ["no-reason", { reason: undefined, end: undefined }, {}, {}],
  ["read-only", { mode: "read-only", isForm: true }, FRONT, {}],
  ["with-logo", {}, { ...FRONT, logo: LOGO, colors: { accent: "#0b6e4f" } }, {}],
])("the page is pictured: %s", async (name, content, about, options) => {
  const tab = await open({ viewport: { width: 1440, height: 900 }, ...options });
  await tab.clock.install({ time: new Date("2026-11-22T02:13:00Z") });
  await show(tab, { reason: { text: REASON }, ...content }, about);
  const folder = fileURLToPath(new URL("../../artefacts/", import.meta.url));
  mkdirSync(folder, { recursive: true });
  const picture = await takePicture(tab, `${folder}${name}.png`);
  expect(picture.length).toBeGreaterThan(10_000);
});
