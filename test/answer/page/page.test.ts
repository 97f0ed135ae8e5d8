import { Window } from "happy-dom";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import type { Messages } from "../../../src/answer/messages.ts";
import type { Site } from "../../../src/answer/site-options.ts";
import { LANGUAGES } from "../../../src/answer/page/languages.ts";
import { compilePage } from "../../../src/answer/page/page.ts";
import { STYLE } from "../../../src/answer/page/style.ts";
import { expectWithin } from "../../_fast.ts";
import { CONTENT, contentIn, SITE } from "./_content.ts";
import { makeScript, SCRIPT_FILE } from "./make-script.ts";

/** The page as a browser has it. */
function open(html: string): Window["document"] {
  const window = new Window({ url: "http://site.test/shop" });
  window.document.write(html);
  return window.document;
}

function render(content: Partial<typeof CONTENT> = {}, site: Site = SITE): Window["document"] {
  return open(compilePage(site).render({ ...CONTENT, ...content }));
}

test("Page.render() says what is going on, why, until when and what happens next", () => {
  const document = render();
  expect([...document.querySelectorAll("h1, main p")].map(({ textContent }) => textContent.trim())).toEqual([
    "Down for maintenance",
    "We are working on this site and will be back soon.",
    "Moving to a bigger database.\nOrders are safe.",
    "Expected back: November 22, 2026 at 3:00 AM UTC",
    "You can leave this page open. It will reload as soon as the site is back.",
  ]);
  expect(document.querySelector("time")?.getAttribute("datetime")).toBe("2026-11-22T03:00:00.000Z");
  expect(document.title).toBe("Down for maintenance · Example");
  expect([document.documentElement.lang, document.documentElement.dir]).toEqual(["en", "ltr"]);
});

test("Page.render() leaves out what nobody said", () => {
  const document = render({ reason: undefined, end: undefined }, {});
  expect(document.title).toBe("Down for maintenance");
  expect(document.querySelectorAll(".reason, time, header, footer, #left").length).toBe(0);
});

test("Page.render() writes times in the zone of the site and in the language of the page", () => {
  const page = compilePage({ timeZone: "Europe/Berlin" });
  const text = open(page.render({ ...CONTENT, language: "de" })).querySelector("time")?.textContent;
  expect(text).toBe("22. November 2026 um 04:00 MEZ");
});

test("Page.render() fills in the time wherever the words want it, and reads nothing in them as a pattern", () => {
  const messages = { ...CONTENT.messages, expected: "$& {time} $1 {time}" };
  expect(render({ messages }).querySelector(".end span")?.textContent).toBe(
    "$& November 22, 2026 at 3:00 AM UTC $1 November 22, 2026 at 3:00 AM UTC",
  );
});

test("Page.render() marks a reason of another language and direction, and lets the text tell it otherwise", () => {
  const reason = render({ reason: { text: "تحديث", language: "ar", dir: "rtl" } }).querySelector(".reason");
  expect([reason?.getAttribute("lang"), reason?.getAttribute("dir")]).toEqual(["ar", "rtl"]);
  const own = render().querySelector(".reason");
  expect([own?.getAttribute("lang"), own?.getAttribute("dir")]).toEqual([null, "auto"]);
});

test("Page.render() says to those who sent a form that it was not saved, and never lets it be sent again", () => {
  const document = render({ isForm: true });
  expect(document.querySelector("main")?.textContent).toContain("What you sent was not saved.");
  expect(document.querySelector("main")?.textContent).not.toContain("You can leave this page open.");
  expect(document.querySelector("[role=status]")?.getAttribute("data-text")).toBe("The site is available again.");
  expect([...document.querySelectorAll("button")].map(({ id }) => id)).toEqual(["back"]);
  expect(document.documentElement.hasAttribute("data-form")).toBe(true);
  expect(document.documentElement.getAttribute("data-poll")).toBe("600");
  expect(document.querySelector("noscript")).toBe(null);
});

