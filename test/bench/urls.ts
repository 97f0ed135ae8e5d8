/** Telling whether a URL matches one of many patterns, from its text as `request.url` gives it. */
import { RegExpRouter } from "hono/router/reg-exp-router";
import { SmartRouter } from "hono/router/smart-router";
import { TrieRouter } from "hono/router/trie-router";
import type { Router } from "hono/router";
import { Memoirist } from "memoirist";
import { addRoute, createRouter, findRoute } from "rou3";
import { compileRouter } from "rou3/compiler";
import { compileUrlPatterns } from "../../src/match/url/url-patterns.ts";
import {
  assertAgreement,
  type Contender,
  createRandom,
  freshTexts,
  report,
  run,
  shuffle,
  SMOKE,
  type Table,
  tabulate,
} from "./_harness.ts";

const SIZES = SMOKE ? [10, 100] : [10, 100, 1_000, 10_000];
const URLS = 1_000;
const LIMIT = "memoirist, a radix tree";

const random = createRandom(503);
const pick = <T>(list: readonly T[]): T => list[random(list.length)]!;
const SECTIONS = [
  "account",
  "api/v1",
  "api/v2",
  "assets",
  "blog",
  "docs",
  "health",
  "hooks",
  "shop",
  "status",
  "static",
  "users",
];
const WORDS = [
  "amber",
  "basil",
  "cedar",
  "delta",
  "ember",
  "fjord",
  "grove",
  "hazel",
  "ivory",
  "jade",
  "koala",
  "lotus",
];

/** A pattern, a path that it matches and one that no pattern of the list does. */
interface Sample {
  readonly pattern: string;
  readonly hit: string;
  readonly miss: string;
}

// What sites ignore: half of them exact paths, a quarter with a parameter, a quarter with everything below a path.
function makeSample(index: number): Sample {
  const base = `/${pick(SECTIONS)}/${pick(WORDS)}-${index}`;
  const word = pick(WORDS);
  const id = 1_000 + random(1_000_000);
  switch (index % 8) {
    case 1:
    case 5:
      return { pattern: `${base}/:id`, hit: `${base}/${id}`, miss: `${base}/${id}/edit` };
    case 3:
      return { pattern: `${base}/:id/${word}`, hit: `${base}/${id}/${word}`, miss: `${base}/${id}/other` };
    case 2:
    case 6:
      return { pattern: `${base}/*`, hit: `${base}/${word}/${id}.html`, miss: `${base}-${word}/${id}.html` };
    default:
      return { pattern: `${base}/${word}`, hit: `${base}/${word}`, miss: `${base}/${word}s` };
  }
}

/** Where the path is: what a server does that hands paths to a router. */
function pathOf(url: string): string {
  const start = url.indexOf("/", 8);
  const end = url.indexOf("?", start);
  return end < 0 ? url.slice(start) : url.slice(start, end);
}

type Compile = (patterns: readonly string[]) => (url: string) => unknown;

function memoirist(patterns: readonly string[]): (url: string) => unknown {
  const tree = new Memoirist<boolean>();
  for (const pattern of patterns) tree.add("GET", pattern, true);
  return (url) => tree.find("GET", pathOf(url)) !== null;
}

function rou3(patterns: readonly string[]) {
  const router = createRouter<boolean>();
  for (const pattern of patterns) addRoute(router, "GET", pattern.replace(/\*$/, "**"), true);
  return router;
}

function hono(createRouter: () => Router<boolean>): Compile {
  return (patterns) => {
    const router = createRouter();
    for (const pattern of patterns) router.add("GET", pattern, true);
    return (url) => router.match("GET", pathOf(url))[0].length > 0;
  };
}

// As somebody would write it by hand.
function regExpSource(pattern: string): string {
  return pattern.replaceAll(".", "\\.").replace(/:\w+/g, "[^/]+").replace("*", ".*");
}

const COMPILERS: Record<string, Compile> = {
  [LIMIT]: memoirist,
  "ignoreUrls": (patterns) => compileUrlPatterns(patterns, "ignoreUrls"),
  "rou3": (patterns) => {
    const router = rou3(patterns);
    return (url) => findRoute(router, "GET", pathOf(url)) !== undefined;
  },
  "rou3, compiled": (patterns) => {
    const find = compileRouter(rou3(patterns));
    return (url) => find("GET", pathOf(url)) !== undefined;
  },
  "hono's RegExpRouter": hono(() => new RegExpRouter()),
  "hono's TrieRouter": hono(() => new TrieRouter()),
  "hono's SmartRouter of both": hono(() => new SmartRouter({ routers: [new RegExpRouter(), new TrieRouter()] })),
  "one joined RegExp": (patterns) => {
    const joined = new RegExp(`^(?:${patterns.map(regExpSource).join("|")})$`);
    return (url) => joined.test(pathOf(url));
  },
  "loop of RegExp": (patterns) => {
    const list = patterns.map((pattern) => new RegExp(`^${regExpSource(pattern)}$`));
    return (url) => {
      const path = pathOf(url);
      return list.some((each) => each.test(path));
    };
  },
  "loop of URLPattern": (patterns) => {
    const list = patterns.map((pathname) => new URLPattern({ pathname }));
    return (url) => list.some((each) => each.test(url));
  },
};

const tables: Table[] = [];
const notes = new Set<string>();

