import type { Page as Tab } from "playwright-core";
import { expect } from "vitest";
import { maintenanceMode } from "../../src/index.ts";
import { LANGUAGES } from "../../src/answer/page/languages.ts";
import { until } from "../_until.ts";
import { siteOf } from "../bypass/_site.ts";
import { flagIn, open, SECRET, start, startOther, startSite, test, violationsIn } from "./_browser.ts";
import type { Server } from "./_servers.ts";

const EVIL = `<script>flag=1</script><img src=x onerror="flag=2"><svg onload='flag=3'>"'\`` +
  `--></style></title></noscript></textarea><script>flag=4</script>javascript:flag=5 $& $1 {{reason}} &lt;`;
const INVISIBLE = "a\u202e\0\u2066b";

test.each(["GET", "POST"])(
  "the page shows hostile texts as they are in answer to %s, and runs nothing",
  async (method) => {
    const texts = Object.keys(LANGUAGES.en!).map((name) => [name, `${EVIL} {time} {start}`]);
    const site = await startSite(maintenanceMode({
      enabled: true,
      retryAfter: 600,
      languages: ["en"],
      messages: { en: Object.fromEntries(texts) },
      site: {
        name: EVIL + INVISIBLE,
        url: `/"onclick="flag=6"<script>flag=7</script>`,
        contact: `https://help.test/"onclick='flag=8'\`<script>flag=9</script>?javascript:flag=10`,
      },
    }));
    const { tab, complaints } = await open();
    const url = `${site.origin}/${encodeURIComponent(EVIL)}/<script>flag=11</script>?${EVIL}#${EVIL}`;
    await navigate(tab, url, method);
    expect(await tab.locator("h1").textContent()).toBe(`${EVIL} {time} {start}`);
    expect(await tab.locator("header bdi").textContent()).toBe(EVIL + INVISIBLE.replace("\0", ""));
    // Its own script has run.
    await tab.locator("button:visible").first().waitFor();
    await expectNothingRan(tab);
    expect(complaints).toEqual([]);
  },
);

/** Goes to a URL, with POST from a form on another site. */
async function navigate(tab: Tab, url: string, method: string): Promise<void> {
  if (method === "GET") return void await tab.goto(url);
  const other = await startOther(`<form method="post"><input name="a" value="b"></form>`);
  await tab.goto(other.origin);
  const form = tab.locator("form");
  await form.evaluate((form, url) => void ((form as HTMLFormElement).action = url), url);
  await Promise.all([tab.waitForNavigation(), form.evaluate((form) => (form as HTMLFormElement).submit())]);
}

async function expectNothingRan(tab: Tab): Promise<void> {
  expect([await flagIn(tab), await violationsIn(tab)]).toEqual(["undefined", []]);
}

test.each([
  [EVIL + INVISIBLE, `${EVIL}ab`],
  [EVIL.repeat(6_000), `${EVIL.repeat(6_000).slice(0, 5_000)}…`],
])("the page shows a reason as text, %#", async (reason, shown) => {
  const { gate } = siteOf({ retryAfter: 600 }, { mode: "on", reason: { "x-evil": reason, en: reason } as never });
  const site = await startSite(gate);
  const { tab, complaints } = await open();
  await tab.goto(site.origin);
  expect(await tab.locator(".reason").textContent()).toBe(shown);
  await expectNothingRan(tab);
  expect(complaints).toEqual([]);
});

test.each(["en", `"><script>flag=1</script>`, "__proto__", "x".repeat(8_000)])(
  "the page takes the Accept-Language %.30s for no more than a language",
  async (language) => {
    const site = await startSite(maintenanceMode({ enabled: true, retryAfter: 600 }));
    const { tab } = await open({ extraHTTPHeaders: { "accept-language": language } });
    await tab.goto(site.origin);
    expect(await tab.locator("html").getAttribute("lang")).toBe("en");
    await expectNothingRan(tab);
  },
);

