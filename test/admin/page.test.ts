import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { servePage } from "../../src/admin/panel/page.ts";
import { STYLE, STYLE_HASH } from "../../src/admin/panel/style.ts";
import { hashOf, makeScript, SCRIPT_FILE } from "./make-script.ts";

test("script.ts holds the script that browser/ makes: node test/admin/make-script.ts writes it", async () => {
  expect(readFileSync(SCRIPT_FILE, "utf8")).toBe(await makeScript());
});

test("the policy of the page names the hash of its style", () => {
  expect(STYLE_HASH).toBe(hashOf(STYLE));
});

test("the page holds each id once, and each label, description and chip names one that is there", async () => {
  const page = await servePage().text();
  const ids = Array.from(page.matchAll(/ id="([^"]+)"/g), ([, id]) => id!);
  expect(ids).toEqual([...new Set(ids)]);
  const named = Array.from(page.matchAll(/(?:for|describedby|labelledby)="([^"]+)"/g), ([, id]) => id!);
  expect(named.filter((id) => !ids.includes(id))).toEqual([]);
});
