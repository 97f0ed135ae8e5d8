import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { renderPage } from "../../src/index.ts";
import { cli, makePlace } from "./_cli.ts";

const root = new URL("../../", import.meta.url).pathname;

/** What `page` prints, with a module for `--config`. */
async function pageOf(source: string, ...args: string[]) {
  const { folder } = makePlace();
  writeFileSync(join(folder, "config.mjs"), source);
  return await cli(["page", "--config", "config.mjs", ...args], { cwd: folder });
}

test("page prints what renderPage() returns of the state, without a word of forms", async () => {
  const { store, write } = makePlace();
  const [reason, end] = ["Moving <things>", "2999-01-01T00:00:00Z"];
  write(JSON.stringify({ mode: "on", reason, end, retryAfter: 60, ignoreUrls: ["/*"], urls: ["/shop"], admit: 1 }));
  const { code, stdout, stderr } = await cli(["page", "--store", store]);
  expect(stdout).toContain(">Moving &lt;things&gt;</p>");
  expect(stdout).toBe(renderPage({ reason, end: new Date(end), retryAfter: 60 }));
  expect([stderr, code]).toEqual(["", 0]);
  write(JSON.stringify({ mode: "read-only", reason: { en: "Moving", de: "Umzug" } }));
  const german = await cli(["page", "--store", store, "--language", "de"]);
  expect(german.stdout).toBe(renderPage({ mode: "read-only", reason: "Umzug", language: "de" }));
});

test("page prints the page of maintenance without a reason if it is off, or no store is given", async () => {
  const { store } = makePlace();
  const [off, bare, json] = await Promise.all([
    cli(["page", "--store", store]),
    cli(["page"]),
    cli(["page", "--json"]),
  ]);
  expect(bare.stdout).toBe(renderPage());
  expect(off.stdout).toBe(bare.stdout);
  expect(json.json).toEqual({ html: bare.stdout });
});

test("page takes what the page says about the site, and its words, from --config", async () => {
  const site = { name: "Example", contact: "help@example.com" };
  const messages = { gsw: { title: "Wartigsarbete" } };
  const source = `export default ${JSON.stringify({ site, messages, languages: ["de", "gsw"], retryAfter: 30 })}`;
  const [first, other] = await Promise.all([pageOf(source), pageOf(source, "--language", "gsw-CH")]);
  expect(first.stdout).toBe(renderPage({ site, language: "de", retryAfter: 30 }));
  expect(other.stdout).toBe(renderPage({ site, messages, language: "gsw", retryAfter: 30 }));
});

test("page prints a page of the site's own with --config, also while the site is read-only", async () => {
  const { store, write } = makePlace();
  write('{"mode":"read-only","reason":{"en":"Soon","fr":"Bient\u00f4t"}}');
  const source = `export default {
    page: "<p>{{mode}} {{language}}: {{reason}}", redirectUrl: "/down", ignoreUrls: ["/*"], allow: () => true,
  };`;
  const { stdout } = await pageOf(source, "--store", store, "--language", "fr-CA");
  expect(stdout).toBe("<p>read-only fr: Bient\u00f4t");
});

test("page asks a gate that --config exports, in the language that is wanted", async () => {
  const gate = (options: string) => `
    import { maintenanceMode } from "${root}src/index.ts";
    export default maintenanceMode(${options});`;
  const on = await pageOf(gate('{ enabled: true, site: { name: "Example" } }'), "--language", "zh-TW");
  expect(on.stdout).toBe(renderPage({ site: { name: "Example" }, language: "zh-Hant" }));
  const off = await pageOf(gate("{}"));
  expect(off.stderr).toContain('the gate of "--config" lets "/" through now: export only its options');
  expect(off.code).toBe(2);
});

test.each([
  ["export default {}", "tlh", ', ur, hi, bn, th, vi, id, ms, ja, ko, zh-Hans, zh-Hant, received "tlh"'],
  ['export default { languages: ["en", "fr"] }', "de", 'one of en, fr, received "de"'],
  ['export default { languages: ["en", "fr"] }', "*", 'one of en, fr, received "*"'],
])("page with %s refuses the language %s, which is not available", async (source, language, message) => {
  const { code, stdout, stderr } = await pageOf(source, "--language", language);
  expect(stdout).toBe("");
  expect(stderr).toContain('maintenancemode: "--language" must be one of en, ');
  expect(stderr).toContain(message);
  expect(code).toBe(2);
});