test("a page of one's own, which has no policy, runs nothing of the values that are filled in", async () => {
  const page = `<!doctype html><link rel="icon" href="data:,"><p id="url" title='{{request_url}}'>{{request_url}}</p>` +
    `<p id="path" title="{{request_path}}">{{request_path}}</p><p id="reason" title="{{reason}}">{{reason}}</p>`;
  const { gate } = siteOf({ page, languages: ["en"] }, { mode: "on", reason: EVIL });
  const site = await startSite(gate);
  const { tab, complaints } = await open();
  await tab.goto(`${site.origin}/'"<script>flag=1</script>?'"\`<script>flag=1</script>&maintenance-bypass=${SECRET}`);
  for (const part of ["textContent", "title"]) {
    const read = (id: string) => tab.locator(id).evaluate((it, part) => it[part as "textContent"], part);
    expect(await read("#reason")).toBe(EVIL);
    expect(await read("#path")).toBe("/%27%22%3Cscript%3Eflag=1%3C/script%3E".replace("%27", "'"));
    expect(await read("#url")).toMatch(/\?%27%22`%3Cscript%3Eflag=1%3C\/script%3E&maintenance-bypass=…$/);
  }
  expect(await flagIn(tab)).toBe("undefined");
  expect(complaints).toEqual([]);
});

// On its own, since with it the rest would lead elsewhere.
const BASE = `<base href="//evil.test/">`;
const INJECTED = `<script>flag=1</script><script src="/evil.js"></script>` +
  `<style>h1{outline:9px solid}</style><h1 style="outline:9px solid" onclick="flag=2">Injected</h1>` +
  `<link rel="stylesheet" href="/evil.css"><img src="/evil.png" onerror="flag=3"><iframe src="/evil.html"></iframe>` +
  `<object type="text/html" data="/evil.object"></object><form action="/evil" id="form"></form><svg onload="flag=4"></svg>`;

/** Injects elements into the page of a gate on its way to the visitor, past one of its policies or both. */
function startTampered(without: string): Promise<Server> {
  const maintenance = maintenanceMode({ enabled: true, retryAfter: 600 });
  return start(async ({ url }, response) => {
    if (url !== "/") return void response.writeHead(200).end("flag=5");
    const answer = maintenance(new Request("http://site.test/", { headers: { accept: "text/html" } }))!;
    const headers = Object.fromEntries(answer.headers);
    let html = (await answer.text()).replace("</main>", () => `${without === "both" ? "" : BASE}${INJECTED}</main>`);
    if (/header|both/.test(without)) delete headers["content-security-policy"];
    if (/meta|both/.test(without)) html = html.replace(/<meta http-equiv="Content-Security-Policy"[^>]*>/, "");
    response.writeHead(answer.status, headers).end(html);
  });
}

const EVIL_FILES = ["/evil.css", "/evil.html", "/evil.js", "/evil.object", "/evil.png"];

test.each(["header", "meta"])(
  "the policy keeps what is injected from running, also without that in the %s",
  async (without) => {
    const site = await startTampered(without);
    const { tab } = await open();
    await tab.goto(site.origin);
    await tab.getByText("Injected").click();
    expect(await tab.getByText("Injected").evaluate((it) => getComputedStyle(it).outlineStyle)).toBe("none");
    await tab.locator("#form").evaluate((form) => (form as HTMLFormElement).submit());
    const stopped = ["base-uri", "script-src-elem", "script-src-attr", "style-src-elem", "style-src-attr", "img-src"];
    const expected = [...stopped, "frame-src", "object-src", "form-action"];
    const found = async () => (await violationsIn(tab)).map((violation) => violation.split(" ")[0]);
    await until(async () => (await found()).includes("form-action"));
    expect(new Set(await found())).toEqual(new Set(expected));
    expect(await flagIn(tab)).toBe("undefined");
    expect(site.requests.map(({ url }) => url)).toEqual(["/"]);
  },
);

test("without a policy all of that would run", async () => {
  const site = await startTampered("both");
  const { tab } = await open();
  await tab.goto(site.origin);
  expect(await flagIn(tab)).not.toBe("undefined");
  const isAskedFor = (file: string) => site.requests.some(({ url }) => url === file);
  await until(() => EVIL_FILES.every(isAskedFor));
  await tab.locator("#form").evaluate((form) => (form as HTMLFormElement).submit());
  await until(() => isAskedFor("/evil?"));
});
