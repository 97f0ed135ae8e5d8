/** What the pages say in tables and between their blocks of code. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { clientIpFrom, maintenanceMode, type MaintenanceOptions, renderPage } from "maintenancemode";
import { withMaintenance } from "maintenancemode/deno";
import { FleetError, liveState, parseState, StoreError } from "maintenancemode/state";
import { memoryStore } from "maintenancemode/stores/memory";
import { describe, expect, test, vi } from "vitest";
import { codeIn, page, type Table } from "./_pages.ts";
import { repository } from "./_scratch.ts";

const npm = JSON.parse(readFileSync(join(repository, "package.json"), "utf8"));
const jsr = JSON.parse(readFileSync(join(repository, "deno.json"), "utf8"));

/** An option as a page describes it: its name, and an example. */
type Described = [name: string, example: string];

const described: Described[] = Array.from(
  page("options.md").text.matchAll(/^### `(\w+)`$.*?^- Example: `(.*?)`$/gms),
  ([, name, example]) => [name!, example!],
);
const ofHosts = described.slice(-3);
const ofGate = described.slice(0, -3);
const column = (table: Table, at: number): string[] => table.rows.map((row) => row[at]!);

/** The value of an expression in a table, for which these names stand for something. */
function evaluate(expression: string): unknown {
  const live = expression.includes("live") ? liveState(memoryStore()) : undefined;
  void live?.close();
  return new Function("flag", "hasSession", "live", `return (${expression});`)(false, () => false, live);
}

function thrownBy(action: () => unknown): Error {
  try {
    action();
  } catch (error) {
    return error as Error;
  }
  throw new Error("Nothing was thrown");
}

function messageOf(action: () => unknown): string {
  return thrownBy(action).message;
}

describe("Install", () => {
  const rows = ["README.md", "quick-start.md"].flatMap((path) => page(path).tablesUnder("Install")[0]!.rows);
  const commands = rows.flatMap((row) => codeIn(row.at(-1)!).map((command) => [row[0]!, command] as const));

  test.each(commands)("from %s: %s names the package", (from, command) => {
    const name = command.split(" ").at(-1)!.replace(/^(?:jsr|npm):/, "");
    expect(name).toBe(from === "JSR" ? jsr.name : npm.name);
  });

  test("CommonJS works", () => {
    const load = createRequire(import.meta.url);
    expect(load("maintenancemode").maintenanceMode({ enabled: true }).active).toBe(true);
    expect(load("maintenancemode/deno").withMaintenance).toBeTypeOf("function");
  });
});

describe("Options", () => {
  const namesIn = (message: string) => /accepted are (.*)$/.exec(message)![1]!.split(", ").sort();
  const app = () => new Response();

  test("describes all options of maintenanceMode()", () => {
    const message = messageOf(() => maintenanceMode({ zzz: 1 } as MaintenanceOptions));
    expect(ofGate.map(([name]) => name).sort()).toEqual(namesIn(message));
  });

  test("describes all options of withMaintenance()", () => {
    const message = messageOf(() => withMaintenance(maintenanceMode(), app, { zzz: 1 } as object));
    expect(ofHosts.map(([name]) => name).sort()).toEqual(namesIn(message));
  });

  test("README.md describes some of them as they are", () => {
    for (const [name, of] of page("README.md").tablesUnder("The options you need")[0]!.rows) {
      const there = codeIn(of!)[0] === "withMaintenance" ? ofHosts : ofGate;
      expect(there.map(([name]) => name)).toContain(codeIn(name!)[0]);
    }
  });

  test.each(ofGate)("gives an example of %s that is accepted", (name, example) => {
    const options = evaluate(`{ ${example} }`) as MaintenanceOptions;
    expect(Object.keys(options)).toEqual([name]);
    expect(() => maintenanceMode(options)).not.toThrow();
  });

  test.each(ofHosts)("gives an example of %s that is accepted", (name, example) => {
    const options = evaluate(`{ ${example} }`) as object;
    expect(Object.keys(options)).toEqual([name]);
    expect(() => withMaintenance(maintenanceMode(), app, options)).not.toThrow();
  });

  test("names all values of a template", () => {
    const message = messageOf(() => maintenanceMode({ page: "{{zzz}}" }));
    const names = Array.from(page("options.md").text.matchAll(/`\{\{(\w+)\}\}`/g), ([, name]) => name!);
    for (const name of /accepted are (.*);/.exec(message)![1]!.split(", ")) expect(names).toContain(name);
  });
});

describe("Languages", () => {
  const section = page("page.md").text.split("\n## Languages\n")[1]!.split("\n#")[0]!.replace(/```.*?```/gs, "");

  test("names the languages that are built in", () => {
    const message = messageOf(() => maintenanceMode({ languages: ["tlh"] }));
    const tags = /there are (.*)$/.exec(message)![1]!.split(", ");
    expect(codeIn(section).filter((text) => tags.includes(text))).toEqual(tags);
  });

  test("names all words", () => {
    const message = messageOf(() => maintenanceMode({ messages: { en: { zzz: "" } as object } }));
    const names = /accepted are (.*)$/.exec(message)![1]!.split(", ");
    expect(codeIn(section).filter((text) => names.includes(text))).toEqual(names);
  });
});

describe("Which format", () => {
  const asks: [accept: string | undefined, fields: Record<string, string>, type: string | null][] = [
    ["text/html, application/json;q=0.9", {}, "text/html; charset=utf-8"],
    ["application/vnd.api+json, text/html;q=0.9", {}, "application/problem+json"],
    ["text/plain, */*;q=0.5", {}, "text/plain; charset=utf-8"],
    ["*/*", { "sec-fetch-dest": "empty" }, "application/problem+json"],
    ["*/*", { "content-type": "application/json" }, "application/problem+json"],
    ["image/png", {}, "text/html; charset=utf-8"],
    ["text/event-stream", {}, "text/plain; charset=utf-8"],
    ["application/graphql-response+json", {}, "application/graphql-response+json; charset=utf-8"],
    ["*/*", { "content-type": "application/grpc" }, "application/grpc"],
  ];

  test("says for each kind of request what it gets", () => {
    expect(page("answers.md").tablesUnder("Which format")[0]!.rows).toHaveLength(asks.length);
    const maintenance = maintenanceMode({ enabled: true });
    for (const [accept, fields, type] of asks) {
      const method = "content-type" in fields ? "POST" : "GET";
      const headers = { ...fields, ...(accept !== undefined && { accept }) };
      const response = maintenance(new Request("https://example.com/", { method, headers }))!;
      expect([accept, fields, response.headers.get("content-type")]).toEqual([accept, fields, type]);
    }
  });
});

describe("The page", () => {
  const [fields] = page("page.md").tablesUnder("Your site");

  test("lists all fields of site", () => {
    const message = messageOf(() => maintenanceMode({ site: { zzz: 1 } as object }));
    expect(message).toContain(`accepted are ${column(fields!, 0).flatMap(codeIn).join(", ")}`);
  });

  test.each(fields!.rows.map((row) => [...codeIn(row[0]!), ...codeIn(row.at(-1)!)]))(
    "gives an example of %s that is accepted",
    (name, example) => {
      const site = evaluate(`{ ${example} }`) as object;
      expect(Object.keys(site)).toEqual([name]);
      expect(() => maintenanceMode({ site })).not.toThrow();
    },
  );

  test("names all colours and all options of renderPage()", () => {
    const { text } = page("page.md");
    const colors = messageOf(() => maintenanceMode({ site: { colors: { zzz: "" } as object } }));
    for (const name of /accepted are (.*)$/.exec(colors)![1]!.split(", ")) expect(text).toContain(`\`--${name}\``);
    const options = messageOf(() => renderPage({ zzz: 1 } as object));
    for (const name of /accepted are (.*)$/.exec(options)![1]!.split(", ")) expect(text).toContain(`\`${name}\``);
  });
});

describe("Who gets in", () => {
  const url = "https://example.com/open";
  const secret = "correct-horse-battery";
  // What lets a request pass at each step, all of which hold at first; each step takes one away from the next.
  const rows = page("who-gets-in.md").tablesUnder("Who gets in")[0]!.rows;

  test.each(rows)("%s. %s: %s, %s", async (order, _if, outcome, word) => {
    const step = Number(order);
    const mode = step === 1 ? "off" : step >= 9 && step <= 10 ? "read-only" : "on";
    await using state = liveState(memoryStore());
    await state.set({ mode, bypass: secret, ...(step <= 8 && { admit: 1 }) });
    const maintenance = maintenanceMode({
      state,
      allowStaff: step <= 2,
      internalIps: step <= 3 ? ["192.0.2.1"] : [],
      ignoreUrls: step <= 4 ? ["/open"] : [],
      ...(step <= 7 && { allow: () => true }),
    });
    const request = new Request(step === 6 ? `${url}?maintenance-bypass=${secret}` : url, {
      method: step === 10 ? "POST" : "GET",
      headers: step <= 5 ? { "maintenance-bypass": secret } : {},
    });
    const ctx = { isStaff: true, clientIp: "192.0.2.1" };
    expect(maintenance.explain(request, ctx)).toMatchObject({
      outcome: outcome === "passes" ? "pass" : "answer",
      because: JSON.parse(codeIn(word!)[0]!),
    });
    expect(maintenance(request, ctx)?.status).toBe(
      { passes: undefined, "is redirected": 302, "is answered": 503 }[outcome!],
    );
  });

  test("a bypass link is redirected whoever opens it, and passes with other methods", () => {
    const maintenance = maintenanceMode({ enabled: true, bypassSecret: secret, ignoreUrls: ["/open"] });
    const open = (method: string) =>
      maintenance.explain(new Request(`${url}?maintenance-bypass=${secret}`, { method }), { isStaff: true }).because;
    expect([open("GET"), open("HEAD"), open("POST")]).toEqual(["bypass-link", "bypass-link", "bypass"]);
  });

  test("the path of redirectUrl passes", () => {
    const maintenance = maintenanceMode({ enabled: true, redirectUrl: "/sorry.html" });
    expect(maintenance.explain(new Request("https://example.com/sorry.html")).because).toBe("ignored-url");
    expect(maintenance(new Request(url))?.status).toBe(302);
  });
});

describe("URL patterns", () => {
  const [meaning] = page("urls.md").tablesUnder("What a string means");
  const [django] = page("coming-from/django.md").tablesUnder("Patterns");
  const [cost] = page("urls.md").tablesUnder("What a request can cost");
  const paths = ["/", "/contact", "/contact/us", "/contacts", "/docs", "/docs/", "/docs/a/b", "/users/", "/users/7"];
  paths.push("/users/7/", "/users/x/", "/users/7/8/", "/x/contact", "/x/docs/");

  test.each(meaning!.rows)("%s matches %s, and not %s", (pattern, matched, others) => {
    const maintenance = maintenanceMode({ enabled: true, ignoreUrls: [evaluate(codeIn(pattern!)[0]!) as string] });
    const passes = (path: string) => maintenance(new Request(`https://example.com${path}`)) === undefined;
    expect(codeIn(matched!).map(passes)).toEqual(codeIn(matched!).map(() => true));
    expect(codeIn(others!).map(passes)).toEqual(codeIn(others!).map(() => false));
  });

  test.each(django!.rows)("%s in Django is %s here", (old, here, passing) => {
    // For these, the regular expressions of Python are those of JavaScript; re.match() matches at the start.
    const expression = new RegExp(`^(?:${/^r"(.*)"$/.exec(codeIn(old!)[0]!)![1]})`);
    const expected = paths.filter((path) => expression.test(path));
    expect(expected).toEqual(expect.arrayContaining(codeIn(passing!)));
    for (const pattern of codeIn(here!)) {
      const maintenance = maintenanceMode({ enabled: true, ignoreUrls: [evaluate(pattern) as string | RegExp] });
      expect(paths.filter((path) => !maintenance(new Request(`https://example.com${path}?a=b`)))).toEqual(
        paths.filter((path) => expression.test(path)),
      );
    }
  });

  test.each(cost!.rows)("with %s repetitions, %s are tried", (repetitions, longest) => {
    const most = Number.parseInt(longest!.replace(",", ""));
    const count = Number(/\d+$/.exec(repetitions!)![0]);
    const maintenance = maintenanceMode({ enabled: true, ignoreUrls: [new RegExp(`^(?=/)/${"a*".repeat(count)}$`)] });
    const becauseAt = (length: number) => {
      return maintenance.explain(new Request(`https://example.com/${"a".repeat(length - 1)}`)).because;
    };
    expect(becauseAt(most)).toBe("ignored-url");
    expect(becauseAt(most + 1)).toBe("maintenance");
  });

  test("strings have no longest path", () => {
    const ignoreUrls = ["/*a*a*a*b", "/:x((?:a|b|ab)+)/c", "https://example.com/*a*a*a*b"];
    const maintenance = maintenanceMode({ enabled: true, ignoreUrls });
    expect(maintenance.explain(new Request(`https://example.com/${"a".repeat(100_000)}b`)).because).toBe("ignored-url");
    expect(maintenance.explain(new Request(`https://example.com/${"a".repeat(100_000)}c`)).because).toBe("maintenance");
    expect(maintenance.explain(new Request(`https://example.com/${"ab".repeat(50_000)}/c`)).because).toBe(
      "ignored-url",
    );
  });

  test("an expression that could take exponential time is refused", () => {
    expect(() => maintenanceMode({ ignoreUrls: [/(?=x)(a+)+/] })).toThrow(
      '"ignoreUrls[0]" must be a pattern whose cost',
    );
  });

  test("a whole URL in http or https", () => {
    const maintenance = maintenanceMode({ enabled: true, ignoreUrls: ["http{s}?://api.example.com/*"] });
    expect(maintenance(new Request("http://api.example.com/a"))).toBe(undefined);
    expect(maintenance(new Request("https://api.example.com/a"))).toBe(undefined);
    expect(maintenance(new Request("https://example.com/a"))?.status).toBe(503);
  });
});

test.each(["010.0.0.1", "0x7f.1", "127.1", "2130706433", "10.1.2.3/8", "fe80::1%eth0"])(
  "internalIps refuses %s",
  (address) => {
    expect(page("who-gets-in.md").text).toContain(`\`${address}\``);
    expect(() => maintenanceMode({ internalIps: [address] })).toThrow(TypeError);
  },
);

describe("Errors", () => {
  const request = new Request("https://example.com/", { headers: { accept: "text/html" } });
  const fail = () => {
    throw new Error("mine");
  };
  const late = () => Promise.resolve(true);
  const names = column(page("errors.md").tablesUnder("Errors and codes")[0]!, 0).flatMap(codeIn);

  test.each(names.filter((name) => !["isStaff", "enabled", "onError"].includes(name)))("%s", (name) => {
    for (const faulty of name === "onDecision" ? [fail] : [fail, late]) {
      const errors: unknown[] = [];
      const onError = (error: unknown) => void errors.push(error);
      const response = maintenanceMode({ enabled: true, onError, [name]: faulty })(request);
      expect(response?.status).toBe(503);
      expect(response?.headers.get("content-type")).toBe("text/html; charset=utf-8");
      expect(errors).toHaveLength(1);
    }
  });

  test("enabled", () => {
    const answers = [fail, () => true, fail, late, () => false, fail] as (() => boolean)[];
    const maintenance = maintenanceMode({ enabled: () => answers.shift()!(), onError: () => {} });
    expect([1, 2, 3, 4, 5, 6].map(() => maintenance.active)).toEqual([false, true, true, true, false, false]);
  });

  test("onError", () => {
    const written = vi.spyOn(console, "error").mockImplementation(() => {});
    const maintenance = maintenanceMode({ enabled: true, allow: fail, onError: fail });
    expect(maintenance(request)?.status).toBe(503);
    expect(written).toHaveBeenCalledOnce();
    written.mockRestore();
  });

  test("isStaff", async () => {
    for (const faulty of [fail, () => Promise.reject(new Error("mine"))]) {
      const errors: unknown[] = [];
      const maintenance = maintenanceMode({ enabled: true, onError: (error) => void errors.push(error) });
      const handler = withMaintenance(maintenance, () => new Response("up"), { isStaff: faulty });
      expect((await handler(request, { remoteAddr: { hostname: "192.0.2.1" } })).status).toBe(503);
      expect(errors).toHaveLength(1);
    }
  });
});

describe("Runtimes", () => {
  const version = (name: string) => {
    return JSON.parse(readFileSync(join(repository, "node_modules", name, "package.json"), "utf8")).version as string;
  };
  const packages: Record<string, string[]> = {
    "Node 20": ["node20"],
    "Node 22": ["node22"],
    "Node 24": ["node"],
    "Node 26": ["node26"],
    Deno: ["deno"],
    Bun: ["bun"],
    "Cloudflare Workers": ["miniflare"],
    "Service Worker": ["@sparticuz/chromium"],
    "Express, Connect, Fastify": ["express", "connect", "fastify"],
  };

  test.each(page("runtimes.md").tablesUnder("Runtimes")[0]!.rows)(
    "%s was tested with %s",
    (runtime, tested, imported) => {
      const numbers = tested!.replace(/ on Node 24$/, "").match(/\d[\d.]*/g)!;
      const installed = packages[runtime!]!.map(version);
      expect(installed.map((one, at) => `${one}.`.startsWith(`${numbers[at]}.`))).toEqual(installed.map(() => true));
      const [subpath = ""] = codeIn(imported!);
      expect(npm.exports).toHaveProperty([`.${subpath.slice("maintenancemode".length)}`]);
    },
  );
});

test("The addresses of the names in trustProxy", () => {
  for (const [name, ranges] of page("proxies.md").tablesUnder("Behind a proxy")[0]!.rows) {
    const options = { trustProxy: [JSON.parse(codeIn(name!)[0]!) as string] };
    const headers = new Headers({ "x-forwarded-for": "192.0.2.1" });
    for (const range of codeIn(ranges!)) {
      const first = range.split("/")[0]!.replace(/::$/, "::1");
      expect(clientIpFrom(headers, first, options), range).toBe("192.0.2.1");
    }
    expect(clientIpFrom(headers, "203.0.113.1", options)).toBe("203.0.113.1");
  }
});

test("The probes of Health checks and Kubernetes are URLs that pass", () => {
  const { blocksUnder } = page("kubernetes.md");
  const [code] = blocksUnder("Health checks and Kubernetes", "ts");
  const [probes] = blocksUnder("Health checks and Kubernetes", "yaml");
  const paths = Array.from(probes!.text.matchAll(/path: (.*)$/gm), ([, path]) => path!);
  expect(paths).toHaveLength(2);
  for (const path of paths) expect(code!.text).toContain(JSON.stringify(path));
  const ports = Array.from(probes!.text.matchAll(/port: (\d+)$/gm), ([, port]) => port!);
  for (const port of ports) expect(code!.text).toContain(`listen(${port})`);
});

test("The codes of errors exist, with their classes", () => {
  const rows = page("errors.md").tablesUnder("Codes")[0]!.rows.map((row) => row.map((cell) => codeIn(cell)[0]!));
  const source = readFileSync(join(repository, "src/util/errors.ts"), "utf8").split("export type ErrorCode =")[1]!;
  const codes = Array.from(source.split(";")[0]!.matchAll(/"(ERR_\w+)"/g), ([, code]) => code);
  expect(rows.map(([code]) => code)).toEqual(codes);
  const made: Error[] = [
    thrownBy(() => maintenanceMode({ zzz: 1 } as MaintenanceOptions)),
    thrownBy(() => parseState("{}")),
    new StoreError("read", "gone"),
    new FleetError("late", []),
  ];
  for (const [at, error] of made.entries()) expect(error).toMatchObject({ code: rows[at]![0], name: rows[at]![1] });
});

test("The topics of the benchmark", () => {
  const topics = page("benchmarks.md").tablesUnder("Benchmarks")[0]!.rows.map(([name]) => codeIn(name!)[0]);
  const source = readFileSync(join(repository, "test/bench/run.ts"), "utf8").split("const HELP")[0]!;
  expect(topics).toEqual(Array.from(source.matchAll(/^ {2}"?([\w-]+)"?: \{\s+file/gm), ([, name]) => name));
});
