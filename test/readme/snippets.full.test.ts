import { once } from "node:events";
import { connect } from "node:net";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { html, launchVisitor, reply, startSite } from "../hosts/_site.ts";
import { until } from "../_until.ts";
import { curl, parsePrinted, type Printed } from "./_curl.ts";
import { type Block, blocks, blocksUnder, liveHeadings } from "./_readme.ts";
import {
  bundle,
  cleanUp,
  node20,
  programs,
  repository,
  run,
  runAlone,
  runCode,
  type RunningServer,
  startServer,
  startWorker,
  write,
} from "./_scratch.ts";

const TIMEOUT_MS = 60_000;
const tested = new Set<Block>();

/** The blocks of code under a heading, which the test that asks for them runs. */
function codeUnder(heading: string): Block[] {
  const found = blocksUnder(heading, "ts", "js");
  if (found.length === 0) throw new Error(`There is no code under "${heading}"`);
  for (const block of found) tested.add(block);
  return found;
}

function onlyCodeUnder(heading: string): string {
  const [block, ...others] = codeUnder(heading);
  if (others.length > 0) throw new Error(`There are several blocks of code under "${heading}"`);
  return block!.text;
}

/** Each `curl` line with the answer that is printed below it. */
const calls = blocksUnder("What a visitor receives", "sh").map((call) => {
  const answer = blocks[blocks.indexOf(call) + 1]!;
  tested.add(call).add(answer);
  return { line: call.text.trim(), answer };
});

afterAll(cleanUp);

/** Fields that servers add by themselves. */
const ADDED = ["date", "connection", "keep-alive", "content-length", "transfer-encoding", "x-powered-by"];

/** An answer without what servers may add, and without the hashes of style and script. */
function essence({ status, fields, body }: Printed): Printed {
  const own = Object.entries(fields).filter(([name]) => !ADDED.includes(name));
  return {
    status,
    fields: Object.fromEntries(own.map(([name, text]) => [name, unhashed(text)])),
    body: body.trimEnd(),
  };
}

function unhashed(policy: string): string {
  return policy.replace(/'sha256-[\w+/]{43}='/g, "'sha256-…'");
}

/** Of a page that is shown up to a line `…`, as much of another one. */
function asMuchAs(shown: Printed, { body, ...head }: Printed): Printed {
  if (!shown.body.endsWith("\n…")) return { body, ...head };
  expect(head.fields["content-type"]).toBe("text/html; charset=utf-8");
  expect(body).toMatch(/<\/html>$/);
  return { ...head, body: `${body.slice(0, shown.body.length - 1)}…` };
}

const [express, connectBlock, fastify] = codeUnder("Express, Connect and Fastify");

/** How each example under "The same example on each host" is started. */
const examples: Record<string, () => Promise<RunningServer>> = {
  "the first example": () => startServer("node", "first.ts", onlyCodeUnder("maintenancemode")),
  Deno: () => startServer("deno", "deno.ts", onlyCodeUnder("Deno")),
  Bun: () => startServer("bun", "bun.ts", onlyCodeUnder("Bun")),
  Node: () => startServer("node", "node.ts", onlyCodeUnder("Node")),
  "Cloudflare Workers": () => startWorker("cloudflare.ts", onlyCodeUnder("Cloudflare Workers"), "module"),
  "Service Worker": () => startWorker("sw.ts", onlyCodeUnder("Service Worker"), "service-worker"),
  Express: () => startServer("node", "express.ts", express!.text),
  Connect: () => startServer("node", "connect.ts", connectBlock!.text),
  Fastify: () => startServer("node", "fastify.ts", fastify!.text),
  Routers: () => startServer("node", "routers.ts", onlyCodeUnder("Routers")),
  "By hand": () => startServer("deno", "by-hand.ts", onlyCodeUnder("By hand")),
};

describe.each(Object.entries(examples))("%s", (name, start) => {
  test("answers as the README shows", { timeout: TIMEOUT_MS }, async () => {
    const { port } = await start();
    expect(calls).toHaveLength(3);
    for (const { line, answer } of calls) {
      const printed = await curl(line.replace(":3000", `:${port}`));
      const shown = essence(parsePrinted(answer.text));
      expect(asMuchAs(shown, essence(parsePrinted(printed)))).toEqual(shown);
    }

    const head = parsePrinted(await curl(`curl -s -I http://localhost:${port}/`));
    expect(essence(head)).toEqual({ ...essence(parsePrinted(calls[0]!.answer.text)), body: "" });

    // In the Service Worker example the network is the app.
    if (name === "Service Worker") return;
    expect(await curl(`curl -s http://localhost:${port}/health`)).toBe("Hello");
  });
});

