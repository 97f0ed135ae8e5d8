/** Checks of URL patterns. */
import type { MaintenanceOptions, UrlPatternObject } from "../../../src/index.ts";
import { type Checks, equal, get, odd, randomness, refused, show } from "./check.ts";

/** By their names. */
export const urlChecks: Checks = {
  "RegExp flags g and y do not make answers depend on earlier ones": ({ maintenanceMode }) => {
    const global = /^\/status/g;
    const sticky = /\/health/y;
    global.lastIndex = 3;
    const gate = maintenanceMode({ enabled: true, ignoreUrls: [global, sticky] });
    for (let i = 0; i < 6; i++) {
      equal(gate(get("/status/a")), undefined, `g, request ${i}`);
      equal(gate(get("/health")), undefined, `y, request ${i}`);
      equal(gate(get("/admin/health"))?.status, 503, `y is anchored, request ${i}`);
    }
    equal(global.lastIndex, 3, "the caller's RegExp is untouched");
  },

  "semicolons and encoded slash, backslash, NUL, ? and # never match": ({ isTiny, maintenanceMode, URLPattern }) => {
    const lists: MaintenanceOptions["ignoreUrls"][] = [
      ["/docs/*"],
      ["/*"],
      [/^\/docs/],
      [/./],
      [new URLPattern({ pathname: "/docs/*" })],
      [{ pathname: "/docs/:rest(.*)" }],
      ["http://site.test/docs/*"],
      ["/docs/..%2fadmin", "/docs/a%2Fb", "/docs/%5c", "/docs/%00"],
    ];
    const traps = ["..%2fadmin", "..%2Fadmin", "a%5cb", "a%5Cb", "a%00", "%2f", "a/%2F/b", "%252f/%2f", "%00"];
    traps.push("a;b", "..;/admin", ";", "a%3fb", "a%3Fb", "%23", "a%23.css");
    const isPath = (pattern: unknown) => typeof pattern === "string" && pattern.startsWith("/");
    for (const ignoreUrls of lists.filter((list) => !isTiny || list!.every(isPath))) {
      const gate = maintenanceMode({ enabled: true, ignoreUrls: ignoreUrls! });
      for (const trap of traps) {
        equal(gate.explain(get(`/docs/${trap}`)).because, "maintenance", `${trap} against ${show(ignoreUrls)}`);
        // As some servers hand it over: a URL that no parser has tidied up.
        equal(gate.explain(odd(`http://site.test/docs/${trap}`)).because, "maintenance", `raw ${trap}`);
      }
    }
    const gate = maintenanceMode({ enabled: true, ignoreUrls: ["/docs/*"] });
    equal(gate.explain(get("/docs/a?next=%2fadmin")).because, "ignored-url", "the query does not matter");
    for (
      const raw of [
        "/docs/../admin",
        "/docs/..",
        "/docs/%2e%2e/admin",
        "/docs/%2E./admin",
        "/docs/..\\admin",
        "/docs\\a",
      ]
    ) {
      equal(gate.explain(odd(`http://site.test${raw}`)).because, "maintenance", `raw ${raw}`);
    }
  },

  "patterns answer as URLPattern does, on random paths": ({ maintenanceMode, URLPattern, hasUrlPattern }) => {
    const random = randomness(42);
    const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)]!;
    const join = (from: readonly string[], most: number) =>
      Array.from({ length: 1 + Math.floor(random() * most) }, () => pick(from)).join("");
    const patternParts = [
      ...["/", "/a", "/b", "/a", "/docs", "/*", "*", "/:id", "/:id(\\d+)", "/:x.txt", "{/a}?", "{/b}+", "/é", "/a b"],
      ...["/%41", "/A", "/\\*", "/\\:x", "/(a|b)", "/:rest*", "/.", "/..", "/a-:y-b", ".html", "/~", "/%2e", "//"],
    ];
    const urlParts = [
      ...["/", "/a", "/b", "/a", "/docs", "/1", "/23", "/c.txt", "/é", "/a b", "/%41", "/A", "/*", "/:x", "/.", "/.."],
      ...["/a-q-b", ".html", "/~", "/%2e", "//", "?x=/a", "#y", "/%C3%A9", "/%zz", "/a%20b", ";p=1", "/@", "/|", "/^"],
    ];
    const urls = Array.from({ length: 60 }, () => get(`/${join(urlParts, 4)}`.replace(/^\/\//, "/")));
    urls.push(get("/"), get("/a"), get("//a"), get("/a/b/docs"), get("/docs?x"), get("/a/"));
    let compared = 0;
    let matched = 0;
    for (let i = 0; i < 400; i++) {
      const pathname = join(patternParts, 3);
      if (!pathname.startsWith("/") && !pathname.startsWith("{/")) continue;
      let own: UrlPatternObject;
      try {
        own = new URLPattern({ pathname });
      } catch {
        refused(
          () => maintenanceMode({ ignoreUrls: [{ pathname }] }),
          /ignoreUrls\[0\]/,
          `{ pathname: "${pathname}" }`,
        );
        continue;
      }
      const given = pathname.startsWith("/") && random() < 0.5 ? pathname : { pathname };
      const gate = maintenanceMode({ enabled: true, ignoreUrls: [given] });
      for (const request of urls) {
        const path = request.url.replace(/^http:\/\/[^/]*/, "").replace(/[?#].*$/, "");
        // These never match: see the checks of paths that programs read in more than one way.
        if (/%(?:2f|5c|00|3f|23)|[\\;]/i.test(path)) continue;
        // The polyfill takes what follows "//" for a host. Ours does not: see the next check.
        if (path.startsWith("//") && !hasUrlPattern) continue;
        const expected = own.test(request.url);
        const got = gate.explain(request).because === "ignored-url";
        equal(got, expected, `pattern ${show(given)} on ${request.url}`);
        compared++;
        if (expected) matched++;
      }
    }
    equal(compared > 5000 && matched > 300, true, `compared ${compared}, of which ${matched} matched`);
  },

  "a path that starts with // is a path": ({ maintenanceMode, URLPattern }) => {
    const patterns: MaintenanceOptions["ignoreUrls"] = [
      ...["/health", "/:id", "/:id(\\d+)", "/{health}?", "/a/:x(b|c)", "http://site.test/health"],
      ...[{ pathname: "/:id(\\d+)" }, { pathname: "/health", search: "*" }, new URLPattern({ pathname: "/:id(\\d+)" })],
      ...[/^\/health/],
    ];
    for (const pattern of patterns) {
      const gate = maintenanceMode({ enabled: true, ignoreUrls: [pattern] });
      for (
        const path of [
          "//evil.test/health",
          "//health",
          "///health",
          "//evil.test/42",
          "//42",
          "//evil.test/a/b",
          "//evil",
        ]
      ) {
        equal(gate.explain(get(path)).because, "maintenance", `${path} against ${show(pattern)}`);
        equal(gate.explain(get(`${path}?/health`)).because, "maintenance", `${path}?/health against ${show(pattern)}`);
      }
    }
  },

  "many patterns answer like each on its own": ({ maintenanceMode, URLPattern }) => {
    const random = randomness(3);
    const patterns = Array.from({ length: 600 }, (_, i) => {
      const id = Math.floor(random() * 300).toString(36);
      return [`/p/${id}`, `/p/${id}/*`, `/p/:x/${id}`, `/p/${id}/:y`, `/${id}*`][i % 5]!;
    });
    const gate = maintenanceMode({ enabled: true, ignoreUrls: patterns });
    const own = [...new Set(patterns)].map((pathname) => new URLPattern({ pathname }));
    for (let i = 0; i < 60; i++) {
      const id = Math.floor(random() * 400).toString(36);
      const url = [`/p/${id}`, `/p/${id}/a/b`, `/p/a/${id}`, `/${id}b/c`, `/q/${id}`, `/p/${id}/`][i % 6]!;
      const request = get(url);
      const got = gate.explain(request).because === "ignored-url";
      equal(got, own.some((pattern) => pattern.test(request.url)), url);
    }
  },

  "no pattern makes one request expensive": ({ maintenanceMode }) => {
    const path = `/${"a".repeat(1500)}`;
    for (const pattern of ["/*a*a*a*b", "/:x-:y-:z-:w-b", "/*.*.*.*.b", "/(a*)*b", "/*/*/*/*/*/b"]) {
      let gate: ReturnType<typeof maintenanceMode>;
      try {
        gate = maintenanceMode({ enabled: true, ignoreUrls: [pattern] });
      } catch (error) {
        if (error instanceof TypeError) continue; // Refusing it bounds the cost, too.
        throw error;
      }
      const before = Date.now();
      for (const url of [path, path.replaceAll("a", "a-"), path.replaceAll("a", "a."), path.replaceAll("a", "a/")]) {
        gate(get(url));
      }
      // Unbounded, each of them takes hours; bounded, milliseconds. The limit is for a machine under load.
      equal(Date.now() - before < 20_000, true, `${pattern} took ${Date.now() - before} ms`);
    }
  },
};
