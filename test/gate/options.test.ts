import { optionError } from "../_errors.ts";
import { expect, test } from "vitest";
import { resolveOptions as resolve } from "../../src/gate/options.ts";
import { FULL_FEATURES } from "../../src/gate/full-features.ts";
import type { GateSettings } from "../../src/gate/features.ts";
import type { MaintenanceOptions } from "../../src/gate/maintenance-options.ts";
import { LANGUAGES } from "../../src/answer/page/languages.ts";

function resolveOptions(options: MaintenanceOptions): GateSettings {
  return resolve(options, LANGUAGES);
}

class Custom {}

test("resolveOptions() fills in defaults", () => {
  const { onError, ...settings } = resolveOptions({});
  expect(onError).toBeTypeOf("function");
  expect(settings).toEqual({
    enabled: false,
    live: undefined,
    allowStaff: true,
    statusCode: 503,
    internalIps: [],
    isInternal: undefined,
    ignoreUrls: [],
    isIgnored: undefined,
    reading: { isRead: undefined, isWrite: undefined, reads: [], writes: [] },
    redirect: undefined,
    retryJitter: 0,
    site: {},
    languages: Object.entries(LANGUAGES).map(([tag, messages]) => ({ tag, messages })),
    cors: { origins: undefined, credentials: false, privateNetwork: true },
    announce: { before: 86_400, header: undefined },
    admittedCaching: "no-store",
    headers: {},
    features: FULL_FEATURES,
  });
});

test("resolveOptions() takes undefined for an option that is not given", () => {
  const names = [
    "enabled",
    "ignoreUrls",
    "reads",
    "writes",
    "internalIps",
    "allowStaff",
    "allow",
    "handler503",
    "page",
    "statusCode",
    "retryAfter",
    "retryJitter",
    "redirectUrl",
    "bypassSecret",
    "bypassDomain",
    "bypassForm",
    "announce",
    "admittedCaching",
    "responseType",
    "site",
    "messages",
    "languages",
    "cors",
    "headers",
    "onDecision",
    "onError",
  ];
  const settings = resolveOptions(Object.fromEntries(names.map((name) => [name, undefined])));
  expect([settings.enabled, settings.allowStaff, settings.statusCode, settings.headers]).toEqual([
    false,
    true,
    503,
    {},
  ]);
});

test.each<[string, MaintenanceOptions]>([
  ["enabled", { enabled: true }],
  ["enabled", { enabled: false }],
  ["enabled", { enabled: () => true }],
  ["ignoreUrls", { ignoreUrls: ["/a", "https://a.test/*", /b/, { pathname: "/c" }, new URLPattern({ port: "80" })] }],
  ["ignoreUrls", { ignoreUrls: ["POST /a", "GET,HEAD https://a.test/*"] }],
  ["reads", { reads: ["POST /a", /b/] }],
  ["writes", { writes: ["GET /a", { pathname: "/b" }] }],
  ["internalIps", { internalIps: ["10.0.0.1", "10.0.0.0/8", "::1", "2001:db8::/32", "::ffff:10.0.0.1"] }],
  ["allowStaff", { allowStaff: false }],
  ["allow", { allow: () => false }],
  ["handler503", { handler503: () => new Response() }],
  ["page", { page: "" }],
  ["page", { page: "<p>{{request_path}}" }],
  ["page", { page: () => "" }],
  ["statusCode", { statusCode: 200 }],
  ["statusCode", { statusCode: 299 }],
  ["statusCode", { statusCode: 400 }],
  ["statusCode", { statusCode: 599 }],
  ["retryAfter", { retryAfter: 0 }],
  ["retryAfter", { retryAfter: Number.MAX_SAFE_INTEGER }],
  ["retryAfter", { retryAfter: new Date(0) }],
  ["redirectUrl", { redirectUrl: "/" }],
  ["redirectUrl", { redirectUrl: "/a?b#c" }],
  ["redirectUrl", { redirectUrl: "https://status.test" }],
  ["redirectUrl", { redirectUrl: "HTTP://status.test/a" }],
  ["responseType", { responseType: "html" }],
  ["responseType", { responseType: "json" }],
  ["responseType", { responseType: "text" }],
  ["responseType", { responseType: () => "text" }],
  ["headers", { headers: {} }],
  ["headers", { headers: { "x-a": "1" } }],
  ["headers", { headers: [["x-a", "1"]] }],
  ["headers", { headers: new Headers({ "x-a": "1" }) }],
  ["headers", { headers: new Map([["x-a", "1"]]) }],
  ["onDecision", { onDecision: () => {} }],
  ["onError", { onError: () => {} }],
])("resolveOptions() accepts as %s %o", (_name, options) => {
  expect(() => resolveOptions(options)).not.toThrow();
});

