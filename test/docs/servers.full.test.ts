/** Code that listens, and Workers: each is started and asked. */
import { once } from "node:events";
import { createServer } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { afterAll, describe, expect, test } from "vitest";
import { expectShownAnswers, expectStatus, statusAt } from "./_answers.ts";
import type { MaintenanceStatus } from "maintenancemode";
import { until } from "../_until.ts";
import { type Block, blocksOf, codeIn, page } from "./_pages.ts";
import {
  cleanUp,
  pathOf,
  type Program,
  type RunningServer,
  startCode,
  startServer,
  startWorker,
  write,
} from "./_scratch.ts";

afterAll(cleanUp);

/** Blocks that need more than a start, by page and heading: each has a test below, or in commands.full.test.ts. */
const SPECIAL = [
  "docs/coming-from/others.md: If your app is not in JavaScript",
  "docs/graphql.md: Yoga",
  "docs/graphql.md: Apollo Server",
  "docs/graphql.md: graphql-http",
  "docs/graphql.md: Staff and addresses",
  "docs/metrics.md: Prometheus",
  "docs/recipes.md: Mounted Express routers",
  "docs/stores/cloudflare-kv.md: Cloudflare Workers KV",
  "docs/stores/deno-kv.md: Deno KV",
  "docs/stores/http.md: A URL",
  "docs/stores/redis.md: Redis and Valkey",
];

const placeOf = ({ page, heading }: Block) => `${page}: ${heading}`;
const sites = [...blocksOf("server"), ...blocksOf("worker")].filter((block) => !SPECIAL.includes(placeOf(block)));

/** The program that the code is for. */
function programOf(text: string): Program {
  return text.includes("@maintenancemode/") ? "deno" : text.includes("/bun") ? "bun" : "node";
}

function start(text: string, name: string): Promise<RunningServer> {
  if (text.includes("addEventListener")) return startWorker(name, text, "service-worker");
  if (text.includes("export default {")) return startWorker(name, text, "module");
  return startServer(programOf(text), name, text);
}

/** The options of the examples whose answers are shown. */
const SHOWN = 'maintenanceMode({ enabled: true, ignoreUrls: ["/health"], retryAfter: 600 })';

async function expectToAnswer(text: string, name: string): Promise<void> {
  const { port } = await start(text, name);
  if (!text.includes(SHOWN)) {
    return expect(await statusAt(port)).toBe(text.includes("enabled: true") ? 503 : 200);
  }
  await expectShownAnswers(port);
  // In a Service Worker the network is the app.
  if (text.includes("addEventListener")) return;
  expect(await (await fetch(`http://localhost:${port}/health`)).text()).toBe("Hello");
}

test.each(sites.map((block) => [`${placeOf(block)}, line ${block.line}`, block] as const))(
  "%s",
  async (_name, { text, page, line }) => await expectToAnswer(text, `${page.replace(/\W/g, "-")}-${line}.ts`),
);

test("docs/hosts.md: Service Worker", async () => {
  await expectToAnswer(page("hosts.md").codeUnder("Service Worker"), "service-worker.ts");
});

describe("The five hosts of README.md", () => {
  const first = page("README.md").codeUnder("maintenancemode");

  test.each(page("README.md").tablesUnder("The five hosts")[0]!.rows)(
    "%s",
    async (host, imported, last) => {
      const node = host === "Node" ? 'import { createServer } from "node:http";\n' : "";
      const text = `${node}import { maintenanceMode } from "maintenancemode";
import { withMaintenance } from "${codeIn(imported!)[0]}";

const maintenance = ${SHOWN};
const app = () => new Response("Hello");

${codeIn(last!)[0]}
`;
      if (host === "Node") expect(text).toBe(first);
      // Deno reads the sources, by the name that they have on JSR.
      const ofDeno = text.replaceAll('"maintenancemode', '"@maintenancemode/maintenancemode');
      await expectToAnswer(host === "Deno" ? ofDeno : text, `readme-${host!.replace(/\W/g, "-")}.ts`);
    },
  );
});

test("Node matches no target that is not a path", async () => {
  const { port } = await start(page("hosts.md").codeUnder("Node"), "target.ts");
  const socket = connect({ host: "localhost", port }).setEncoding("latin1");
  socket.write("GET http://example.com/health HTTP/1.1\r\nhost: example.com\r\nconnection: close\r\n\r\n");
  const [answer] = await once(socket, "data");
  socket.destroy();
  expect(String(answer).split("\r\n")[0]).toBe("HTTP/1.1 503 Service Unavailable");
});

test("The signal turns maintenance on and off", async () => {
  const { port, child } = await start(page("state.md").codeUnder("Without a store"), "signal.ts");
  expect(await statusAt(port)).toBe(200);
  child!.kill("SIGUSR2");
  await expectStatus(port, 503);
  child!.kill("SIGUSR2");
  await expectStatus(port, 200);
});

