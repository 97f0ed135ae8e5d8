import { createHash } from "node:crypto";
import { Window } from "happy-dom";
import { expect, test, vi } from "vitest";
import type { MaintenanceOptions } from "../src/gate/maintenance-options.ts";
import { PACK } from "../src/answer/language-pack.ts";
import { PLAIN_STYLE, PLAIN_STYLE_HASH } from "../src/answer/page/plain.ts";
import { languages } from "../src/languages.ts";
import { maintenanceMode as full } from "../src/maintenance.ts";
import { liveState } from "../src/state/live-state.ts";
import { memoryStore } from "../src/stores/memory.ts";
import { maintenanceMode, type TinyOptions } from "../src/tiny.ts";
import type { MaintenanceState } from "../src/types/maintenance-state.ts";
import { MaintenanceError } from "../src/util/errors.ts";
import { optionError } from "./_errors.ts";

const BROWSER = "text/html,application/xhtml+xml,*/*;q=0.8";

function requestTo(path: string, headers: Record<string, string> = { accept: BROWSER }, method = "GET"): Request {
  return new Request(`https://site.test${path}`, { headers, method });
}

/** What a tiny gate answers while a state is in force. */
async function answerIn(state: MaintenanceState, method = "GET"): Promise<Response | undefined> {
  const live = liveState(memoryStore(JSON.stringify(state)));
  await live.ready;
  const response = maintenanceMode({ state: live })(requestTo("/", { accept: BROWSER }, method));
  await live.close();
  return response;
}

test("maintenanceMode() of tiny answers with a plain page that is not kept", async () => {
  const response = maintenanceMode({ enabled: true, retryAfter: 600 })(requestTo("/"))!;
  expect([response.status, Object.fromEntries(response.headers)]).toEqual([503, {
    "cache-control": "no-store",
    "content-language": "en",
    "content-security-policy":
      `default-src 'none'; style-src '${PLAIN_STYLE_HASH}'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'`,
    "content-type": "text/html; charset=utf-8",
    "maintenance-mode": "on",
    "referrer-policy": "no-referrer",
    "retry-after": "600",
    vary: "accept",
    "x-content-type-options": "nosniff",
  }]);
  const { document } = new Window();
  document.write(await response.text());
  expect([document.title, document.documentElement.lang, document.querySelector("h1")?.textContent])
    .toEqual(["Down for maintenance", "en", "Down for maintenance"]);
  expect(document.querySelector("meta[http-equiv=refresh]")?.getAttribute("content")).toBe("600");
  expect(document.querySelectorAll("script").length).toBe(0);
});

test("the plain page may use its own style alone", () => {
  expect(PLAIN_STYLE_HASH).toBe(`sha256-${createHash("sha256").update(PLAIN_STYLE).digest("base64")}`);
});

test("maintenanceMode() of tiny answers programs as the full gate does", async () => {
  for (const accept of ["application/json", "text/plain"]) {
    const options = { enabled: true, retryAfter: 600, headers: { "x-a": "1" } };
    const request = () => requestTo("/a?b", { accept });
    const [tiny, other] = [maintenanceMode(options)(request())!, full({ ...options, cors: false })(request())!];
    expect(await tiny.text()).toBe(await other.text());
    const fields = Object.fromEntries(other.headers);
    expect(Object.fromEntries(tiny.headers)).toEqual({ ...fields, vary: "accept" });
  }
});

test("the plain page says the reason, the end and what was not saved, escaped", async () => {
  const state = { mode: "on", reason: "<b>Moving\nhouse", end: "2099-01-02T03:04:00Z" } as const;
  const html = await (await answerIn(state))!.text();
  expect(html).toContain('<p class="reason" dir="auto">&lt;b&gt;Moving\nhouse</p>');
  // Engines differ in the space in front of "AM".
  expect(html).toMatch(
    /<p>Expected back: <time datetime="2099-01-02T03:04:00\.000Z">January 2, 2099 at 3:04\sAM UTC<\/time><\/p>/,
  );
  const form = await maintenanceMode({ enabled: true })(requestTo("/", { accept: BROWSER }, "POST"))!.text();
  expect(form).toContain("What you sent was not saved.");
  // Loading the page again would send the form again.
  expect(form).not.toContain('http-equiv="refresh"');
});

test("maintenanceMode() of tiny lets safe methods pass while a state is read-only", async () => {
  expect(await answerIn({ mode: "read-only" })).toBeUndefined();
  const answer = await answerIn({ mode: "read-only" }, "POST");
  expect(answer?.headers.get("maintenance-mode")).toBe("read-only");
  expect(await answer?.text()).toContain("<h1>Read-only for maintenance</h1>");
});

