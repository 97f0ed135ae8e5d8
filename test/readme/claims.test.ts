/** What README.md says in tables and between its blocks of code. */
import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { maintenanceMode, type MaintenanceOptions, renderPage } from "maintenancemode";
import { withMaintenance } from "maintenancemode/deno";
import { liveState } from "maintenancemode/state";
import { memoryStore } from "maintenancemode/stores/memory";
import { afterAll, describe, expect, test, vi } from "vitest";
import { codeIn, headings, readme, type Table, tablesUnder } from "./_readme.ts";
import { cleanUp, repository, startServer } from "./_scratch.ts";

afterAll(cleanUp);

const npm = JSON.parse(readFileSync(join(repository, "package.json"), "utf8"));
const jsr = JSON.parse(readFileSync(join(repository, "deno.json"), "utf8"));

const [optionTable, hostTable] = tablesUnder("Options") as [Table, Table];
const column = (table: Table, at: number): string[] => table.rows.map((row) => row[at]!);

/** The value of an expression in the README, for which these names stand for something. */
function evaluate(expression: string): unknown {
  const live = expression.includes("live") ? liveState(memoryStore()) : undefined;
  void live?.close();
  return new Function("flag", "hasSession", "live", `return (${expression});`)(false, () => false, live);
}

function messageOf(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    return (error as Error).message;
  }
  return "";
}

describe("Install", () => {
  const [table] = tablesUnder("Install");

  test.each(table!.rows)("from %s with %s names the package", (from, _program, command) => {
    const [name = ""] = codeIn(command!);
    expect(name.split(" ").at(-1)!.replace(/^(?:jsr|npm):/, "")).toBe(from === "JSR" ? jsr.name : npm.name);
  });

  test("CommonJS works", () => {
    const load = createRequire(import.meta.url);
    expect(load("maintenancemode").maintenanceMode({ enabled: true }).active).toBe(true);
    expect(load("maintenancemode/deno").withMaintenance).toBeTypeOf("function");
  });
});

describe("Options", () => {
  test("lists all options of maintenanceMode()", () => {
    const message = messageOf(() => maintenanceMode({ zzz: 1 } as MaintenanceOptions));
    expect(message).toContain(`accepted are ${column(optionTable, 0).flatMap(codeIn).join(", ")}`);
  });

  test("lists all options of withMaintenance()", () => {
    const gate = maintenanceMode();
    const message = messageOf(() => withMaintenance(gate, () => new Response(), { zzz: 1 } as object));
    expect(message).toContain(`accepted are ${column(hostTable, 0).flatMap(codeIn).join(", ")}`);
  });

  test.each(optionTable.rows.map((row) => [...codeIn(row[0]!), ...codeIn(row.at(-1)!)]))(
    "gives an example of %s that is accepted",
    (name, example) => {
      const options = evaluate(`{ ${example} }`) as MaintenanceOptions;
      expect(Object.keys(options)).toEqual([name]);
      expect(() => maintenanceMode(options)).not.toThrow();
    },
  );

  test.each(hostTable.rows.map((row) => [...codeIn(row[0]!), ...codeIn(row.at(-1)!)]))(
    "gives an example of %s that is accepted",
    (name, example) => {
      const options = evaluate(`{ ${example} }`) as object;
      expect(Object.keys(options)).toEqual([name]);
      expect(() => withMaintenance(maintenanceMode(), () => new Response(), options)).not.toThrow();
    },
  );

  test("names all values of a template", () => {
    const message = messageOf(() => maintenanceMode({ page: "{{zzz}}" }));
    const names = Array.from(readme.matchAll(/`\{\{(\w+)\}\}`/g), ([, name]) => name!);
    for (const name of /accepted are (.*);/.exec(message)![1]!.split(", ")) expect(names).toContain(name);
  });
});

/** The pieces of code in the text under a heading, up to the next one. */
function codeInText(heading: string): string[] {
  return codeIn(readme.split(`\n### ${heading}\n`)[1]!.split("\n#")[0]!.replace(/```.*?```/gs, ""));
}

describe("In which language", () => {
  test("names the languages that are built in", () => {
    const message = messageOf(() => maintenanceMode({ languages: ["tlh"] }));
    const tags = /there are (.*)$/.exec(message)![1]!.split(", ");
    expect(codeInText("In which language").filter((text) => tags.includes(text))).toEqual(tags);
  });

  test("names all words", () => {
    const message = messageOf(() => maintenanceMode({ messages: { en: { zzz: "" } as object } }));
    const names = /accepted are (.*)$/.exec(message)![1]!.split(", ");
    expect(codeInText("In which language").filter((text) => names.includes(text))).toEqual(names);
  });
});