for (const size of SIZES) {
  const samples = Array.from({ length: size }, (_, index) => makeSample(index));
  const patterns = samples.map(({ pattern }) => pattern);
  const contenders = Object.entries(COMPILERS).flatMap(([name, compile]): Contender<string>[] => {
    try {
      const test = compile(patterns);
      test("https://example.com/");
      return [{
        name,
        role: name === LIMIT ? "limit" : name === "ignoreUrls" ? "gate" : "peer",
        run: (url) => test(url),
      }];
    } catch (error) {
      if (name === LIMIT || name === "ignoreUrls") throw error;
      notes.add(`${name} gives up at ${size} patterns: ${error instanceof Error ? error.message : error}`);
      return [];
    }
  });
  for (const kind of ["hit", "miss"] as const) {
    const urls = shuffle(
      Array.from({ length: URLS }, (_, index) => {
        const query = index % 4 === 0 ? "?utm_source=mail&page=2" : "";
        return `https://www.example.com${samples[random(size)]![kind]}${query}`;
      }),
      random,
    );
    const title = `${size} patterns, ${kind}`;
    assertAgreement(
      title,
      [{ name: kind, role: "peer", run: () => kind === "hit" }, ...contenders],
      urls.slice(0, 100),
    );
    tables.push(await run({ title, contenders, inputs: freshTexts(urls), target: { ratio: 1.3 } }));
  }
}

const PLAIN_LOOP = "the plain loop of RegExp.test";

// The forms that people write: from the start of the path to its end, or any part of it, with either case.
const FORMS: Record<string, (pattern: string) => RegExp> = {
  "RegExps": (pattern) => new RegExp(`^${regExpSource(pattern)}$`),
  "RegExps without a start": (pattern) => new RegExp(`${regExpSource(pattern).slice(1)}$`),
  "RegExps with choices": (pattern) => new RegExp(`^(?:/en|/de)?${regExpSource(pattern)}/?$`, "i"),
};

for (const [form, make] of Object.entries(FORMS)) {
  for (const size of form === "RegExps" ? SIZES : SIZES.slice(0, -1)) {
    const samples = Array.from({ length: size }, (_, index) => makeSample(index));
    const list = samples.map(({ pattern }) => make(pattern));
    const gate = compileUrlPatterns(list, "ignoreUrls");
    const contenders: Contender<string>[] = [{
      name: PLAIN_LOOP,
      role: "limit",
      run: (url) => {
        const path = pathOf(url);
        return list.some((each) => each.test(path));
      },
    }, { name: "ignoreUrls", role: "gate", run: gate }];
    for (const kind of ["hit", "miss"] as const) {
      const urls = shuffle(
        Array.from({ length: URLS }, (_, index) => {
          const query = index % 4 === 0 ? "?utm_source=mail&page=2" : "";
          return `https://www.example.com${samples[random(size)]![kind]}${query}`;
        }),
        random,
      );
      const title = `${size} ${form}, ${kind}`;
      assertAgreement(title, contenders, urls.slice(0, size > 1_000 ? 100 : URLS));
      tables.push(
        await run({ title, contenders, inputs: freshTexts(urls), target: { ratio: size >= 1_000 ? 0.5 : 1.1 } }),
      );
    }
  }
}

/** URLs that try to make one request expensive, and the patterns they aim at. */
const typical = Array.from({ length: SMOKE ? 10 : 1_000 }, (_, index) => makeSample(index));
const patterns = typical.map(({ pattern }) => pattern);
const stars = ["/*a*a*a*b"];
const groups = ["/:a-:b-:c-:d-:e", "/x{/:a}*/end", "/:x*/:y*/end"];
const size = SMOKE ? 100 : 64_000;
const hostile: readonly (readonly [name: string, patterns: readonly string[], path: string, native: boolean])[] = [
  ["/*a*a*a*b on 150 characters", stars, "/" + "a".repeat(150), true],
  ["/*a*a*a*b on 1 000 characters", stars, "/" + "a".repeat(1_000), false],
  ["/*a*a*a*b on 8 000 characters", stars, "/" + "a".repeat(8_000), false],
  [`${groups.join(" ")} on 8 000 characters of "-a"`, groups, "/" + "-a".repeat(4_000), false],
  [`the same on 8 000 characters of "/a"`, groups, "/a".repeat(4_000), false],
  [`${typical.length} typical patterns, a path of ${size} letters`, patterns, "/" + "a".repeat(size), true],
  [`${typical.length} typical patterns, ${size / 2} slashes`, patterns, "/a".repeat(size / 2), true],
  [
    `${typical.length} typical patterns, a hit that goes on for ${size}`,
    patterns,
    typical[2]!.hit + "a".repeat(size),
    true,
  ],
  [
    `${typical.length} typical patterns, a hit and ${size / 4} of %61`,
    patterns,
    typical[2]!.hit + "%61".repeat(size / 4),
    true,
  ],
  [
    `${typical.length} typical patterns, a hit and ${size / 4} of %2e/`,
    patterns,
    typical[2]!.hit + "%2e/".repeat(size / 4),
    false,
  ],
];
const worst = hostile.flatMap(([name, list, path, native]) => {
  const url = freshTexts([`https://www.example.com${path}`]);
  const time = (test: (url: string) => unknown, times: number) =>
    Array.from({ length: SMOKE ? 1 : times }, () => {
      const [input] = url(1);
      const start = performance.now();
      test(input!);
      return (performance.now() - start) * 1_000;
    });
  const gate = time(COMPILERS["ignoreUrls"]!(list), 15);
  if (!native) return [{ name, role: "gate" as const, samples: gate }];
  return [
    { name, role: "gate" as const, samples: gate },
    {
      name: "    the same, loop of URLPattern",
      role: "peer" as const,
      samples: time(COMPILERS["loop of URLPattern"]!(list), 3),
    },
  ];
});
tables.push(tabulate("one URL by an attacker, cold start included in max", "µs", worst));

report(tables, [...notes]);
