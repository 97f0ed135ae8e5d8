/**
 * `node test/answer/page/pictures.ts`: makes the pictures of the page in README.md and docs/ anew, for `pngquant` to make small.
 *
 * They depend on the fonts of the machine, so no test compares them.
 */
import { fileURLToPath } from "node:url";
import { compilePage, type PageContent } from "../../../src/answer/page/page.ts";
import { openTab, startBrowser, takePicture } from "./_browser.ts";
import { CONTENT, contentIn, SITE } from "./_content.ts";

const { render } = compilePage(SITE);
const reason = { text: "We are moving to a bigger database, so that search stays fast as the catalogue grows." };
const inArabic = { ...contentIn("ar"), reason: { text: "ننتقل إلى قاعدة بيانات أكبر، ليبقى البحث سريعًا." } };
const window = { viewport: { width: 1120, height: 784 } };

const pictures: Record<string, [Partial<PageContent>, Parameters<typeof openTab>[1]]> = {
  light: [{ reason }, window],
  dark: [{ reason }, { ...window, colorScheme: "dark" }],
  mobile: [{ reason }, { viewport: { width: 390, height: 760 } }],
  rtl: [inArabic, window],
  "read-only": [{ reason, mode: "read-only", isForm: true }, window],
};

const browser = await startBrowser();
if (browser === undefined) throw new Error("Cannot make the pictures: there is no browser");
const folder = fileURLToPath(new URL("../../../docs/public/", import.meta.url));
for (const [name, [content, look]] of Object.entries(pictures)) {
  const { tab, context } = await openTab(browser, look);
  await tab.clock.install({ time: new Date("2026-11-22T02:13:00Z") });
  const answer = { status: 503, contentType: "text/html", body: render({ ...CONTENT, ...content }) };
  await tab.route("**", (route) => route.fulfill(answer));
  await tab.goto("http://site.test/form");
  // There is a way back only to where the visitor comes from.
  if (content.isForm) await tab.goto("http://site.test/shop");
  await takePicture(tab, `${folder}${name}.png`);
  await context.close();
}
await browser.close();
