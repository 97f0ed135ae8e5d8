import { afterEach, expect, test, vi } from "vitest";
import { createGate } from "../../src/gate/gate.ts";
import type { Gate } from "../../src/gate/internals.ts";
import { resolveOptions } from "../../src/gate/options.ts";
import type { MaintenanceOptions } from "../../src/gate/maintenance-options.ts";
import { LANGUAGES } from "../../src/answer/page/languages.ts";
import { maintenanceMode } from "../../src/maintenance.ts";
import { siteOf } from "../bypass/_site.ts";

afterEach(() => void vi.restoreAllMocks());

const NOON = Date.UTC(2026, 10, 22, 12);
const PROBLEM = "application/problem+json";
const BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";

function ask(options: MaintenanceOptions, headers: Record<string, string>, init: RequestInit = {}): Response {
  return maintenanceMode({ enabled: true, ...options })(new Request("https://site.test/a?b", { headers, ...init }))!;
}

const typeOf = (response: Response) => response.headers.get("content-type")!.split(";")[0];

// Who accepts anything.

test.each<[string, Record<string, string>, string, string]>([
  ["curl", { accept: "*/*" }, "GET", "text/html"],
  ["fetch() of a page", { accept: "*/*", "sec-fetch-dest": "empty" }, "GET", "application/problem+json"],
  [
    "XMLHttpRequest of a library",
    { accept: "*/*", "x-requested-with": "XMLHttpRequest" },
    "GET",
    "application/problem+json",
  ],
  [
    "a program that sends JSON",
    { accept: "*/*", "content-type": "application/json" },
    "POST",
    "application/problem+json",
  ],
  [
    "a program that sends JSON:API",
    { "content-type": "application/vnd.api+json; a=b" },
    "POST",
    "application/problem+json",
  ],
  ["a form", { accept: "*/*", "content-type": "application/x-www-form-urlencoded" }, "POST", "text/html"],
  ["JSON that is not really sent", { accept: "*/*", "content-type": "application/json" }, "GET", "text/html"],
  ["an image", { accept: "image/*,*/*;q=0.8", "sec-fetch-dest": "image" }, "GET", "text/html"],
  [
    "a script that asks for both alike",
    { accept: "text/html, application/json", "x-requested-with": "x" },
    "GET",
    "application/json",
  ],
  ["htmx", { accept: "*/*", "hx-request": "true", "sec-fetch-dest": "empty" }, "GET", "text/html"],
  [
    "htmx that sends JSON",
    { accept: "*/*", "hx-request": "true", "content-type": "application/json" },
    "POST",
    "text/html",
  ],
  ["htmx that asks for JSON", { accept: "application/json", "hx-request": "true" }, "GET", "application/json"],
  ["PJAX", { accept: "*/*", "x-pjax": "true", "x-requested-with": "XMLHttpRequest" }, "GET", "text/html"],
  [
    "PJAX of jQuery",
    { accept: "text/html, */*; q=0.01", "x-pjax": "true", "x-requested-with": "XMLHttpRequest" },
    "GET",
    "text/html",
  ],
  ["who names JSON", { accept: "application/json" }, "GET", "application/json"],
  ["axios", { accept: "application/json, text/plain, */*" }, "GET", "application/json"],
  ["who names both kinds of JSON", { accept: "application/json, application/problem+json;q=0.1" }, "GET", PROBLEM],
  ["who refuses one of both", { accept: "application/json, application/problem+json;q=0" }, "GET", "application/json"],
  ["who names another kind of JSON", { accept: "application/vnd.api+json" }, "GET", PROBLEM],
  ["who takes any application", { accept: "application/*" }, "GET", PROBLEM],
  ["both alike without a hint", { accept: "application/json, text/html" }, "GET", "text/html"],
  ["fetch() of a page that wants HTML", { accept: "text/html", "sec-fetch-dest": "empty" }, "GET", "text/html"],
  ["a WebSocket", { connection: "upgrade", upgrade: "websocket" }, "GET", "text/plain"],
  ["an EventSource", { accept: "text/event-stream", "sec-fetch-dest": "empty" }, "GET", "text/plain"],
])("gate answers %s with the type that it can read", (_who, headers, method, type) => {
  // Without a body, since a Request with one writes a Content-Type of its own.
  const fields = new Headers(headers);
  const request = { url: "https://site.test/", method, headers: fields } as Request;
  const response = maintenanceMode({ enabled: true })(request)!;
  expect([response.status, typeOf(response)]).toEqual([503, type]);
});