test("maintenanceMode() of tiny reads methods in patterns, and what a state says of reading and writing", async () => {
  const gate = maintenanceMode({ enabled: true, ignoreUrls: ["POST /session"] });
  const ask = (method: string) => gate(requestTo("/session", {}, method))?.status;
  expect([ask("POST"), ask("DELETE")]).toEqual([undefined, 503]);
  expect(await answerIn({ mode: "read-only", reads: ["POST /"] }, "POST")).toBeUndefined();
  expect((await answerIn({ mode: "read-only", writes: ["GET /"] }))?.status).toBe(503);
});

test("maintenanceMode() of tiny speaks the languages that are passed to it", async () => {
  const gate = maintenanceMode({ enabled: true, languages });
  const ask = (language: string) => gate(requestTo("/", { accept: BROWSER, "accept-language": language }))!;
  expect(await ask("de-AT").text()).toMatch(/<html lang="de" dir="ltr">[^]*<h1>Wartungsarbeiten<\/h1>/);
  expect(await ask("ar").text()).toContain('<html lang="ar" dir="rtl">');
  expect([ask("de").headers.get("content-language"), ask("xx").headers.get("content-language")]).toEqual(["de", "en"]);
  expect(ask("de").headers.get("vary")).toBe("accept, accept-language");
});

test("languages are a list of tags to the full gate", () => {
  const ask = (options: MaintenanceOptions) =>
    full({ enabled: true, ...options })(requestTo("/", { accept: BROWSER, "accept-language": "zh-TW" }))!;
  expect(ask({ languages }).headers.get("content-language")).toBe("zh-Hant");
  expect([languages.length, languages[0], Object.keys(languages.messages).length]).toEqual([43, "en", 43]);
});

test.each<[string, TinyOptions, string]>([
  ["languages by their tags", { languages: ["de"] as never }, "received an array"],
  ["no languages", { languages: null as never }, "received null"],
])("maintenanceMode() of tiny refuses %s", (_what, options, received) => {
  expect(() => maintenanceMode(options)).toThrow(optionError(
    'Cannot create maintenance mode: "languages" must be `languages` of "maintenancemode/languages", ' +
      `${received}: the full gate takes a list of tags, with words of its own`,
  ));
});

test("maintenanceMode() of tiny refuses languages of another version of the package", () => {
  const other = Object.assign(["en"], { messages: languages.messages, [PACK]: { version: 0, compile() {} } });
  let error: unknown;
  try {
    maintenanceMode({ languages: other as never });
  } catch (thrown) {
    error = thrown;
  }
  expect(error).toBeInstanceOf(MaintenanceError);
  expect((error as MaintenanceError).code).toBe("ERR_VERSION");
});

test.each<[TinyOptions, number]>([[{}, 503], [{ status: 500 }, 500], [{ statusCode: 500 }, 500]])(
  "maintenanceMode() of tiny answers with the status of %j",
  (options, status) => {
    expect(maintenanceMode({ enabled: true, ...options })(requestTo("/"))?.status).toBe(status);
  },
);

test("maintenanceMode() of tiny refuses status beside statusCode", () => {
  expect(() => maintenanceMode({ status: 503, statusCode: 503 })).toThrow(optionError(
    'Cannot create maintenance mode: "status" and "statusCode" are the same option: give one of them',
  ));
});

test.each<[object, string]>([
  [{ status: 302 }, '"status" must be an integer from 200 to 599 of a response that can have a body, received 302'],
  [
    { statusCode: 99 },
    '"statusCode" must be an integer from 200 to 599 of a response that can have a body, received 99',
  ],
  [{ ignoreUrls: "/a" }, '"ignoreUrls" must be an array, each element a path pattern such as "/docs/*", received "/a"'],
  [{ enabled: 1 }, '"enabled" must be true, false or a function that returns one, received 1'],
  [
    { internalIps: ["x"] },
    '"internalIps[0]" must be an IP address or CIDR range such as "203.0.113.7", "10.0.0.0/8" or ' +
    '"2001:db8::/32", received "x"',
  ],
  [{ retryAfter: -1 }, '"retryAfter" must be a whole number of seconds from 0 or a Date, received -1'],
  [{ headers: 42 }, '"headers" must be header fields: an object, pairs or Headers, received 42'],
  [{ onError: 1 }, '"onError" must be a function, received 1'],
  [{ ignoreUrl: [] }, 'unknown name "ignoreUrl" in options: did you mean "ignoreUrls"?'],
])("maintenanceMode() of tiny refuses %j", (options, message) => {
  expect(() => maintenanceMode(options as TinyOptions)).toThrow(message);
});

test.each([
  "reads",
  "writes",
  "retryJitter",
  "redirectUrl",
  "bypassSecret",
  "bypassDomain",
  "bypassForm",
  "announce",
  "responseType",
  "site",
  "messages",
  "cors",
])("maintenanceMode() of tiny says of %s that the full gate has it", (name) => {
  expect(() => maintenanceMode({ [name]: undefined })).toThrow(optionError(
    `Cannot create maintenance mode: unknown name "${name}" in options: the full gate has it, import maintenanceMode ` +
      'from "maintenancemode"',
  ));
});