test("Node matches no target that is not a path", { timeout: TIMEOUT_MS }, async () => {
  for (const block of [...codeUnder("Node"), express!, connectBlock!, fastify!]) {
    const { port } = await startServer("node", `target-${block.line}.ts`, block.text);
    const socket = connect({ host: "localhost", port }).setEncoding("latin1");
    socket.write("GET http://example.com/health HTTP/1.1\r\nhost: example.com\r\nconnection: close\r\n\r\n");
    const [answer] = await once(socket, "data");
    socket.destroy();
    expect(String(answer).split("\r\n")[0], block.text).toBe("HTTP/1.1 503 Service Unavailable");
  }
});

test(
  "A Service Worker stands in for a server that is stopped, until it is retired",
  { timeout: TIMEOUT_MS },
  async ({ skip }) => {
    const heading = "When the origin cannot be reached";
    const [standing, retiring] = await Promise.all(
      codeUnder(heading).map(({ text }, at) => bundle(`stand-in-${at}.ts`, text, "iife", ["browser", "worker"])),
    );
    const [registration] = blocksUnder(heading, "html");
    tested.add(registration!);
    const browser = await launchVisitor();
    if (browser === undefined) return skip("Chromium does not start here");
    const site = await startSite(browser, standing!);
    try {
      site.routes.set("/", html("Welcome", `<link rel=icon href=data:,>${registration!.text}`));
      const page = await site.context.newPage();
      await page.goto(site.origin);
      await until(() => page.evaluate(() => navigator.serviceWorker.controller !== null), "the worker is in charge");
      await site.stop();
      const answer = await page.goto(`${site.origin}/shop`);
      expect(answer!.status()).toBe(503);
      expect(answer!.headers()["retry-after"]).toBe("60");

      await site.start();
      site.routes.set("/", html("Without the registration"));
      site.routes.set("/sw.js", reply(200, "text/javascript", retiring!));
      await page.goto(site.origin);
      const count = () => page.evaluate(async () => (await navigator.serviceWorker.getRegistrations()).length);
      await until(async () => await count() === 0, "the worker is retired");
      await site.stop();
      await expect(page.goto(site.origin)).rejects.toThrow("ERR_CONNECTION_REFUSED");
    } finally {
      await site.close();
      await browser.close();
    }
  },
);

test("The signal turns maintenance on and off", { timeout: TIMEOUT_MS }, async () => {
  const { port, child } = await startServer("node", "signal.ts", onlyCodeUnder("Without a store"));
  const url = `http://localhost:${port}/`;
  expect((await fetch(url)).status).toBe(200);
  child!.kill("SIGUSR2");
  await expect.poll(async () => (await fetch(url)).status, { timeout: 10_000 }).toBe(503);
  child!.kill("SIGUSR2");
  await expect.poll(async () => (await fetch(url)).status, { timeout: 10_000 }).toBe(200);
});

test("isStaff lets in who has a session of staff", { timeout: TIMEOUT_MS }, async () => {
  const { port } = await startServer("node", "staff.ts", onlyCodeUnder("Staff"));
  const statusWith = async (cookie: string) =>
    (await fetch(`http://localhost:${port}/`, { headers: { cookie } })).status;
  expect(await statusWith("theme=dark; session=5f2c9e")).toBe(200);
  expect(await statusWith("session=5f2c9")).toBe(503);
  expect(await statusWith("theme=dark")).toBe(503);
});

test("A WebSocket starts only where the gate lets it through", { timeout: TIMEOUT_MS }, async () => {
  const { port } = await startServer("node", "websocket.ts", onlyCodeUnder("WebSockets"));
  const upgrade = async (target: string, goAway = false) => {
    const socket = connect({ host: "localhost", port }).setEncoding("latin1");
    let answer = "";
    socket.on("data", (text) => answer += text).on("error", () => {});
    socket.write(
      `GET ${target} HTTP/1.1\r\nhost: localhost\r\nconnection: upgrade\r\nupgrade: websocket\r\n` +
        "sec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
      () => goAway && socket.resetAndDestroy(),
    );
    await once(socket, "close");
    return answer.split("\r\n")[0];
  };
  expect(await upgrade("/live")).toBe("HTTP/1.1 101 Switching Protocols");
  expect(await upgrade("/live?a=b")).toBe("HTTP/1.1 101 Switching Protocols");
  for (const target of ["/", "/live/..", "//live", "/live%2f", "/\\"]) {
    expect(await upgrade(target), target).toBe("HTTP/1.1 503 Service Unavailable");
  }
  // Neither targets that are no path nor clients that go away bring the server down.
  for (const target of ["http://localhost/live", "*", "http://["]) expect(await upgrade(target), target).toBe("");
  for (const target of ["/live", "/"]) await upgrade(target, true);
  expect((await fetch(`http://localhost:${port}/live`)).status).toBe(200);
});