test("gate never looks at User-Agent", () => {
  const agents = ["curl/8.0", "Mozilla/5.0 (compatible; Googlebot/2.1)", "PostmanRuntime/7.0"];
  expect(agents.map((agent) => typeOf(ask({}, { accept: "*/*", "user-agent": agent })))).toEqual(
    agents.map(() => "text/html"),
  );
});

// Vary.

test.each<[string, MaintenanceOptions, Record<string, string>, string, string | null]>([
  ["a browser", {}, { accept: BROWSER }, "GET", "accept, accept-language"],
  [
    "who takes anything",
    {},
    { accept: "*/*" },
    "GET",
    "accept, sec-fetch-dest, x-requested-with, hx-request, x-pjax, trpc-accept, accept-language",
  ],
  ["a form", {}, { accept: BROWSER }, "POST", "accept, content-type, accept-language"],
  ["one representation", { responseType: "html" }, {}, "GET", "accept-language"],
  ["JSON, whose name the client chooses", { responseType: "json" }, {}, "GET", "accept, accept-language"],
  [
    "a function that leaves it to the request",
    { responseType: () => undefined },
    { accept: BROWSER },
    "GET",
    "accept, accept-language",
  ],
  ["one language", { languages: ["de"] }, { accept: BROWSER }, "GET", "accept"],
  ["one of both", { responseType: "text", languages: ["de"] }, {}, "GET", null],
  ["a page of one's own that is the same for all", { page: "<p>Closed" }, { accept: BROWSER }, "GET", "accept"],
  ["one that is not", { page: "<p>{{reason}}" }, { accept: BROWSER }, "GET", "accept, accept-language"],
  ["who is redirected", { redirectUrl: "/closed" }, { accept: BROWSER }, "GET", "accept"],
  ["a function that chooses", { responseType: () => "text" }, {}, "POST", "accept-language"],
  [
    "a function that fails",
    { responseType: () => "xml" as never, onError() {} },
    { accept: "application/json" },
    "POST",
    "accept, content-type, accept-language",
  ],
])("gate says in Vary what the answer for %s depends on", (_who, options, headers, method, vary) => {
  expect(ask(options, headers, { method }).headers.get("vary")).toBe(vary);
});

// Languages.

test("gate answers in the language of the visitor, in each representation", async () => {
  for (const accept of ["text/html", "application/json", "text/plain", "application/graphql-response+json"]) {
    const response = ask({}, { accept, "accept-language": "de-AT,de;q=0.9,en;q=0.8" });
    expect(response.headers.get("content-language")).toBe("de");
    expect(await response.text()).toContain("sind bald wieder");
  }
});

test.each([["ar-EG", "ar", "rtl"], ["zh-TW", "zh-Hant", "ltr"], ["pt-BR", "pt-BR", "ltr"], ["xx", "en", "ltr"]])(
  "gate says the same language in the field and in the page for %s: %s, %s",
  async (field, language, dir) => {
    const response = ask({}, { accept: "text/html", "accept-language": field });
    expect(response.headers.get("content-language")).toBe(language);
    expect(await response.text()).toContain(`<html lang="${language}" dir="${dir}"`);
  },
);

test("gate answers in words of the user's own, and in languages of the user's own", async () => {
  const messages = { en: { title: "Back <soon>" }, gsw: { title: "Wartig" }, "de-AT": { text: "Glei wieder da." } };
  const options = { messages, languages: ["en", "de-AT", "gsw"] };
  const text = (language: string) => ask(options, { accept: "text/plain", "accept-language": language }).text();
  expect(await text("en")).toBe("Back <soon>\n\nWe are working on this site and will be back soon.\n");
  expect(await text("gsw")).toBe("Wartig\n\nWe are working on this site and will be back soon.\n");
  expect(await text("de-AT")).toBe("Wartungsarbeiten\n\nGlei wieder da.\n");
  expect(await ask(options, { accept: "text/html", "accept-language": "en" }).text()).toContain("Back &lt;soon&gt;");
});