test("isStaff lets in staff by their session", async () => {
  const { port } = await start(page("who-gets-in.md").codeUnder("Staff"), "staff.ts");
  expect(await statusAt(port, "/", { headers: { cookie: "theme=dark; session=5f2c9e" } })).toBe(200);
  expect(await statusAt(port, "/", { headers: { cookie: "session=5f2c9" } })).toBe(503);
  expect(await statusAt(port, "/", { headers: { cookie: "theme=dark" } })).toBe(503);
});

test("isStaff sees what earlier middleware of Express has put on the request", async () => {
  const [, { text }] = page("frameworks/express.md").blocksUnder("Express", "ts") as [Block, Block];
  const { port } = await start(text, "express-staff.ts");
  expect(await statusAt(port, "/", { headers: { cookie: "session=5f2c9e" } })).toBe(200);
  expect(await statusAt(port)).toBe(503);
});

test("Patterns speak of the whole path below a mount of Express", async () => {
  const { port } = await start(page("recipes.md").codeUnder("Mounted Express routers"), "mounted.ts");
  const paths = ["/", "/shop", "/shop/", "/shop/status"];
  expect(await Promise.all(paths.map((path) => statusAt(port, path)))).toEqual([200, 503, 503, 200]);
});

test("Probes pass, and nothing else", async () => {
  const { port } = await start(page("kubernetes.md").codeUnder("Health checks and Kubernetes"), "probes.ts");
  for (const path of ["/livez", "/readyz"]) {
    expect([await statusAt(port, path), await statusAt(port, path, { method: "HEAD" })]).toEqual([200, 200]);
  }
  expect(await statusAt(port)).toBe(503);
});

test(
  "The status is told to front ends, which hear of each change and get nothing else",
  async () => {
    const written = page("announcing.md");
    const file = "status/maintenance.json";
    const server = written.codeUnder("A status for front ends").replace("./maintenance.json", pathOf(file));
    write(file, '{ "mode": "off" }');
    const { port } = await start(server, "status.ts");
    const url = `http://localhost:${port}/maintenance-status`;
    const { watchMaintenance } = await import(write("watch-maintenance.ts", written.codeUnder("Buttons that wait")));
    const told: MaintenanceStatus[] = [];
    const stop = watchMaintenance(url, (status: MaintenanceStatus) => told.push(status), 10);
    await until(() => told.length === 1, "it is off");

    write(file, '{ "mode": "read-only", "reason": "Moving house", "internalIps": ["192.0.2.1"] }');
    await until(() => told.length === 2, "it is read-only");
    const { headers } = await fetch(url);
    const again = await fetch(url, { headers: { "if-none-match": headers.get("etag")! } });
    expect([again.status, await again.text()]).toEqual([304, ""]);
    const head = await fetch(url, { method: "HEAD" });
    expect([head.status, head.headers.get("etag")]).toEqual([200, headers.get("etag")]);

    write(file, '{ "mode": "on" }');
    await until(() => told.length === 3, "it is on");
    expect(await statusAt(port)).toBe(503);
    stop();
    expect(told).toEqual([
      { mode: "off", phase: "off" },
      { mode: "read-only", phase: "now", reason: "Moving house" },
      { mode: "on", phase: "now" },
    ]);
  },
);

test("The status comes through Express, with its tag", async () => {
  const { port } = await start(page("frameworks/express.md").codeUnder("The status"), "express-status.ts");
  expect(await statusAt(port)).toBe(503);
  const url = `http://localhost:${port}/maintenance-status`;
  const response = await fetch(url);
  expect([response.status, response.headers.get("cache-control")]).toEqual([200, "no-cache"]);
  expect(await response.json()).toEqual({ mode: "on", phase: "now" });
  expect((await fetch(url, { method: "HEAD" })).status).toBe(200);
  expect((await fetch(url, { headers: { "if-none-match": response.headers.get("etag")! } })).status).toBe(304);
});

test("A route tells which address the gate sees", async () => {
  const { port } = await start(page("proxies.md").codeUnder("Which address does the gate see?"), "my-address.ts");
  const ask = async (forwarded: string) => {
    const headers = { "x-forwarded-for": forwarded };
    return await (await fetch(`http://127.0.0.1:${port}/my-address`, { headers })).json();
  };
  expect(await ask("203.0.113.9")).toMatchObject({ client: "203.0.113.9", decision: { because: "internal-ip" } });
  expect(await ask("192.0.2.1")).toMatchObject({
    peer: expect.stringContaining("127.0.0.1"),
    forwarded: "192.0.2.1",
    client: "192.0.2.1",
    decision: { because: "maintenance" },
  });
  expect(await ask("unknown")).not.toHaveProperty("client");
});

