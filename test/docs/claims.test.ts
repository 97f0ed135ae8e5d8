/** What the pages say in tables and between their blocks of code. */
import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { maintenanceMode, type MaintenanceOptions, renderPage } from "maintenancemode";
import { withMaintenance } from "maintenancemode/deno";
import { offlineFallback } from "maintenancemode/service-worker";
import { maintenanceMode as tiny } from "maintenancemode/tiny";
import { describe, expect, test } from "vitest";
import { column, evaluate, messageOf } from "./_claims.ts";
import { BUDGETS } from "../checks/_size.ts";
import { codeIn, page } from "./_pages.ts";
import { repository } from "./_scratch.ts";

const npm = JSON.parse(readFileSync(join(repository, "package.json"), "utf8"));
const jsr = JSON.parse(readFileSync(join(repository, "deno.json"), "utf8"));

/** An option as a page describes it: its name, and an example. */
type Described = [name: string, example: string];

const described: Described[] = Array.from(
  page("options.md").text.matchAll(/^### `(\w+)`$.*?^- Example: `(.*?)`$/gms),
  ([, name, example]) => [name!, example!],
);
const ofHosts = described.slice(-4);
const ofGate = described.slice(0, -4);

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
    ["*/*", { "hx-request": "true" }, "text/html; charset=utf-8"],
    ["text/plain, */*;q=0.5", {}, "text/plain; charset=utf-8"],
    ["*/*", { "sec-fetch-dest": "empty" }, "application/problem+json"],
    ["*/*", { "content-type": "application/json" }, "application/problem+json"],
    ["image/png", {}, "text/html; charset=utf-8"],
    ["text/event-stream", {}, "text/plain; charset=utf-8"],
    ["application/graphql-response+json", {}, "application/graphql-response+json; charset=utf-8"],
    ["*/*", { "trpc-accept": "application/jsonl" }, "application/json"],
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

test("Where to mend what: the files are there", () => {
  const named = page("architecture.md").tablesUnder("Where to mend what")[0]!.rows.flatMap((row) => codeIn(row.join()));
  const paths = named.filter((name) => /^(?:src|test)\//.test(name));
  expect(paths.length).toBeGreaterThan(20);
  expect(paths.filter((path) => !existsSync(join(repository, path)))).toEqual([]);
  const clients = named.filter((name) => /^[\w-]+\.ts$/.test(name));
  expect(clients.filter((name) => !existsSync(join(repository, "src/stores/redis", name)))).toEqual([]);
  expect(clients).toHaveLength(3);
});

test("The options of offlineFallback() for its answers", () => {
  const text = page("service-worker.md").text.split("\n## A page of your own\n")[1]!.split("```")[0]!;
  const message = messageOf(() => offlineFallback({ answers: { zzz: 1 } as object }));
  const names = /accepted are (.*)$/.exec(message)![1]!.split(", ");
  expect(codeIn(/`answers` takes (.*?)\./.exec(text)![1]!).sort()).toEqual(names.sort());
});

test("The options of the tiny gate, and those that are only of the full one", () => {
  const text = page("options.md").text.split("\n## The tiny gate\n")[1]!.split("\n## ")[0]!.replace(/\s+/g, " ");
  const message = messageOf(() => tiny({ zzz: 1 } as object));
  const names = /accepted are (.*)$/.exec(message)![1]!.split(", ");
  expect(codeIn(/It takes (.*?)\. /.exec(text)![1]!).sort()).toEqual(names.sort());
});

test("The contract's fixture has the members that its page lists", () => {
  const names = page("stores/your-own.md").tablesUnder("Test it")[0]!.rows.map(([name]) => /\w+/.exec(name!)![0]);
  const source = readFileSync(join(repository, "src/testing/place.ts"), "utf8");
  const fixture = source.split("export interface StoreFixture {")[1]!.split("\n}")[0]!;
  const members = Array.from(fixture.matchAll(/^ {2}(?:readonly )?(\w+)[?(:]/gm), ([, name]) => name);
  expect(names.sort()).toEqual(members.sort());
});

test("A site with colours has a second hash in style-src", () => {
  const request = new Request("https://example.com/", { headers: { accept: "text/html" } });
  const policyOf = (site: object) =>
    maintenanceMode({ enabled: true, site })(request)!.headers.get("content-security-policy")!;
  const hashes = (policy: string) => /style-src ([^;]*)/.exec(policy)![1]!.split(" ");
  expect(page("answers.md").text).toContain("`style-src` has one hash.");
  expect(hashes(policyOf({ name: "Example" }))).toHaveLength(1);
  expect(hashes(policyOf({ colors: { accent: "#0b6e4f" } }))).toHaveLength(2);
});

test("The topics of the benchmark", () => {
  const topics = page("benchmarks.md").tablesUnder("Benchmarks")[0]!.rows.map(([name]) => codeIn(name!)[0]);
  const source = readFileSync(join(repository, "test/bench/run.ts"), "utf8").split("const HELP")[0]!;
  expect(topics).toEqual(Array.from(source.matchAll(/^ {2}"?([\w-]+)"?: \{\s+file/gm), ([, name]) => name));
});

test("The sizes of the tiny gate and the full one are those of the package", () => {
  for (const path of ["README.md", "options.md"]) {
    const text = page(path).text.replace(/\s+/g, " ");
    const [, tiny, full] = /([\d.]+) kB compressed instead of ([\d.]+) kB/.exec(text)!;
    expect(Math.abs(Number(tiny) * 1_000 / BUDGETS["tiny"]! - 1), path).toBeLessThan(0.03);
    expect(Math.abs(Number(full) * 1_000 / BUDGETS["index"]! - 1), path).toBeLessThan(0.03);
  }
});
