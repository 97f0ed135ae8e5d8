import fc from "fast-check";
import { expect, test } from "vitest";
import { likeliest } from "../../src/util/likeliest.ts";
import { messageOf, quote, received } from "../../src/util/received.ts";
import { maintenanceMode } from "../../src/maintenance.ts";
import { escapeHtml } from "../../src/answer/page/escape.ts";
import { compileTemplate } from "../../src/answer/page/template.ts";

const text = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.string({ unit: fc.constantFrom(...`<>&"'\`/{}$&;#x3c=script `) }),
  fc.webUrl(),
);

const accept = fc.oneof(
  text,
  fc.constantFrom("text/html", "application/json", "text/plain", "*/*", "text/html;q=0"),
);

const header = fc.tuple(
  fc.constantFrom("accept", "host", "x-forwarded-for", "cookie", "range", "upgrade", "content-type", "origin"),
  text,
);

/** Anything that can be called a request: of the runtime's own class where that takes it. */
const request = fc.record({
  url: fc.oneof(
    text,
    fc.webUrl({ withQueryParameters: true, withFragments: true }),
    fc.constantFrom("*", "about:blank"),
  ),
  method: fc.constantFrom("GET", "HEAD", "POST", "OPTIONS", "CONNECT", "TRACE", "PURGE", "get", ""),
  headers: fc.array(header),
  accept: fc.option(accept, { nil: null }),
}).map(({ url, method, headers, accept }): Request => {
  const fields = new Map<string, string>([...headers, ...(accept === null ? [] : [["accept", accept] as const])]);
  try {
    return new Request(url, { method, headers: [...fields] });
  } catch {
    return { url, method, headers: { get: (name: string) => fields.get(name) ?? null } } as unknown as Request;
  }
});

const ctx = fc.option(
  fc.record({ clientIp: fc.oneof(fc.ipV4(), fc.ipV6(), text), isStaff: fc.boolean() }, { requiredKeys: [] }),
  { nil: undefined },
);

test("maintenanceMode() that is off lets any request through", () => {
  const off = maintenanceMode({ enabled: false, ignoreUrls: ["/a"], internalIps: ["10.0.0.0/8"], allow: () => false });
  fc.assert(
    fc.property(request, ctx, (request, ctx) => {
      expect([off(request, ctx), off.explain(request, ctx).because]).toEqual([undefined, "off"]);
    }),
    { numRuns: 500 },
  );
});

test("maintenanceMode() that is on answers any request that nothing lets in with 503 and no-store", () => {
  const on = maintenanceMode({
    enabled: true,
    allowStaff: false,
    ignoreUrls: ["https://no.such.host.test/secret", /^\/no-such-path$/],
    internalIps: ["fec0:dead:beef::1"],
    allow: () => false,
    retryAfter: 600,
  });
  fc.assert(
    fc.property(request, ctx, (request, ctx) => {
      const response = on(request, ctx)!;
      expect([response.status, response.headers.get("cache-control"), response.headers.get("retry-after")]).toEqual([
        503,
        "no-store",
        "600",
      ]);
      const types = [
        "text/html; charset=utf-8",
        "application/problem+json",
        "application/json",
        "text/plain; charset=utf-8",
      ];
      expect(types).toContain(response.headers.get("content-type"));
      expect(response.body === null).toBe(request.method === "HEAD");
    }),
    { numRuns: 1_000 },
  );
});

test("maintenanceMode() decides as explain() says", () => {
  const gate = maintenanceMode({
    enabled: true,
    ignoreUrls: ["/*a*", { protocol: "https" }],
    internalIps: ["0.0.0.0/1", "2000::/3"],
    allow: ({ method }) => method === "POST",
  });
  fc.assert(
    fc.property(request, ctx, (request, ctx) => {
      const { outcome, because, matched } = gate.explain(request, ctx);
      expect(gate(request, ctx) === undefined).toBe(outcome === "pass");
      expect(matched !== undefined).toBe(because === "internal-ip" || because === "ignored-url");
    }),
    { numRuns: 500 },
  );
});

