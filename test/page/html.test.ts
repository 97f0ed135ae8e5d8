import { Window } from "happy-dom";
import { expect, test } from "vitest";
import { textsFor } from "../../src/page/html.ts";

const { page: PAGE, title: TITLE, detail: DETAIL } = textsFor({ mode: "on", reason: undefined, end: undefined });

/** The page as a browser has it. */
function open(html: string): Window["document"] {
  const window = new Window({ url: "http://site.test/shop" });
  window.document.write(html);
  return window.document;
}

test("textsFor() makes a page with a title, a language and an encoding", () => {
  const document = open(PAGE);
  expect(document.title).toBe("Down for maintenance");
  expect(document.documentElement.lang).toBe("en");
  expect(document.querySelector("meta[charset]")?.getAttribute("charset")).toBe("utf-8");
});

test("textsFor() makes a page that starts with its document type and the encoding within the first 1 024 bytes", () => {
  expect(PAGE.startsWith("<!doctype html>\n")).toBe(true);
  expect(PAGE.indexOf('<meta charset="utf-8">')).toBeLessThan(1_000);
});

test("textsFor() makes a page that says what the other representations say", () => {
  const document = open(PAGE);
  expect([...document.querySelectorAll("h1")].map(({ textContent }) => textContent)).toEqual([TITLE]);
  expect([...document.querySelectorAll("main p")].map(({ textContent }) => textContent)).toEqual([DETAIL]);
});

test("textsFor() makes a page with one main landmark", () => {
  expect(open(PAGE).querySelectorAll("main").length).toBe(1);
});

test("textsFor() makes a page that fits the width of a phone and lets visitors zoom", () => {
  const viewport = open(PAGE).querySelector('meta[name="viewport"]')?.getAttribute("content");
  expect(viewport).toBe("width=device-width, initial-scale=1");
});

test("textsFor() makes a page that keeps itself out of search engines", () => {
  expect(open(PAGE).querySelector('meta[name="robots"]')?.getAttribute("content")).toBe("noindex");
});

test("textsFor() makes a page that asks for nothing else", () => {
  const asking = "[src], [href], [srcset], [data], [action], [poster], script, link, iframe, object, embed, base";
  expect([...open(PAGE).querySelectorAll(asking)].map(({ outerHTML }) => outerHTML)).toEqual([]);
  expect(PAGE).not.toMatch(/url\(|@import|https?:|\/\/|http-equiv/i);
});

test("textsFor() makes a page that names no value of a template", () => {
  expect(PAGE).not.toContain("{{");
});
