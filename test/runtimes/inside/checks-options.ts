/** Checks of options, and requests that no browser sends. */
import type { MaintenanceOptions } from "../../../src/index.ts";
import { type Checks, equal, get, odd, refused, show } from "./check.ts";

/** By their names. */
export const optionChecks: Checks = {
  "an onError that throws changes nothing": ({ maintenanceMode }) => {
    const own = console.error;
    console.error = () => {};
    try {
      const gate = maintenanceMode({
        enabled: true,
        allow: () => {
          throw new Error("the rule failed");
        },
        handler503: () => {
          throw new Error("the handler failed");
        },
        onError: () => {
          throw new Error("the error log is full");
        },
      });
      equal(gate(get("/"))?.status, 503, "status");
    } finally {
      console.error = own;
    }
  },

  "unusual requests get an answer, never an exception": ({ isTiny, maintenanceMode }) => {
    const gate = maintenanceMode({
      enabled: true,
      ignoreUrls: isTiny ? ["/health", "/a/*/b"] : ["/health", "https://api.example.test/*", /^\/status/],
      internalIps: ["10.0.0.0/8"],
      page: "<p>{{request_path}} {{request_url}} {{request_method}}</p>",
    });
    const other = isTiny ? { page: "<p>own" } : { redirectUrl: "/elsewhere" };
    const away = maintenanceMode({ enabled: true, ...other, ignoreUrls: ["/health"] });
    const urls = [
      "",
      "/",
      "relative",
      "*",
      "//",
      "http://",
      "http:///",
      "data:,x",
      "blob:null/1",
      "about:blank",
      "mailto:x",
    ];
    urls.push(
      "http://[",
      "http://a b/",
      "http://user:pass@h/",
      "health",
      "?",
      "#",
      "\0",
      "http://h:99999/",
      "x".repeat(70_000),
    );
    for (const url of urls) {
      for (const method of ["GET", "CONNECT", "TRACE", "M-SEARCH", "", "get"]) {
        equal(gate(odd(url, method))?.status, 503, `${method} ${url.slice(0, 40)}`);
        equal(
          [302, 503].includes(away(odd(url, method))?.status ?? 0),
          true,
          `redirect of ${method} ${url.slice(0, 40)}`,
        );
      }
    }
    for (
      const accept of [
        "",
        ",",
        ";",
        ",,;;==",
        "*",
        "text",
        "/",
        "a/b;q=",
        "\u00e9",
        "*/*;q=2",
        `a/b${",a/b".repeat(20_000)}`,
      ]
    ) {
      equal(gate(odd("http://site.test/", "GET", accept))?.status, 503, `Accept ${accept.slice(0, 40)}`);
    }
    const opaque = new Request("data:text/plain,x");
    equal(gate(opaque)?.status, 503, "an opaque URL");
  },

  "wrong options throw a TypeError that names them": ({ maintenanceMode }) => {
    const table: [options: unknown, message: RegExp][] = [
      [null, /null/],
      ["on", /"on"/],
      [[], /an array/],
      [{ enabled: "yes" }, /"enabled".*"yes"/],
      [{ enabled: 1 }, /"enabled".*1/],
      [{ enabled: null }, /"enabled".*null/],
      [{ ignoreURLs: [] }, /"ignoreURLs".*"ignoreUrls"/],
      [{ MAINTENANCE_IGNORE_URLS: [] }, /"ignoreUrls"/],
      [{ internalIPs: [] }, /"internalIps"/],
      [{ retry: 1 }, /"retry".*"retryAfter"/],
      [{ state: {} }, /"state"/],
      [{ bypassSecret: "x" }, /"bypassSecret"/],
      [{ nothingLikeIt: 1 }, /"nothingLikeIt"/],
      [{ ignoreUrls: "/health" }, /"ignoreUrls"/],
      [{ ignoreUrls: ["/ok", "health"] }, /"ignoreUrls\[1\]".*"health"/],
      [{ ignoreUrls: ["/ok", "/ok", ""] }, /"ignoreUrls\[2\]"/],
      [{ ignoreUrls: ["https://api.example.test"] }, /"ignoreUrls\[0\]".*"https:\/\/api\.example\.test"/],
      [{ ignoreUrls: ["/(unclosed"] }, /"ignoreUrls\[0\]".*"\/\(unclosed"/],
      [{ ignoreUrls: [{}] }, /"ignoreUrls\[0\]"/],
      [{ ignoreUrls: [{ pathnam: "/a" }] }, /"ignoreUrls\[0\]".*"pathname"|"pathnam".*"pathname"/],
      [{ ignoreUrls: [42] }, /"ignoreUrls\[0\]".*42/],
      [{ ignoreUrls: [null] }, /"ignoreUrls\[0\]".*null/],
      [{ internalIps: "10.0.0.1" }, /"internalIps"/],
      [{ internalIps: ["10.0.0.1", "10.0.0.0/33"] }, /"internalIps\[1\]".*"10\.0\.0\.0\/33"/],
      [{ allowStaff: 1 }, /"allowStaff"/],
      [{ allow: true }, /"allow"/],
      [{ handler503: new Response("x") }, /"handler503"/],
      [{ page: 42 }, /"page".*42/],
      [{ statusCode: "503" }, /"statusCode".*"503"/],
      [{ statusCode: 199 }, /"statusCode".*199/],
      [{ statusCode: 600 }, /"statusCode".*600/],
      [{ statusCode: 204 }, /"statusCode".*204/],
      [{ statusCode: 302 }, /"statusCode".*302/],
      [{ statusCode: 503.5 }, /"statusCode".*503\.5/],
      [{ statusCode: NaN }, /"statusCode".*NaN/],
      [{ retryAfter: -1 }, /"retryAfter".*-1/],
      [{ retryAfter: 1.5 }, /"retryAfter".*1\.5/],
      [{ retryAfter: "1h" }, /"retryAfter".*"1h"/],
      [{ retryAfter: new Date(NaN) }, /"retryAfter".*invalid Date/],
      [{ redirectUrl: "maintenance.html" }, /"redirectUrl".*"maintenance\.html"/],
      [{ redirectUrl: "//evil.test/" }, /"redirectUrl".*"\/\/evil\.test\/"/],
      [{ redirectUrl: "javascript:alert(1)" }, /"redirectUrl"/],
      [{ responseType: "xml" }, /"responseType".*"xml"/],
      [{ headers: { "x y": "1" } }, /"headers/],
      [{ headers: { "x-y": "1\r\nz: 2" } }, /"headers/],
      [{ headers: 42 }, /"headers"/],
      [{ headers: { "content-type": "text/html" } }, /"headers.*content-type/i],
      [{ onDecision: "log" }, /"onDecision"/],
      [{ onError: {} }, /"onError"/],
    ];
    for (const [options, message] of table) refused(() => maintenanceMode(options as never), message, show(options));
  },

  "no option puts a line break into a header": ({ maintenanceMode }) => {
    for (const redirectUrl of ["/a\r\nx-evil: y", "/a\nb", "https://status.example.test/\r\nx-evil: y"]) {
      let answer: Response | undefined;
      try {
        answer = maintenanceMode({ enabled: true, redirectUrl })(get("/"));
      } catch (error) {
        if (error instanceof TypeError) continue;
        throw error;
      }
      equal(/[\r\n]/.test(answer!.headers.get("location")!), false, show(redirectUrl));
      equal(answer!.headers.get("x-evil"), null, show(redirectUrl));
    }
  },

  "options are not modified and may be frozen": ({ isTiny, maintenanceMode }) => {
    const options = Object.freeze({
      enabled: true,
      ignoreUrls: Object.freeze(["/health", isTiny ? "/b" : Object.freeze({ pathname: "/b" })]),
      internalIps: Object.freeze(["10.0.0.0/8"]),
      headers: Object.freeze({ "x-a": "1" }),
    }) as MaintenanceOptions;
    const before = JSON.stringify(options);
    equal(maintenanceMode(options)(get("/"))?.status, 503, "status");
    equal(JSON.stringify(options), before, "the options");
    const ranges = ["10.0.0.0/8"];
    const gate = maintenanceMode({ enabled: true, internalIps: ranges });
    ranges.push("0.0.0.0/0");
    equal(gate.explain(get("/"), { clientIp: "192.0.2.1" }).because, "maintenance", "ranges added afterwards");
  },

  "by default each error is logged once, and nothing else is": ({ maintenanceMode }) => {
    const names = ["log", "info", "warn", "error", "debug"] as const;
    const own = names.map((name) => console[name]);
    const lines: string[] = [];
    for (const name of names) {
      console[name] = (...words: unknown[]) => void lines.push(`${name} ${words.map(String).join(" ")}`);
    }
    try {
      const gate = maintenanceMode({
        enabled: true,
        handler503: (request) => {
          throw new Error(`no page for ${request.headers.get("x-who")}`);
        },
      });
      for (const who of ["ann", "ann", "bob", "ann"]) equal(gate(get("/", { "x-who": who }))?.status, 503, "status");
      maintenanceMode({ enabled: true })(get("/"));
      maintenanceMode({})(get("/"));
    } finally {
      names.forEach((name, i) => console[name] = own[i]!);
    }
    equal(lines.map((line) => line.split(" ")[0]), ["error", "error"], `lines ${show(lines)}`);
    equal(lines[0]!.includes("no page for ann") && lines[1]!.includes("no page for bob"), true, show(lines));
  },
};