test.each([/^\/a/, { pathname: "/a" }, "https://a.test/*", "a", "/:id(\\d+)", "/(a|b)", 1, null])(
  "maintenanceMode() of tiny refuses the pattern %j, which is more than a path",
  (pattern) => {
    expect(() => maintenanceMode({ ignoreUrls: [pattern as string] })).toThrow(
      /^Cannot create maintenance mode: "ignoreUrls\[0\]" must be a path pattern such as "\/docs\/\*", received .*: the full gate takes URL patterns, RegExp and URLPattern$/,
    );
  },
);

test("path patterns of tiny match what those of the full gate match", () => {
  const patterns = [
    "/health",
    "/docs/*",
    "/users/:id",
    "/a/:b/c/*",
    "/files{/:name}?",
    "/caf\u00e9",
    "/x/**",
    "/:a-:b",
  ];
  const paths = [
    "/",
    "/health",
    "/health/",
    "/Health",
    "/docs",
    "/docs/",
    "/docs/a/b",
    "/docs/..%2fa",
    "/docs/a%5cb",
    "/docs//a",
    "/docs/a;b",
    "/docs/a%3fb",
  ];
  paths.push(
    "/users/1",
    "/users/1/2",
    "/users/",
    "/a/b/c/",
    "/a/b/c/d/e",
    "/files",
    "/files/a",
    "/files/a/b",
    "/caf%C3%A9",
  );
  paths.push("/x/", "/x/y", "/a-b", "/a-", "//health", "/health?a=/b", "/health#a", "/docs/%00");
  const hosts = ["https://site.test", "http://[::1]:8080", "https://user@site.test"];
  let matches = 0;
  for (const pattern of patterns) {
    const options = { enabled: true, ignoreUrls: [pattern] };
    const [tiny, other] = [maintenanceMode(options), full(options)];
    for (const host of hosts) {
      for (const path of paths) {
        const request = { url: `${host}${path}`, method: "GET", headers: new Headers() } as Request;
        const { because } = tiny.explain(request);
        expect(because, `${pattern} ${host}${path}`).toBe(other.explain(request).because);
        if (because === "ignored-url") matches++;
      }
    }
  }
  expect(matches).toBeGreaterThan(30);
});

test("maintenanceMode() of tiny takes the bypass of a state, and admits nobody by a share", async () => {
  const secret = "correct-horse-battery";
  const live = liveState(memoryStore());
  await live.ready;
  await live.set({ mode: "on", bypass: secret, admit: 1 });
  const decisions: string[] = [];
  const gate = maintenanceMode({
    state: live,
    onDecision: ({ because }, { url }) => void decisions.push(because + url),
  });
  expect(gate(requestTo("/", { "maintenance-bypass": secret }))).toBeUndefined();
  const link = gate(requestTo(`/a?maintenance-bypass=${secret}`))!;
  expect([link.status, link.headers.get("location")]).toEqual([302, "/a"]);
  expect(gate(requestTo("/"), { clientIp: "192.0.2.1" })?.status).toBe(503);
  expect(decisions.join()).not.toContain(secret);
  await live.close();
});

test("maintenanceMode() of tiny calls functions of its options, and reports what fails in them", () => {
  const onError = vi.fn();
  const gate = maintenanceMode({
    enabled: true,
    onError,
    page: () => {
      throw new Error("page failed");
    },
    allow: (request) => request.headers.has("x-pass"),
  });
  expect(gate(requestTo("/", { "x-pass": "1" }))).toBeUndefined();
  expect(gate(requestTo("/"))?.status).toBe(503);
  expect(onError.mock.calls).toEqual([[new Error("page failed")]]);
  const own = maintenanceMode({
    enabled: true,
    handler503: (_, { status, reason }) => new Response(reason, { status }),
  });
  expect(own(requestTo("/"))?.headers.get("maintenance-mode")).toBeNull();
  expect(maintenanceMode({ enabled: true }).notice(requestTo("/"))).toBeUndefined();
});

test.each(["", "*", "//", "http://[", "data:,x", "http://user:pass@h/", "\0", `http://h/${"a".repeat(70_000)}`])(
  "maintenanceMode() of tiny answers a request for %j",
  (url) => {
    const gate = maintenanceMode({ enabled: true, ignoreUrls: ["/a/*/b"], page: "<p>{{request_path}}" });
    for (const method of ["GET", "HEAD", "POST", "TRACE", ""]) {
      expect(gate({ url, method, headers: new Headers() } as Request)?.status).toBe(503);
    }
  },
);