test.each<[unknown, string]>([
  [
    { enabled: "true" },
    '"enabled" must be true, false or a function that returns one, received "true"',
  ],
  [{ enabled: 1 }, '"enabled" must be true, false or a function that returns one, received 1'],
  [{ enabled: null }, '"enabled" must be true, false or a function that returns one, received null'],
  [
    { enabled: Promise.resolve(true) },
    '"enabled" must be true, false or a function that returns one, received a promise',
  ],
  [{ allowStaff: "no" }, '"allowStaff" must be true or false, received "no"'],
  [{ allowStaff: 0 }, '"allowStaff" must be true or false, received 0'],
  [{ allowStaff: null }, '"allowStaff" must be true or false, received null'],
  [{ allowStaff: () => true }, '"allowStaff" must be true or false, received the function allowStaff'],
  [{ allow: true }, '"allow" must be a function, received true'],
  [{ allow: null }, '"allow" must be a function, received null'],
  [{ handler503: new Response() }, '"handler503" must be a function, received an instance of Response'],
  [{ handler503: "<h1>" }, '"handler503" must be a function, received "<h1>"'],
  [{ onDecision: [] }, '"onDecision" must be a function, received an array'],
  [{ onError: false }, '"onError" must be a function, received false'],
  [{ onError: null }, '"onError" must be a function, received null'],
  [{ onError: {} }, '"onError" must be a function, received an object'],
  [{ page: 503 }, '"page" must be HTML or a function that returns it, received 503'],
  [{ page: null }, '"page" must be HTML or a function that returns it, received null'],
  [{ page: new Custom() }, '"page" must be HTML or a function that returns it, received an instance of Custom'],
  [
    { responseType: "xml" },
    '"responseType" must be "html", "json", "text", "trpc" or a function that returns one of these or undefined, received "xml"',
  ],
  [
    { responseType: "HTML" },
    '"responseType" must be "html", "json", "text", "trpc" or a function that returns one of these or undefined, received "HTML"',
  ],
  [
    { responseType: null },
    '"responseType" must be "html", "json", "text", "trpc" or a function that returns one of these or undefined, received null',
  ],
])("resolveOptions() refuses %o", (options, message) => {
  expect(() => resolveOptions(options as MaintenanceOptions)).toThrow(
    optionError(`Cannot create maintenance mode: ${message}`),
  );
});

test.each<[unknown, string]>([
  [199, "199"],
  [600, "600"],
  [100, "100"],
  [0, "0"],
  [-503, "-503"],
  [503.5, "503.5"],
  [NaN, "NaN"],
  [Infinity, "Infinity"],
  ["503", '"503"'],
  [null, "null"],
  [204, "204"],
  [205, "205"],
  [300, '300: use "redirectUrl" to redirect'],
  [302, '302: use "redirectUrl" to redirect'],
  [304, '304: use "redirectUrl" to redirect'],
  [399, '399: use "redirectUrl" to redirect'],
])("resolveOptions() refuses the statusCode %j", (statusCode, received) => {
  const message =
    'Cannot create maintenance mode: "statusCode" must be an integer from 200 to 599 of a response that ' +
    `can have a body, received ${received}`;
  expect(() => resolveOptions({ statusCode: statusCode as number })).toThrow(optionError(message));
});

test.each<[unknown, string]>([
  [-1, "-1"],
  [0.5, "0.5"],
  [NaN, "NaN"],
  [Infinity, "Infinity"],
  [2 ** 53, "9007199254740992"],
  ["1h", '"1h": write 3600 for one hour'],
  ["600", '"600": write 3600 for one hour'],
  [null, "null"],
  [false, "false"],
  [10n, "a bigint"],
  [new Date(NaN), "an invalid Date"],
])("resolveOptions() refuses the retryAfter %s", (retryAfter, received) => {
  const message =
    `Cannot create maintenance mode: "retryAfter" must be a whole number of seconds from 0 or a Date, received ${received}`;
  expect(() => resolveOptions({ retryAfter: retryAfter as number })).toThrow(optionError(message));
});