test("Page.render() asks for the secret of a bypass, and again with a message that belongs to the field", () => {
  expect(render().querySelector("form")).toBe(null);
  const asking = render({ prompt: "ask" });
  const field = asking.querySelector("form input")!;
  expect([asking.querySelector("label")?.getAttribute("for"), field.id]).toEqual(["code", "code"]);
  expect([field.getAttribute("name"), field.getAttribute("type")]).toEqual(["maintenance-bypass", "password"]);
  expect([asking.querySelector("form")?.getAttribute("method"), asking.querySelector("[role=alert]")]).toEqual([
    "post",
    null,
  ]);
  // What somebody types must not be lost.
  expect(compilePage(SITE).render({ ...CONTENT, retryAfter: 10, prompt: "ask" })).toContain('"refresh" content="300"');
  const wrong = render({ prompt: "wrong" });
  expect(wrong.querySelector("[role=alert]")?.textContent).toBe("This access code is not correct.");
  expect(wrong.querySelector("input")?.getAttribute("aria-describedby")).toBe(wrong.querySelector("[role=alert]")?.id);
  expect(wrong.querySelector("noscript")).toBe(null);
});

test("compilePage() allows a form to be sent only from a page that asks for a secret", () => {
  const { contentSecurityPolicy, promptPolicy, render } = compilePage(SITE);
  const self = (policy: string) => policy.replace("form-action 'none'", "form-action 'self'");
  expect(promptPolicy).toBe(self(contentSecurityPolicy));
  const policyIn = (html: string) => /Content-Security-Policy" content="([^"]*)"/.exec(html)![1]!;
  expect(policyIn(render({ ...CONTENT, prompt: "ask" }))).toBe(self(policyIn(render(CONTENT))));
});

test("Page.render() waits for nothing while the site may be read", () => {
  const document = render({ mode: "read-only", isForm: true });
  expect(document.querySelector("h1")?.textContent).toBe("Read-only for maintenance");
  expect(document.querySelector(".lead")?.textContent).toBe(CONTENT.messages.readOnlyText);
  expect(document.documentElement.hasAttribute("data-poll")).toBe(false);
  expect(document.querySelector("noscript")).toBe(null);
  expect(render({ mode: "read-only" }).querySelector("main")?.textContent).not.toContain(
    "You can leave this page open.",
  );
});

test.each([[600, 600], [0, 5], [5.2, 6], [undefined, 300]])(
  "Page.render() with a wait of %s s loads again after %d s in browsers without scripts",
  (retryAfter, seconds) => {
    expect(compilePage({}).render({ ...CONTENT, retryAfter })).toContain(
      `<noscript><meta http-equiv="refresh" content="${seconds}"></noscript>`,
    );
  },
);

test("Page.render() hides the buttons that need scripts", () => {
  const buttons = [render(), render({ isForm: true })].flatMap((document) => [...document.querySelectorAll("button")]);
  expect(buttons.map((button) => button.hasAttribute("hidden"))).toEqual([true, true]);
});

test.each([
  ["help@example.com", "mailto:help@example.com", "Contact help@example.com"],
  ["a&b?c#d@example.com", "mailto:a%26b%3Fc%23d@example.com", "Contact a&b?c#d@example.com"],
  ["mailto:help@example.com?subject=Hi", "mailto:help@example.com?subject=Hi", "Contact help@example.com"],
  ["tel:+431234", "tel:+431234", "Contact +431234"],
  ["https://example.com/help?a=1&b=2", "https://example.com/help?a=1&b=2", "Contact"],
])("Page.render() links the contact %s", (contact, href, text) => {
  const link = render({}, { contact }).querySelector("footer a");
  expect([link?.getAttribute("href"), link?.textContent]).toEqual([href, text]);
});

test("Page.render() shows logo and name of the site and links them", () => {
  const logo = "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg'/%3E";
  const link = render({}, { name: "Example", logo, url: "/" }).querySelector("header a");
  expect([link?.getAttribute("href"), link?.textContent]).toEqual(["/", "Example"]);
  expect(link?.querySelector("img")?.getAttribute("alt")).toBe("");
  expect(link?.querySelector("img")?.getAttribute("src")).toBe(logo);
  const alone = render({}, { logo, url: "https://example.com/" }).querySelector("header a img");
  expect(alone?.getAttribute("alt")).toBe("https://example.com/");
});

const ATTACK = `"'><script>alert(1)</script><img src=x onerror=alert(1)>\`$&{{reason}}&amp;`;

test("Page.render() escapes every value", () => {
  const messages = Object.fromEntries(Object.keys(CONTENT.messages).map((key) => [key, ATTACK])) as unknown as Messages;
  const site = { name: ATTACK, logo: ATTACK, url: ATTACK, contact: ATTACK };
  const reason = { text: ATTACK, language: ATTACK };
  for (const mode of ["on", "read-only"] as const) {
    for (const isForm of [true, false]) {
      const html = compilePage(site).render({ ...CONTENT, mode, isForm, messages, reason, language: ATTACK });
      expect(html.match(/<script/g)?.length).toBe(1);
      expect(html.match(/<img/g)?.length).toBe(1);
      expect(html).not.toContain("\"'>");
      expect(open(html).querySelector(".reason")?.textContent).toBe(ATTACK);
    }
  }
});

test("compilePage() keeps colours from leaving the style", () => {
  const colors = {
    accent: "red}</style><script>alert(1)</script>",
    text: "url(https://evil.test/)",
    muted: "#fff;}a{",
  };
  const html = compilePage({ colors }).render(CONTENT);
  expect(html.match(/<\/style/g)?.length).toBe(2);
  expect(html.match(/<script/g)?.length).toBe(1);
  expect(html).not.toMatch(/url\(/);
});

test("compilePage() takes the colours of the site, and finds those that have to follow from them", () => {
  const html = compilePage({ colors: { background: "#0b6e4f", "accent-text": "#fff" } }).render(CONTENT);
  expect(html).toContain("--background:#0b6e4f;--accent-text:#fff}");
  expect(html).toContain(":root{--text:color(from var(--background) xyz ");
  expect(html).toContain('<meta name="theme-color" content="#0b6e4f">');
});

test.each<[string, Site, number]>([
  ["the page", SITE, 1],
  ["a page with colors of the site", { ...SITE, colors: { background: "#0b6e4f" } }, 2],
  ["a page with no color of its own", { ...SITE, colors: {} }, 1],
])("compilePage() allows by hash the very styles and the script of %s", (_name, site, styles) => {
  const { contentSecurityPolicy, render } = compilePage(site);
  const html = render(CONTENT);
  const hashes = (tag: string) =>
    [...html.matchAll(new RegExp(`<${tag}>(.*?)</${tag}>`, "gs"))]
      .map(([, text]) => `'sha256-${createHash("sha256").update(text!).digest("base64")}'`);
  expect([hashes("style").length, hashes("script").length]).toEqual([styles, 1]);
  const policy = `default-src 'none'; style-src ${hashes("style").join(" ")}; script-src ${hashes("script")}; ` +
    "img-src data:; connect-src 'self'; base-uri 'none'; form-action 'none'";
  expect(contentSecurityPolicy).toBe(`${policy}; frame-ancestors 'self'`);
  expect(html).toContain(`<meta http-equiv="Content-Security-Policy" content="${policy}">`);
});

test("compilePage() puts nothing but custom properties into the style that a site adds", () => {
  const html = compilePage({ colors: { accent: "#0b6e4f", "accent-text": "#fff" } }).render(CONTENT);
  expect(html).toContain(`<style>:root{--accent:#0b6e4f;--accent-text:#fff}</style>\n<style>${STYLE}</style>`);
});

test("script.ts holds what in-browser.ts says: run node test/answer/page/make-script.ts", async () => {
  expect(readFileSync(SCRIPT_FILE, "utf8")).toBe(await makeScript());
});

test("Page.render() makes a page that asks for nothing, and runs nothing but its script", () => {
  const html = compilePage(SITE).render(CONTENT);
  const asking = "[src], [srcset], [data], [action], [poster], iframe, object, embed, base, [style]";
  expect([...open(html).querySelectorAll(asking)].map(({ outerHTML }) => outerHTML)).toEqual([]);
  expect(open(html).querySelector("link")?.getAttribute("href")).toMatch(/^data:image\/svg\+xml,/);
  expect(html).not.toMatch(/url\(|@import|\son\w+=|{{/);
});

test("Page.render() starts with its document type, and the encoding within the first 1 024 bytes", () => {
  const html = compilePage(SITE).render(CONTENT);
  expect(html.startsWith("<!doctype html>\n")).toBe(true);
  expect(html.indexOf('<meta charset="utf-8">')).toBeLessThan(1_000);
});

test.each(Object.keys(LANGUAGES))("Page.render() in the language %s is less than 5 kB with gzip", (language) => {
  for (const isForm of [true, false]) {
    const html = compilePage(SITE).render({ ...contentIn(language), isForm });
    expect(gzipSync(html, { level: 6 }).length).toBeLessThan(5_000);
  }
});

test("Page.render() takes less than a millisecond", () => {
  const page = compilePage(SITE);
  expectWithin(1, () => page.render(CONTENT));
});