describe("In which format", () => {
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
    expect(tablesUnder("In which format")[0]!.rows).toHaveLength(asks.length);
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
  const [fields] = tablesUnder("The page").slice(-1);

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
    const text = readme.split("\n## The page\n")[1]!.split("\n## ")[0]!;
    const colors = messageOf(() => maintenanceMode({ site: { colors: { zzz: "" } as object } }));
    for (const name of /accepted are (.*)$/.exec(colors)![1]!.split(", ")) expect(text).toContain(`\`--${name}\``);
    const options = messageOf(() => renderPage({ zzz: 1 } as object));
    for (const name of /accepted are (.*)$/.exec(options)![1]!.split(", ")) expect(text).toContain(`\`${name}\``);
  });
});

describe("Who passes, and in which order", () => {
  const url = "https://example.com/open";
  const secret = "correct-horse-battery";
  // What lets a request pass at each step, all of which hold at first; each step takes one away from the next.
  const rows = tablesUnder("Who passes, and in which order")[0]!.rows;

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

describe("What a string in `ignoreUrls` means", () => {
  const [django, cost] = tablesUnder("What a string in `ignoreUrls` means");
  const paths = ["/", "/contact", "/contact/us", "/contacts", "/docs", "/docs/", "/docs/a/b", "/users/", "/users/7"];
  paths.push("/users/7/", "/users/x/", "/users/7/8/", "/x/contact", "/x/docs/");

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
    const most = longest === "any" ? 100_000 : Number.parseInt(longest!.replace(",", ""));
    const count = Number(/\d+$/.exec(repetitions!)![0]);
    const maintenance = maintenanceMode({ enabled: true, ignoreUrls: [new RegExp(`^(?=/)/${"a*".repeat(count)}$`)] });
    const becauseAt = (length: number) => {
      return maintenance.explain(new Request(`https://example.com/${"a".repeat(length - 1)}`)).because;
    };
    expect(becauseAt(most)).toBe("ignored-url");
    if (longest !== "any") expect(becauseAt(most + 1)).toBe("maintenance");
  });

  test("matching without what an automaton cannot do has no longest path", () => {
    const ignoreUrls = ["/*a*a*a*b", /^\/(a+)+$/, "/:x((?:a|b|ab)+)/c", "https://example.com/*a*a*a*b"];
    const maintenance = maintenanceMode({ enabled: true, ignoreUrls });
    expect(maintenance.explain(new Request(`https://example.com/${"a".repeat(100_000)}`)).because).toBe("ignored-url");
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
    expect(readme).toContain(`\`${address}\``);
    expect(() => maintenanceMode({ internalIps: [address] })).toThrow(TypeError);
  },
);

describe("Errors", () => {
  const request = new Request("https://example.com/", { headers: { accept: "text/html" } });
  const fail = () => {
    throw new Error("mine");
  };
  const late = () => Promise.resolve(true);
  const names = column(tablesUnder("Errors")[0]!, 0).flatMap(codeIn);

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

  test.each(tablesUnder("Runtimes")[0]!.rows)("%s was tested with %s", (runtime, tested, imported) => {
    const numbers = tested!.replace(/ on Node 24$/, "").match(/\d[\d.]*/g)!;
    const installed = packages[runtime!]!.map(version);
    expect(installed.map((one, at) => `${one}.`.startsWith(`${numbers[at]}.`))).toEqual(installed.map(() => true));
    const [subpath = ""] = codeIn(imported!);
    expect(npm.exports).toHaveProperty([`.${subpath.slice("maintenancemode".length)}`]);
  });
});

test("The commands under Working on it exist", () => {
  const section = readme.slice(readme.indexOf("## Working on it"));
  const scripts = Array.from(section.matchAll(/npm (?:run )?(start|test|\w+)(?=[` ])/g), ([, name]) => name!);
  expect(scripts.filter((name) => name !== "ci")).toEqual(["start", "test", "bench", "size"]);
  for (const name of scripts) if (name !== "ci") expect(npm.scripts).toHaveProperty(name);
});

test("Links inside of README.md lead somewhere", () => {
  const anchors = headings.map((heading) => heading.toLowerCase().replace(/[^\w\- ]/g, "").replace(/ /g, "-"));
  for (const [, target] of readme.matchAll(/(?:\]\(|src=")(?!https:)([^)"]+)[)"]/g)) {
    if (target!.startsWith("#")) expect(anchors).toContain(target!.slice(1));
    else expect(existsSync(join(repository, target!)), target).toBe(true);
  }
});

test("Bun serves a handler in routes past the gate unless it is wrapped itself", { timeout: 60_000 }, async () => {
  const { port } = await startServer(
    "bun",
    "routes.ts",
    `import { maintenanceMode } from "maintenancemode";
import { withMaintenance } from "maintenancemode/bun";
const maintenance = maintenanceMode({ enabled: true });
const api = () => new Response("api");
Bun.serve({
  port: 3000,
  routes: { "/bare": api, "/api": withMaintenance(maintenance, api) },
  fetch: withMaintenance(maintenance, api),
});
`,
  );
  const statusOf = async (path: string) => (await fetch(`http://localhost:${port}${path}`)).status;
  expect(await statusOf("/bare")).toBe(200);
  expect(await statusOf("/api")).toBe(503);
  expect(await statusOf("/other")).toBe(503);
});