test.each<[unknown, string]>([
  ["", '""'],
  ["maintenance.html", '"maintenance.html"'],
  ["//other.test/", '"//other.test/"'],
  ["/\\other.test/", '"/\\\\other.test/"'],
  ["/\t/other.test/", '"/\\t/other.test/"'],
  ["/\n\\other.test/", '"/\\n\\\\other.test/"'],
  ["javascript:alert(1)", '"javascript:alert(1)"'],
  ["data:text/html,a", '"data:text/html,a"'],
  ["ftp://other.test/", '"ftp://other.test/"'],
  ["https://", '"https://"'],
  [null, "null"],
  [302, "302"],
  [new URL("https://status.test/"), "an instance of URL"],
])("resolveOptions() refuses the redirectUrl %j", (redirectUrl, received) => {
  const message = 'Cannot create maintenance mode: "redirectUrl" must be a path such as "/maintenance.html" or an ' +
    `absolute http: or https: URL, received ${received}`;
  expect(() => resolveOptions({ redirectUrl: redirectUrl as string })).toThrow(optionError(message));
});

test.each(["/a%2Fb", "/a%5cb", "/a%00"])("resolveOptions() refuses the redirectUrl %s, which never passes", (path) => {
  const message = 'Cannot create maintenance mode: "redirectUrl" must be a path such as "/maintenance.html" or an ' +
    `absolute http: or https: URL, received "${path}": a path with an encoded slash, backslash or NUL does not pass ` +
    "the gate, so visitors would go in a circle";
  expect(() => resolveOptions({ redirectUrl: path })).toThrow(optionError(message));
});

test.each<[unknown, string]>([
  ["x-a: 1", '"x-a: 1"'],
  [null, "null"],
  [1, "1"],
])("resolveOptions() refuses %j in place of headers", (headers, received) => {
  const message =
    `Cannot create maintenance mode: "headers" must be header fields: an object, pairs or Headers, received ${received}`;
  expect(() => resolveOptions({ headers: headers as never })).toThrow(optionError(message));
});

test.each([
  ["a name with a space", { "x a": "1" }],
  ["an empty name", { "": "1" }],
  ["a value with a line feed", { "x-a": "1\r\nset-cookie: a=1" }],
  ["a value with NUL", { "x-a": "\0" }],
  ["a value outside Latin-1", { "x-a": "\u65e5" }],
  ["a pair of three", [["x-a", "1", "2"]]],
])("resolveOptions() refuses headers with %s and passes on the complaint", (_what, headers) => {
  const complaint = complaintAbout(headers as never);
  const message =
    `Cannot create maintenance mode: "headers" must be header fields: an object, pairs or Headers: ${complaint}`;
  expect(() => resolveOptions({ headers: headers as never })).toThrow(optionError(message));
});