test("gate takes words by a tag that means a built-in language for words of that language", async () => {
  const text = async (options: MaintenanceOptions, language: string) => {
    const response = ask(options, { accept: "text/plain", "accept-language": language });
    return [response.headers.get("content-language"), ...(await response.text()).trim().split("\n\n")];
  };
  const { detail: hant } = await ask({}, { accept: "application/json", "accept-language": "zh-Hant" }).json();
  const messages = { "zh-TW": { title: "OWN" }, zh: { title: "OTHER" } };
  expect(await text({ messages }, "zh-TW")).toEqual(["zh-TW", "OWN", hant]);
  expect(await text({ languages: ["en", "zh-TW"] }, "zh-HK")).toEqual(["zh-TW", expect.any(String), hant]);
  expect(await text({ messages: { no: { title: "OWN" } }, languages: ["en", "no"] }, "nb-NO")).toEqual([
    "no",
    "OWN",
    (await ask({}, { accept: "application/json", "accept-language": "nb" }).json()).detail,
  ]);
});

test("gate answers in the first of languages whom it suits no other", () => {
  const languages = (field: string) =>
    ask({ languages: ["nl", "fr"] }, { "accept-language": field }).headers.get("content-language");
  expect(["fr", "de", "en"].map(languages)).toEqual(["fr", "nl", "nl"]);
});

test.each<[MaintenanceOptions, string]>([
  [{ languages: [] }, '"languages" must be an array of at least one language that is built in or in "messages"'],
  [{ languages: "de" as never }, '"languages" must be an array'],
  [
    { languages: ["de", "tlh"] },
    '"languages[1]" must be a language that is built in or in "messages", received "tlh": there are en, de',
  ],
  [{ languages: ["d_e"] }, 'received "d_e": write a tag such as "de" or "pt-BR"'],
  [
    { messages: [] as never },
    '"messages" must be words by language, such as { "en": { "title": "Back in a moment" } }, received an array',
  ],
  [{ messages: { title: "Closed" } as never }, 'received an object: put "title" into the words of a language'],
  [{ messages: { "d_e": {} } }, 'received the language "d_e"'],
  [{ messages: { de: { titl: "x" } as never } }, 'unknown name "titl" in "messages.de": did you mean "title"?'],
  [{ messages: { de: { title: " " } } }, '"messages.de.title" must be text, received " "'],
  [{ messages: { de: { title: 1 as never } } }, '"messages.de.title" must be text, received 1'],
  [
    { messages: { de: { expected: "soon" } } },
    '"messages.de.expected" must be text with "{time}" in it, received "soon"',
  ],
])("gate refuses %j", (options, message) => {
  expect(() => maintenanceMode(options)).toThrow(message);
  expect(() => maintenanceMode(options)).toThrow(TypeError);
});

// gRPC.

test.each([
  ["application/grpc", "application/grpc"],
  ["application/grpc+proto", "application/grpc+proto"],
  ["application/grpc+msgpack", "application/grpc+msgpack"],
  ["application/grpc-web", "application/grpc-web"],
  ["application/grpc-web+proto", "application/grpc-web+proto"],
  ["application/grpc-web-text+proto; charset=utf-8", "application/grpc-web-text+proto"],
  ["Application/GRPC", "application/grpc"],
])("gate answers %s as unavailable", (contentType, answered) => {
  const response = ask({ retryAfter: 30, languages: ["de"] }, { "content-type": contentType }, { method: "POST" });
  expect([response.status, response.body]).toEqual([200, null]);
  expect(Object.fromEntries(response.headers)).toMatchObject({
    "access-control-expose-headers": "retry-after, maintenance-mode, grpc-status, grpc-message",
    "cache-control": "no-store",
    "content-type": answered,
    "grpc-status": "14",
    "grpc-message": "Wartungsarbeiten",
    "retry-after": "30",
    vary: "content-type",
  });
});