test("compileTemplate() puts no unescaped character of markup into the page", () => {
  const page = compileTemplate("{{request_path}}|{{request_url}}|{{request_method}}") as (info: never) => string;
  fc.assert(
    fc.property(text, text, text, (requestPath, url, method) => {
      const html = page({ requestPath, request: { url, method } } as never);
      expect(html).not.toMatch(/[<>"'`]|&(?!(?:amp|lt|gt|quot|#39|#96);)/);
    }),
    { numRuns: 500 },
  );
});

test("maintenanceMode() puts no character of the request unescaped into the page", async () => {
  const page = "{{request_path}} {{request_url}} {{request_method}}";
  const maintenance = maintenanceMode({ enabled: true, page, responseType: "html" });
  await fc.assert(
    fc.asyncProperty(request.filter(({ method }) => method !== "HEAD"), async (request) => {
      expect(await maintenance(request)!.text()).not.toMatch(/[<>"'`]/);
    }),
    { numRuns: 300 },
  );
});

test("escapeHtml() can be undone", () => {
  const characters: Record<string, string> = { amp: "&", lt: "<", gt: ">", quot: '"', "#39": "'", "#96": "`" };
  fc.assert(
    fc.property(text, (text) => {
      expect(escapeHtml(text).replace(/&([^;]+);/g, (_, name: string) => characters[name]!)).toBe(text);
    }),
    { numRuns: 500 },
  );
});

const anything = fc.anything({
  withBigInt: true,
  withDate: true,
  withMap: true,
  withNullPrototype: true,
  withObjectString: true,
  withSet: true,
  withSparseArray: true,
  withTypedArray: true,
});

test("received() shows anything in a line, without throwing", () => {
  fc.assert(
    fc.property(anything, (value) => {
      expect(received(value)).toMatch(/^[^\n]{1,700}$/);
    }),
    { numRuns: 1_000 },
  );
});

test("messageOf() reads anything without throwing", () => {
  fc.assert(
    fc.property(anything, (value) => {
      expect(messageOf(value)).toBeTypeOf("string");
    }),
    { numRuns: 1_000 },
  );
});

test("likeliest() suggests a known name or nothing", () => {
  const names = ["enabled", "ignoreUrls", "internalIps", "retryAfter"];
  fc.assert(
    fc.property(fc.oneof(text, fc.constantFrom(...names).map((name) => name.slice(1))), (name) => {
      expect([...names, undefined]).toContain(likeliest(name, names));
    }),
    { numRuns: 1_000 },
  );
});

test("quote() writes any text as a JSON string", () => {
  fc.assert(
    fc.property(text, (text) => {
      expect(JSON.parse(quote(text))).toBe(text.length > 100 ? `${text.slice(0, 100)}…` : text);
    }),
    { numRuns: 500 },
  );
});

test("maintenanceMode() takes any options, or refuses them with a TypeError that says what was wrong", () => {
  const options = fc.dictionary(
    fc.constantFrom(
      "enabled",
      "ignoreUrls",
      "internalIps",
      "allowStaff",
      "allow",
      "handler503",
      "page",
      "statusCode",
      "retryAfter",
      "redirectUrl",
      "responseType",
      "headers",
      "onDecision",
      "onError",
    ),
    fc.oneof(anything, fc.func(anything), fc.array(text), text),
  );
  fc.assert(
    fc.property(fc.oneof(options, anything), (options) => {
      let error: unknown;
      try {
        maintenanceMode(options as never);
      } catch (thrown) {
        error = thrown;
      }
      if (error !== undefined) {
        expect(error).toBeInstanceOf(TypeError);
        expect((error as TypeError).message).toMatch(/^Cannot create maintenance mode: /);
      }
    }),
    { numRuns: 1_000 },
  );
});