function complaintAbout(headers: ConstructorParameters<typeof Headers>[0]): string {
  try {
    new Headers(headers);
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error("the headers are valid");
}

test.each(["Content-Type", "content-length", "Content-Encoding", "TRANSFER-ENCODING"])(
  "resolveOptions() refuses the header %s, which belongs to the body",
  (name) => {
    const message =
      `Cannot create maintenance mode: "headers" must not hold "${name.toLowerCase()}", which belongs to ` +
      'the body: use "handler503" for another';
    expect(() => resolveOptions({ headers: { [name]: "1" } })).toThrow(optionError(message));
  },
);

test("resolveOptions() keeps headers by their lower-case names, and each cookie", () => {
  const headers: [string, string][] = [["X-A", "1"], ["x-a", "2"], ["Set-Cookie", "a=1"], ["set-cookie", "b=2, c"]];
  expect(resolveOptions({ headers }).headers).toEqual({ "x-a": "1, 2", "set-cookie": ["a=1", "b=2, c"] });
});

test("resolveOptions() keeps a header called __proto__", () => {
  const { headers } = resolveOptions({ headers: [["__proto__", "1"]] });
  expect(Object.entries(headers)).toEqual([["__proto__", "1"]]);
});

test("resolveOptions() names the option and the index of a range and of a pattern", () => {
  expect(() => resolveOptions({ internalIps: ["::1", "10.0.0.0/33"] })).toThrow(
    optionError(
      'Cannot create maintenance mode: "internalIps[1]" must be an IP address or CIDR range such as "203.0.113.7", ' +
        '"10.0.0.0/8" or "2001:db8::/32", received "10.0.0.0/33": the length of the prefix must be a whole number from ' +
        "0 to 32",
    ),
  );
  expect(() => resolveOptions({ ignoreUrls: ["/a", "b"] })).toThrow(
    optionError(
      'Cannot create maintenance mode: "ignoreUrls[1]" must be a path pattern such as "/docs/*", a URL pattern such as ' +
        '"https://api.example.com/*", a RegExp, a URLPattern or its parts, received "b": start it with "/" or with a ' +
        'scheme such as "https://"',
    ),
  );
});

test.each([
  ["ignoreURLs", "ignoreUrls"],
  ["ignore_urls", "ignoreUrls"],
  ["IGNORE_URLS", "ignoreUrls"],
  ["MAINTENANCE_IGNORE_URLS", "ignoreUrls"],
  ["INTERNAL_IPS", "internalIps"],
  ["internalIPs", "internalIps"],
  ["retry_after", "retryAfter"],
  ["MAINTENANCE_MODE_RETRY_AFTER", "retryAfter"],
  ["statuscode", "statusCode"],
  ["status", "statusCode"],
  ["MAINTENANCE_MODE_STATUS_CODE", "statusCode"],
  ["redirect", "redirectUrl"],
  ["redirectURL", "redirectUrl"],
  ["MAINTENANCE_MODE_REDIRECT_URL", "redirectUrl"],
  ["MAINTENANCE_MODE_RESPONSE_TYPE", "responseType"],
  ["handler", "handler503"],
  ["handler_503", "handler503"],
  ["enable", "enabled"],
  ["allowstaff", "allowStaff"],
  ["header", "headers"],
  ["onerror", "onError"],
  ["onDescision", "onDecision"],
  ["pages", "page"],
])("resolveOptions() asks of %s whether %s was meant", (name, likely) => {
  expect(() => resolveOptions({ [name]: undefined })).toThrow(
    optionError(`Cannot create maintenance mode: unknown name "${name}" in options: did you mean "${likely}"?`),
  );
});

test.each(["zebra", "MAINTENANCE_MODE_STATE_BACKEND"])(
  "resolveOptions() lists the names beside %s",
  (name) => {
    const message = `Cannot create maintenance mode: unknown name "${name}" in options: accepted are enabled, ` +
      "state, ignoreUrls, reads, writes, internalIps, allowStaff, allow, handler503, page, statusCode, retryAfter, retryJitter, redirectUrl, " +
      "bypassSecret, bypassDomain, bypassForm, announce, admittedCaching, responseType, site, messages, languages, cors, headers, onDecision, onError";
    expect(() => resolveOptions({ [name]: true })).toThrow(optionError(message));
  },
);

test.each<[unknown, string]>([
  [null, "null"],
  [true, "true"],
  ["on", '"on"'],
  [[], "an array"],
  [() => ({}), "a function"],
])("resolveOptions() refuses %o in place of options", (options, received) => {
  expect(() => resolveOptions(options as MaintenanceOptions)).toThrow(
    optionError(`Cannot create maintenance mode: options must be an object, received ${received}`),
  );
});

test("resolveOptions() does not modify its input and does not see later changes of it", () => {
  const date = new Date(1_000);
  const options = { ignoreUrls: ["/a"], internalIps: ["10.0.0.1"], retryAfter: date, headers: { "X-A": "1" } };
  const settings = resolveOptions(options);
  expect(options).toEqual({
    ignoreUrls: ["/a"],
    internalIps: ["10.0.0.1"],
    retryAfter: new Date(1_000),
    headers: { "X-A": "1" },
  });
  options.ignoreUrls.push("/b");
  options.internalIps.push("10.0.0.2");
  options.headers["X-A"] = "2";
  date.setTime(2_000);
  expect([settings.ignoreUrls, settings.internalIps, settings.headers, settings.retryAfter]).toEqual([
    ["/a"],
    ["10.0.0.1"],
    { "x-a": "1" },
    new Date(1_000),
  ]);
});

test.each([
  ["MAINTENANCE_MODE", 'did you mean "enabled"?'],
  ["MAINTENANCE_MODE_TEMPLATE", 'did you mean "page"?'],
  ["isStaff", "it is an option of withMaintenance(), maintenanceMiddleware() and contextFrom()"],
  ["trustProxy", "it is an option of withMaintenance(), maintenanceMiddleware() and contextFrom()"],
])("resolveOptions() knows what is meant by %s", (name, hint) => {
  expect(() => resolveOptions({ [name]: true })).toThrow(
    optionError(`Cannot create maintenance mode: unknown name "${name}" in options: ${hint}`),
  );
});

test("resolveOptions() refuses the name of a file for a page", () => {
  expect(() => resolveOptions({ page: "templates/503.html" })).toThrow(
    optionError(
      'Cannot create maintenance mode: "page" must be HTML or a function that returns it, received ' +
        '"templates/503.html": read the file: readFileSync("templates/503.html", "utf8")',
    ),
  );
});

test.each([["short-secret-123"], [""], [12345678901234567890], [null], ["x".repeat(257)], [["correct-horse-battery"]]])(
  "resolveOptions() refuses %j as bypassSecret, and does not repeat it",
  (value) => {
    // 16 characters are enough, so one is taken away.
    const bypassSecret = value === "short-secret-123" ? value.slice(1) : value;
    expect(() => resolveOptions({ bypassSecret } as MaintenanceOptions)).toThrow(
      optionError(
        'Cannot create maintenance mode: "bypassSecret" must be a text of 16 to 256 characters, such as ' +
          "crypto.randomUUID() makes",
      ),
    );
  },
);

test.each(["correct-horse-battery\n", " correct-horse-battery", "correct-horse\0battery"])(
  "resolveOptions() refuses %j as bypassSecret, which nobody could paste",
  (bypassSecret) => {
    expect(() => resolveOptions({ bypassSecret })).toThrow(
      optionError(
        'Cannot create maintenance mode: "bypassSecret" must be a text without control characters, and without white ' +
          "space at its start or end: trim() it",
      ),
    );
  },
);

test("resolveOptions() hands bypassSecret on to nobody", () => {
  const settings = resolveOptions({ bypassSecret: "short-secret-123" });
  expect(JSON.stringify(settings)).not.toContain("short-secret");
});

test.each(["example.com", "localhost", "a.b.c.example.co.uk", "xn--bcher-kva.example", "1.example", "EXAMPLE.com"])(
  "resolveOptions() takes %s as bypassDomain",
  (bypassDomain) => expect(resolveOptions({ bypassDomain }).bypassDomain).toBe(bypassDomain),
);

test.each<[unknown, string]>([
  [".example.com", '".example.com": write "example.com"'],
  ["https://example.com/", '"https://example.com/": write "example.com"'],
  ["example.com:8080", '"example.com:8080": write "example.com"'],
  ["example.com; Secure", '"example.com; Secure"'],
  ["a\r\nSet-Cookie: b", '"a\\r\\nSet-Cookie: b"'],
  ["127.0.0.1", '"127.0.0.1"'],
  ["-a.example", '"-a.example"'],
  ["a..example", '"a..example"'],
  ["bücher.example", '"bücher.example"'],
  ["", '""'],
  [true, "true"],
])("resolveOptions() refuses %j as bypassDomain", (bypassDomain, received) => {
  expect(() => resolveOptions({ bypassDomain } as MaintenanceOptions)).toThrow(
    optionError(
      `Cannot create maintenance mode: "bypassDomain" must be a host name such as "example.com", received ${received}`,
    ),
  );
});

test.each(["public", "", true, null])("resolveOptions() refuses %j as admittedCaching", (admittedCaching) => {
  expect(() => resolveOptions({ admittedCaching } as MaintenanceOptions)).toThrow(
    optionError(
      `Cannot create maintenance mode: "admittedCaching" must be "no-store" or "leave", received ${
        JSON.stringify(admittedCaching)
      }`,
    ),
  );
});

test.each<[MaintenanceOptions["announce"], number, string | undefined]>([
  [0, 0, undefined],
  [3_600, 3_600, undefined],
  [{}, 86_400, undefined],
  [{ before: 60 }, 60, undefined],
  [{ header: "Maintenance" }, 86_400, "Maintenance"],
  [{ before: 60, header: false }, 60, undefined],
])("resolveOptions() reads %j as announce", (announce, before, header) => {
  expect(resolveOptions({ announce: announce! }).announce).toEqual({ before, header });
});

test.each<[unknown, string]>([
  [-1, '"announce" must be a whole number of seconds from 0, or an object with "before" and "header", received -1'],
  ["1d", '"announce" must be a whole number of seconds from 0, or an object with "before" and "header", received "1d"'],
  [null, '"announce" must be a whole number of seconds from 0, or an object with "before" and "header", received null'],
  [{ before: 1.5 }, '"announce.before" must be a whole number of seconds from 0, received 1.5'],
  [
    { header: "a b" },
    '"announce.header" must be false or the name of a header field of its own such as "Maintenance", received "a b"',
  ],
  [
    { header: "Set-Cookie" },
    '"announce.header" must be false or the name of a header field of its own such as "Maintenance", ' +
    'received "Set-Cookie"',
  ],
  [
    { header: "content-type" },
    '"announce.header" must be false or the name of a header field of its own such as "Maintenance", ' +
    'received "content-type"',
  ],
  [{ headers: "A" }, 'unknown name "headers" in "announce": did you mean "header"?'],
])("resolveOptions() refuses %j as announce", (announce, message) => {
  expect(() => resolveOptions({ announce } as MaintenanceOptions)).toThrow(
    optionError(`Cannot create maintenance mode: ${message}`),
  );
});