test("gate encodes the message for gRPC", () => {
  const options = { messages: { en: { title: "Später %\r\n" } } };
  const { headers } = ask(options, { "content-type": "application/grpc" }, { method: "POST" });
  expect(headers.get("grpc-message")).toBe("Sp%C3%A4ter %25%0D%0A");
});

test.each(["application/grpcx", "application/grpc-other", "text/plain", "application/grpc+", "application/grpc+<b>"])(
  "gate does not take %s for gRPC",
  (contentType) => {
    expect(ask({}, { "content-type": contentType }, { method: "POST" }).status).toBe(503);
  },
);

// retryAfter and retryJitter.

function gateOf(options: MaintenanceOptions, now: () => number, random: () => number): Gate {
  const copyFor = (_: number, { retryAfterSeconds }: { retryAfterSeconds: number | undefined }) => ({
    page: () => String(retryAfterSeconds),
    title: "Closed",
    text: "",
    reason: undefined,
    detail: "Come back.",
  });
  const texts = {
    copyFor,
    noticeMessage: () => "",
    presentMessage: () => "",
    ownPage: undefined,
    contentSecurityPolicy: "",
  };
  return createGate(resolveOptions({ enabled: true, ...options }, { en: LANGUAGES.en! }), texts, { now, random });
}

test("retryJitter spreads clients from retryAfter to as many seconds later", async () => {
  let chance = 0;
  const gate = gateOf({ retryAfter: 600, retryJitter: 300 }, () => NOON, () => chance);
  const seen: string[] = [];
  for (chance of [0, 0.5, 0.999999, 0]) {
    const json = gate(new Request("https://site.test/", { headers: { accept: "application/json" } }))!;
    const page = await gate(new Request("https://site.test/", { headers: { accept: "text/html" } }))!.text();
    seen.push(`${json.headers.get("retry-after")} ${(await json.json()).retryAfter} ${page}`);
  }
  expect(seen).toEqual(["600 600 600", "760 760 760", "900 900 900", "600 600 600"]);
});

test("retryJitter of a second is that second or none", () => {
  let chance = 0;
  const gate = gateOf({ retryAfter: 0, retryJitter: 1 }, () => NOON, () => chance);
  const seen = [0, 0.49, 0.5, 0.99].map((value) => {
    chance = value;
    return gate(new Request("https://site.test/"))?.headers.get("retry-after");
  });
  expect(seen).toEqual(["0", "0", "1", "1"]);
});

test("retryJitter moves a Date, too, and makes up no Retry-After where there is none", () => {
  const gate = gateOf({ retryAfter: new Date(NOON + 60_000), retryJitter: 60 }, () => NOON, () => 0.99);
  expect(gate(new Request("https://site.test/"))?.headers.get("retry-after")).toBe("Sun, 22 Nov 2026 12:02:00 GMT");
  const none = gateOf({ retryJitter: 60 }, () => NOON, () => 0.99);
  expect(none(new Request("https://site.test/"))?.headers.get("retry-after")).toBe(null);
});

test("retryJitter of a Date ends with it, and with the last who are asked to wait longer", () => {
  const clock = { now: NOON, chance: 0 };
  const gate = gateOf({ retryAfter: new Date(NOON + 10_000), retryJitter: 60 }, () => clock.now, () => clock.chance);
  const ask = (now: number, chance: number) => {
    Object.assign(clock, { now: NOON + now, chance });
    return gate(new Request("https://site.test/"))?.headers.get("retry-after") ?? null;
  };
  expect([ask(0, 0), ask(0, 0.99)]).toEqual(["Sun, 22 Nov 2026 12:00:10 GMT", "Sun, 22 Nov 2026 12:01:10 GMT"]);
  expect([ask(30_000, 0), ask(30_000, 0.99)]).toEqual([null, "Sun, 22 Nov 2026 12:01:10 GMT"]);
  expect([ask(70_000, 0), ask(70_000, 0.99), ask(3_600_000, 0.5)]).toEqual([null, null, null]);
});