/** Code that runs anywhere, with its results in comments. */
const results = blocks.filter(({ language, text }) =>
  language === "ts" && /^[^/].*; \/\/ /m.test(text) && isNeutral(text)
);
for (const block of results) tested.add(block);

function isNeutral(code: string): boolean {
  const neutral = ["maintenancemode", "maintenancemode/state", "maintenancemode/stores/memory"];
  return Array.from(code.matchAll(/from "([^"]+)"/g), ([, name]) => name!).every((name) => neutral.includes(name));
}

/** Code in which `expression; // result` is checked, and that says at its end how many were. */
function withChecks(code: string): { code: string; count: number } {
  let count = 0;
  const checked = code.replace(/^(?!const |let |import )(\w.*); \/\/ (.+)$/gm, (_line, expression, result) => {
    count++;
    return `assert.deepEqual(${expression}, ${result.startsWith("{") ? `(${result})` : result});`;
  });
  return { code: `import assert from "node:assert/strict";\n${checked}\nconsole.log("${count} checked");\n`, count };
}

describe.each(results.map((block) => ({ ...block, at: `${block.heading}, line ${block.line}` })))(
  "$at",
  ({ text, line }) => {
    const { code, count } = withChecks(text);

    test.each(["node", "deno", "bun"] as const)("has these results in %s", { timeout: TIMEOUT_MS }, async (program) => {
      expect(count).toBeGreaterThan(1);
      expect(await runCode(program, `results-${line}-${program}.ts`, code)).toBe(`${count} checked\n`);
    });
  },
);

test("A bundle for Node 20 needs the import of urlpattern-polyfill", { timeout: TIMEOUT_MS }, async () => {
  const { text } = blocksUnder("Runtimes", "ts")[0]!;
  const polyfill = 'import "urlpattern-polyfill";';
  expect(text).toContain(polyfill);
  const { code, count } = withChecks(text);
  expect(await runAlone(node20, "with.mjs", await bundle("with.ts", code, "esm"))).toBe(`${count} checked\n`);
  await expect(async () =>
    runAlone(node20, "without.mjs", await bundle("without.ts", code.replace(polyfill, ""), "esm"))
  )
    .rejects.toThrow('write import "urlpattern-polyfill" before the gate is made');
});

test("TypeScript accepts all code", { timeout: TIMEOUT_MS }, async () => {
  const code = blocks.filter(({ language }) => language === "ts");
  const named = code.map((block) => ({ ...block, file: `types-${block.line}.ts` }));
  const ofDeno = named.filter(({ text }) => text.includes("@maintenancemode/"));
  const ofWorker = named.filter(({ text }) => text.includes("/service-worker"));
  const others = named.filter((block) => !ofDeno.includes(block) && !ofWorker.includes(block));
  // Each file is a module of its own, also where it imports nothing.
  const files = (some: typeof named) => some.map(({ file, text }) => write(file, `${text}\nexport {};\n`));
  // One of the blocks imports another.
  write("sqlite-store.ts", blocksUnder("A store of your own", "ts")[0]!.text);

  const tsc = [process.execPath, join(repository, "node_modules/typescript7/bin/tsc"), "--ignoreConfig", "--noEmit"];
  const flags = [
    "--strict",
    "--exactOptionalPropertyTypes",
    "--module",
    "NodeNext",
    "--target",
    "ES2022",
    "--allowImportingTsExtensions",
    "--skipLibCheck",
  ];
  await Promise.all([
    run([...tsc, ...flags, "--lib", "ES2022", "--types", "node,bun"], ...files(others)),
    run([...tsc, ...flags, "--lib", "ES2022,WebWorker"], ...files(ofWorker)),
    run([programs.deno[0], "check", "--quiet", "--config", join(repository, "deno.json")], ...files(ofDeno)),
  ]);
});

test("Every block of README.md is run by a test", () => {
  expect(
    blocks.filter((block) => !tested.has(block) && !liveHeadings.includes(block.heading)).map(({ line }) =>
      `README.md:${line}`
    ),
  ).toEqual([]);
});