test.each(["node", "deno", "bun"] as const)(
  "When maintenance begins by the clock, a process tells the team once: %s",
  async (program) => {
    const told: string[] = [];
    const chat = createServer((req, res) => {
      req.setEncoding("utf8").on("data", (text: string) => told.push(JSON.parse(text).text));
      req.on("end", () => res.end());
    }).listen(0, "127.0.0.1");
    await once(chat, "listening");
    const path = write(`begins-${program}/maintenance.json`, '{ "mode": "off" }');
    const code = page("state.md").codeUnder("When maintenance begins").replace("./maintenance.json", path);
    // The app of the page listens. This one ends when its input does.
    const running = startCode(program, `begins-${program}/site.ts`, `${code}\nprocess.stdin.resume();\n`, {
      CHAT_WEBHOOK: `http://127.0.0.1:${(chat.address() as AddressInfo).port}/`,
    });
    try {
      const soon = () => new Date(Date.now() + 1_000).toISOString();
      write(`begins-${program}/maintenance.json`, JSON.stringify({ mode: "on", start: soon() }));
      await until(() => told.length > 0, "it has begun");
      write(`begins-${program}/maintenance.json`, JSON.stringify({ mode: "on", end: soon() }));
      await until(() => told.length > 1, "it has ended");
      expect(told).toEqual(["Maintenance has begun: on", "Maintenance is over"]);
    } finally {
      await running.end();
      chat.close();
    }
  },
);

test("A state in Deno KV", async () => {
  const { port } = await startServer("deno", "deno-kv.ts", page("stores/deno-kv.md").codeUnder("Deno KV"), [
    "--unstable-kv",
    "--allow-sys=hostname",
  ]);
  expect(await statusAt(port)).toBe(200);
});

test("A Worker follows its KV namespace", async () => {
  const code = page("stores/cloudflare-kv.md").codeUnder("Cloudflare Workers KV");
  const on = await startWorker("kv-on.ts", code, "module");
  await on.put!("maintenancemode", '{ "mode": "on" }');
  expect([await statusAt(on.port), await statusAt(on.port, "/health")]).toEqual([503, 200]);
  const off = await startWorker("kv-off.ts", code, "module");
  expect(await statusAt(off.port)).toBe(200);
});

/** Serves what a function gives. */
async function serve(answer: () => string): Promise<{ origin: string } & AsyncDisposable> {
  const server = createServer((_req, res) => res.end(answer())).listen(0, "127.0.0.1");
  await once(server, "listening");
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    origin,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    },
  };
}

test("A state at a URL", async () => {
  await using cdn = await serve(() => '{ "mode": "on" }');
  const code = page("stores/http.md").codeUnder("A URL").replace("https://cdn.example.com", cdn.origin);
  const { port } = await start(code, "http-store.ts");
  expect([await statusAt(port), await statusAt(port, "/health")]).toEqual([503, 200]);
});

test.each(["Yoga", "Apollo Server", "graphql-http", "Staff and addresses"])(
  "GraphQL while the site is read-only: %s",
  async (heading) => {
    const state = write(`graphql/${heading}.json`, '{ "mode": "read-only", "retryAfter": 600 }');
    const code = page("graphql.md").codeUnder(heading).replace("maintenance.json", state);
    const { port } = await start(code, `graphql/${heading.replace(/\W/g, "-")}.ts`);
    const ask = async (query: string, cookie = "") => {
      const headers = { "content-type": "application/json", accept: "application/graphql-response+json", cookie };
      const init = { method: "POST", headers, body: JSON.stringify({ query }) };
      const response = await fetch(`http://localhost:${port}/graphql`, init);
      return { response, body: JSON.stringify(await response.json()) };
    };
    const add = 'mutation { add(item: "a") }';
    const { response, body } = await ask(add);
    expect(body).toMatch(/^\{"errors":\[.*"code":"SERVICE_UNAVAILABLE"/);
    const { rows } = page("graphql.md").tablesUnder("What is refused")[0]!;
    const [, status, retries] = rows.find(([server]) => server === heading) ?? rows[0]!;
    expect(response.status).toBe(Number(/\d{3}/.exec(status!)![0]));
    expect(response.headers.get("retry-after")).toBe(retries === "yes" ? "600" : null);
    expect((await ask("{ items }")).body).toBe('{"data":{"items":[]}}');
    const staff = await ask(add, "session=5f2c9e");
    expect(staff.body.startsWith('{"data"')).toBe(heading === "Staff and addresses");
  },
);

test("A gate in front of an app in another language", async () => {
  await using upstream = await serve(() => "from the app");
  const code = page("coming-from/others.md").codeUnder("If your app is not in JavaScript");
  const { port } = await start(code.replace("http://127.0.0.1:8080", upstream.origin), "reverse.ts");
  expect(await (await fetch(`http://localhost:${port}/`)).text()).toBe("from the app");
});

test("A WebSocket that the gate does not let through gets its answer", async () => {
  const { port } = await start(page("hosts.md").codeUnder("WebSockets"), "websocket.ts");
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
  // Neither targets that are no path nor clients that go away bring the server down.
  for (const target of ["/", "/live/..", "//live", "/\\", "http://localhost/live", "*", "http://["]) {
    expect(await upgrade(target), target).toBe("HTTP/1.1 503 Service Unavailable");
  }
  await upgrade("/", true);
  expect(await statusAt(port)).toBe(503);
});

test("Bun serves a handler in routes past the gate unless it is wrapped itself", async () => {
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
  const paths = ["/bare", "/api", "/other"];
  expect(await Promise.all(paths.map((path) => statusAt(port, path)))).toEqual([200, 503, 503]);
});