test("gate counts the seconds down that are left until a Date", async () => {
  let now = NOON;
  const gate = gateOf({ retryAfter: new Date(NOON + 10_000), responseType: "json" }, () => now, () => 0);
  const seen: unknown[] = [];
  for (const passedMs of [0, 400, 999, 1_000, 1_001, 9_999, 10_000, 20_000]) {
    now = NOON + passedMs;
    seen.push((await gate(new Request("https://site.test/"))!.json()).retryAfter);
  }
  expect(seen).toEqual([10, 10, 10, 9, 9, 1, undefined, undefined]);
});

test.each([-1, 1.5, NaN, Infinity, "60", null])("gate refuses the retryJitter %j", (retryJitter) => {
  expect(() => maintenanceMode({ retryJitter: retryJitter as number })).toThrow(
    /^Cannot create maintenance mode: "retryJitter" must be a whole number of seconds from 0, received /,
  );
});

// Problem details.

test("gate names the path that was asked for in problem details, and keeps the paths of different visitors apart", async () => {
  const gate = maintenanceMode({ enabled: true, responseType: "json" });
  for (const path of ["/a", "/b", "/a", '/%22,"x":"'].flatMap((path) => [path, path])) {
    const problem = await gate(new Request(`https://site.test${path}?secret=1`))!.json();
    expect(problem.instance).toBe(new URL(`https://site.test${path}`).pathname);
  }
  for (let i = 0; i < 200; i++) {
    expect((await gate(new Request(`https://site.test/${i}`))!.json()).instance).toBe(`/${i}`);
  }
});

test("gate leaves a path that is longer than anybody needs out of problem details", async () => {
  const problem = await maintenanceMode({ enabled: true, responseType: "json" })(
    new Request(`https://site.test/${"a".repeat(3_000)}`),
  )!.json();
  expect("instance" in problem).toBe(false);
});

// What the page says about the site.

test.each<[unknown, string]>([
  [null, '"site" must be an object, received null'],
  [{ nam: "x" }, 'unknown name "nam" in "site": did you mean "name"?'],
  [{ name: "" }, '"site.name" must be text, received ""'],
  [{ logo: "https://cdn.test/logo.png" }, "the page asks for nothing else, so put the image itself there"],
  [{ logo: "data:text/html,<script>" }, '"site.logo" must be a data: URL of an image'],
  [{ logo: `data:image/png;base64,${"A".repeat(200_000)}` }, '"site.logo" must be a data: URL of an image, of at most'],
  [
    { url: "javascript:alert(1)" },
    '"site.url" must be an http: or https: URL, or a path, received "javascript:alert(1)"',
  ],
  [{ url: "//evil.test" }, '"site.url" must be'],
  [{ url: "/\\evil.test" }, '"site.url" must be'],
  [
    { contact: "javascript:alert(1)" },
    '"site.contact" must be an e-mail address, or an http:, https:, mailto: or tel: URL',
  ],
  [{ contact: 'a"b@site.test' }, '"site.contact" must be'],
  [{ contact: "nobody" }, '"site.contact" must be'],
  [{ colors: { accent: "red;}body{display:none" } }, '"site.colors.accent" must be a CSS colour'],
  [{ colors: { accent: "url(https://evil.test)" } }, '"site.colors.accent" must be a CSS colour'],
  [{ colors: { accent: "</style>" } }, '"site.colors.accent" must be a CSS colour'],
  [{ colors: { primary: "red" } }, 'unknown name "primary" in "site.colors"'],
  [{ timeZone: "Mars/Olympus" }, '"site.timeZone" must be the IANA name of a time zone'],
])("gate refuses the site %j", (site, message) => {
  expect(() => maintenanceMode({ site: site as object })).toThrow(message);
});

