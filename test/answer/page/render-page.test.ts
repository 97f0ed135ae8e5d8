import { expect, test } from "vitest";
import { maintenanceMode } from "../../../src/maintenance.ts";
import { renderPage, type RenderPageOptions } from "../../../src/answer/page/render-page.ts";

test("renderPage() makes the page that the gate answers with", async () => {
  const site = { name: "Example", contact: "help@example.com" };
  const gate = maintenanceMode({ enabled: true, site, retryAfter: 600 });
  const headers = { "accept": "text/html", "accept-language": "de" };
  const answer = gate(new Request("https://example.com/", { headers }))!;
  expect(renderPage({ site, retryAfter: 600, language: "de" })).toBe(await answer.text());
});

test("renderPage() says what it is told, in the language that it is told", () => {
  const html = renderPage({
    mode: "read-only",
    reason: { en: "Moving", de: "Wir <ziehen> um" },
    end: new Date("2026-11-22T03:00:00Z"),
    language: "de-AT",
    messages: { de: { readOnlyTitle: "Nur lesen" } },
  });
  expect(html).toContain('<html lang="de"');
  for (const text of ["Nur lesen", "Wir &lt;ziehen&gt; um", "2026-11-22T03:00:00.000Z"]) expect(html).toContain(text);
});

test.each<[unknown, string]>([
  [null, "Cannot render the page: options must be an object, received null"],
  [{ state: "on" }, 'unknown name "state" in options'],
  [{ mode: "off" }, 'Cannot render the page: "mode" must be "on" or "read-only", received "off"'],
  [{ reason: 1 }, '"reason" must be text, or texts by language, received 1'],
  [{ end: "2026-11-22" }, '"end" must be a Date, received "2026-11-22"'],
  [{ end: new Date(NaN) }, '"end" must be a Date, received an invalid Date'],
  [{ retryAfter: -1 }, '"retryAfter" must be a whole number of seconds from 0, received -1'],
  [
    { language: "tlh" },
    'Cannot render the page: "language" must be a built-in language or one of "messages", received "tlh": accepted are en, de',
  ],
  [{ language: 1 }, '"language" must be a built-in language'],
  [{ site: { logo: "x" } }, 'Cannot render the page: "site.logo" must be a data: URL'],
  [{ site: { colors: { accent: "url(x)" } } }, 'Cannot render the page: "site.colors.accent" must be a CSS colour'],
  [{ messages: { de: { title: 1 } } }, 'Cannot render the page: "messages.de.title" must be text, received 1'],
])("renderPage() refuses %j", (options, message) => {
  expect(() => renderPage(options as RenderPageOptions)).toThrow(message);
  expect(() => renderPage(options as RenderPageOptions)).toThrow(TypeError);
});