test("gate sends the built-in page with its policy, and a page of the user's own without one", () => {
  const policy = (options: MaintenanceOptions) =>
    ask(options, { accept: "text/html" }).headers.get("content-security-policy");
  expect(policy({})).toMatch(/^default-src 'none'; /);
  expect(policy({ page: "<p>own" })).toBe(null);
  expect(policy({ page: "<p>own", headers: { "content-security-policy": "default-src 'self'" } })).toBe(
    "default-src 'self'",
  );
  expect(policy({ responseType: "json" })).toBe(null);
});

test("gate sets no cookie", () => {
  for (const accept of ["text/html", "application/json", "text/plain"]) {
    expect(ask({}, { accept, cookie: "session=1" }).headers.get("set-cookie")).toBe(null);
  }
});

test("gate says until the end of the state what retryAfter says no more", () => {
  vi.useFakeTimers({ now: NOON, toFake: ["Date"] });
  const state = { mode: "on", end: new Date(NOON + 7_200_000).toISOString() } as const;
  const { gate } = siteOf({ retryAfter: new Date(NOON + 3_600_000) }, state);
  const fields = [0, 3_599_999, 3_600_000].map((ms) => {
    vi.setSystemTime(NOON + ms);
    return gate(new Request("https://site.test/"))?.headers.get("retry-after");
  });
  vi.useRealTimers();
  expect(fields).toEqual([
    "Sun, 22 Nov 2026 13:00:00 GMT",
    "Sun, 22 Nov 2026 13:00:00 GMT",
    "3600",
  ]);
});

test("gate sends the instant of the state as retryAfter until it has passed, then that of the option", () => {
  vi.useFakeTimers({ now: NOON, toFake: ["Date"] });
  const { gate } = siteOf({ retryAfter: 60 }, { mode: "on", retryAfter: new Date(NOON + 90_000).toISOString() });
  const ask = () => gate(new Request("https://site.test/", { headers: { accept: "application/json" } }))!;
  const seen = [0, 89_999, 90_000, 0].map((ms) => {
    vi.setSystemTime(NOON + ms);
    return ask().headers.get("retry-after");
  });
  vi.useRealTimers();
  expect(seen.map((field) => field === "60")).toEqual([false, false, true, false]);
  expect(seen).not.toContain(null);
});

test("gate answers with the status of the state, in place of that of the option", async () => {
  const { gate, set } = siteOf({ statusCode: 500 }, { mode: "on", status: 429 });
  const ask = () => gate(new Request("https://site.test/", { headers: { accept: "application/json" } }))!;
  const response = ask();
  expect([response.status, (await response.json()).status]).toEqual([429, 429]);
  set({ mode: "on" });
  expect(ask().status).toBe(500);
});

test("page and handler503 get the status of the state", async () => {
  const page = (info: { status: number }) => `<p>${info.status}`;
  const { gate } = siteOf({ page }, { mode: "on", status: 429 });
  const response = gate(new Request("https://site.test/", { headers: { accept: "text/html" } }))!;
  expect([response.status, await response.text()]).toEqual([429, "<p>429"]);
});

test("problem details name a path that looks like another host as a path", async () => {
  const ask = maintenanceMode({ enabled: true, responseType: "json" });
  const { instance } = await ask(new Request("https://site.test//evil.test/a"))!.json();
  expect(instance).toBe("/.//evil.test/a");
  expect(new URL(instance, "https://site.test/b").href).toBe("https://site.test//evil.test/a");
});

// A state of a part of the site beside `enabled`.

test("gate says of the rest of the site nothing that a state says of a part, and lets nobody in there by it", () => {
  const state = { mode: "on", urls: ["/shop/*"], reason: "Shop moves", end: "2099-01-01T00:00:00Z", admit: 1 } as const;
  const infos: unknown[] = [];
  const { gate, set, ask } = siteOf({
    enabled: true,
    handler503: (_request, { reason, end }) => (infos.push([reason, end?.getFullYear()]), new Response()),
  }, state);
  expect([ask({}, "/shop/a").because, ask({}, "/docs").because]).toEqual(["admitted", "maintenance"]);
  set({ ...state, admit: 0 });
  gate(new Request("https://site.test/shop/a"));
  gate(new Request("https://site.test/docs"));
  expect(infos).toEqual([["Shop moves", 2099], [undefined, undefined]]);
});
