import { Window } from "happy-dom";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer, type IncomingMessage } from "node:http";
import * as http2 from "node:http2";
import { type AddressInfo, connect, type Server } from "node:net";
import { text } from "node:stream/consumers";
import { PassThrough } from "node:stream";
import { afterEach, describe, expect, test, vi } from "vitest";
import { readFormSecrets } from "../../src/bypass/form-secrets.ts";
import { maintenanceMiddleware } from "../../src/hosts/connect.ts";
import { withMaintenance as inDeno } from "../../src/hosts/deno.ts";
import { createGuard } from "../../src/hosts/fetch.ts";
import { withMaintenance as inNode } from "../../src/hosts/node.ts";
import { type Decision, maintenanceMode } from "../../src/index.ts";
import type { MaintenanceOptions } from "../../src/gate/maintenance-options.ts";
import { liveState } from "../../src/state/live-state.ts";
import { memoryStore } from "../../src/stores/memory.ts";

const SECRET = "correct-horse-battery";
const HTML = { accept: "text/html", "content-type": "application/x-www-form-urlencoded" };
const OPEN = `maintenance-bypass=${SECRET}`;

const servers: Server[] = [];
afterEach(() => {
  vi.useRealTimers();
  for (const server of servers.splice(0)) {
    server.close();
    (server as Partial<import("node:http").Server>).closeAllConnections?.();
  }
});

const optionsOf = (options: MaintenanceOptions = {}) => ({
  enabled: true,
  bypassSecret: SECRET,
  bypassForm: true,
  ...options,
});

/** What the app has got of the bodies, in each server. */
type Seen = (body: string) => void;

async function listen(server: Server): Promise<string> {
  servers.push(server);
  await once(server.listen(0, "127.0.0.1"), "listening");
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function withConnect(options?: MaintenanceOptions, seen: Seen = () => {}): Promise<string> {
  const middleware = maintenanceMiddleware(maintenanceMode(optionsOf(options)));
  return listen(createServer((req, res) =>
    middleware(req, res, async () => {
      seen(await text(req));
      res.end("app");
    })
  ));
}

function withNode(options?: MaintenanceOptions, seen: Seen = () => {}): Promise<string> {
  return listen(createServer(inNode(maintenanceMode(optionsOf(options)), async (request) => {
    seen(await request.text());
    return new Response("app");
  })));
}

const post = (url: string, body: BodyInit, headers: Record<string, string> = HTML) =>
  fetch(url, { method: "POST", headers, body, redirect: "manual" });

const cookieOf = (response: Response) => response.headers.get("set-cookie")!.split(";")[0]!;

describe.each([["maintenanceMiddleware()", withConnect], ["withMaintenance() of Node", withNode]])("%s", (_, start) => {
  test("opens for a visitor who fills in the secret on the page, and leads back to the same URL", async () => {
    const url = await start();
    const page = await fetch(`${url}/shop?a=1`, { headers: { accept: "text/html" } });
    expect(await page.text()).toMatch(/<form method="post"[\s\S]*name="maintenance-bypass"/);
    const response = await post(`${url}/shop?a=1`, OPEN);
    expect([response.status, response.headers.get("location")]).toEqual([303, "/shop?a=1"]);
    expect(response.headers.get("set-cookie")).toMatch(
      /^maintenance-bypass=\d+\.[\w-]{43}; Path=\/; Max-Age=43200; HttpOnly; SameSite=Lax$/,
    );
    expect(response.headers.get("cache-control")).toBe("no-store");
    const opened = await fetch(`${url}/shop?a=1`, { headers: { cookie: cookieOf(response) } });
    expect(await opened.text()).toBe("app");
  });

  test("shows the page again with a message for a wrong secret, and sets no cookie", async () => {
    const url = await start();
    const response = await post(`${url}/shop`, "maintenance-bypass=wrong-horse-battery");
    expect([response.status, response.headers.get("set-cookie")]).toEqual([503, null]);
    const page = await response.text();
    expect(page).toContain('role="alert">This access code is not correct.');
    expect(page).not.toContain("was not saved");
    expect(page).not.toContain("wrong-horse");
  });

  test("answers another form as before, and reads the body of no request that passes", async () => {
    const seen: string[] = [];
    const url = await start({ ignoreUrls: ["POST /open"] }, (body) => seen.push(body));
    const other = await post(`${url}/shop`, "a=1&b=2");
    expect([other.status, await other.text()]).toEqual([503, expect.stringContaining("was not saved")]);
    expect(await (await post(`${url}/open`, OPEN)).text()).toBe("app");
    expect(seen).toEqual([OPEN]);
  });

  test("reads neither a long body nor one of another type", async () => {
    const url = await start();
    const long = await post(url, `${OPEN}&x=${"x".repeat(5_000)}`);
    const stream = new Response(`${OPEN}&x=${"x".repeat(100_000)}`).body!;
    const chunked = await fetch(url, { method: "POST", headers: HTML, body: stream, duplex: "half" } as RequestInit);
    const plain = await post(url, OPEN, { ...HTML, "content-type": "text/plain" });
    expect([long.status, chunked.status, plain.status]).toEqual([503, 503, 503]);
    expect(await chunked.text()).toContain("was not saved");
  });

  test("reads nothing without the option", async () => {
    const url = await start({ bypassForm: false });
    const page = await fetch(url, { headers: { accept: "text/html" } });
    expect(page.headers.get("content-security-policy")).toContain("form-action 'none'");
    expect(await page.text()).not.toContain("<form");
    expect((await post(url, OPEN)).status).toBe(503);
  });

  test("tells onDecision once, without the secret", async () => {
    const told: [Decision, Request][] = [];
    const url = await start({ onDecision: (made, request) => void told.push([made, request]) });
    await post(url, OPEN);
    await post(url, "maintenance-bypass=wrong-horse-battery");
    expect(told.map(([{ because }]) => because)).toEqual(["bypass-link", "maintenance"]);
    expect(told.every(([, { bodyUsed, body }]) => !bodyUsed || body === null)).toBe(true);
  });
});

test("maintenanceMiddleware() opens over HTTP/2", async () => {
  const middleware = maintenanceMiddleware(maintenanceMode(optionsOf()));
  const url = await listen(http2.createServer((req, res) => middleware(req, res, () => void res.end("app"))));
  const session = http2.connect(url);
  const stream = session.request({ ":method": "POST", ":path": "/shop", ...HTML });
  stream.end(OPEN);
  const [headers] = await once(stream, "response") as [http2.IncomingHttpHeaders];
  session.close();
  expect([headers[":status"], headers.location]).toEqual([303, "/shop"]);
});

test("maintenanceMiddleware() opens behind a body parser that has read the form", async () => {
  const middleware = maintenanceMiddleware(maintenanceMode(optionsOf()));
  const url = await listen(createServer(async (req, res) => {
    const body = Object.fromEntries(new URLSearchParams(await text(req)));
    middleware(Object.assign(req, { body }), res, () => void res.end("app"));
  }));
  expect([(await post(url, OPEN)).status, (await post(url, "a=1")).status]).toEqual([303, 503]);
});

test("maintenanceMiddleware() opens behind a body parser that leaves an empty object for forms it does not read", async () => {
  const middleware = maintenanceMiddleware(maintenanceMode(optionsOf()));
  const url = await listen(
    createServer((req, res) => middleware(Object.assign(req, { body: {} }), res, () => void res.end("app"))),
  );
  expect((await post(url, OPEN)).status).toBe(303);
});

test("maintenanceMiddleware() answers a form that something has read without leaving it, and keeps the connection", async () => {
  const middleware = maintenanceMiddleware(maintenanceMode(optionsOf()));
  const url = await listen(createServer(async (req, res) => {
    await text(req);
    middleware(req, res, () => void res.end("app"));
  }));
  expect((await post(url, OPEN)).status).toBe(503);
});

test("maintenanceMiddleware() serves the next request of a connection after a form that was too long", async () => {
  const url = await withConnect();
  const socket = connect(Number(new URL(url).port), "127.0.0.1");
  const head = `POST / HTTP/1.1\r\nHost: a\r\nAccept: text/plain\r\nContent-Type: ${HTML["content-type"]}\r\n`;
  const chunk = "1000\r\n" + "x".repeat(4_096) + "\r\n";
  socket.write(`${head}Transfer-Encoding: chunked\r\n\r\n${chunk.repeat(30)}0\r\n\r\n`);
  socket.write(`${head}Connection: close\r\nContent-Length: ${OPEN.length}\r\n\r\n${OPEN}`);
  const answers = await text(socket);
  expect([...answers.matchAll(/^HTTP\/1\.1 (\d+)/gm)].map(([, status]) => status)).toEqual(["503", "303"]);
});

test("maintenanceMiddleware() goes on when a client goes away within its form", async () => {
  const url = await withConnect();
  const socket = connect(Number(new URL(url).port), "127.0.0.1");
  socket.write(
    `POST / HTTP/1.1\r\nHost: a\r\nContent-Type: ${HTML["content-type"]}\r\nContent-Length: 99\r\n\r\nmainten`,
  );
  await once(servers[0]!, "request") as [IncomingMessage];
  socket.destroy();
  expect((await post(url, OPEN)).status).toBe(303);
});

test("withMaintenance() of a fetch host opens, and gives an unread body to the app", async () => {
  const app = async (request: Request) => new Response(await request.text());
  const handler = inDeno(maintenanceMode(optionsOf({ ignoreUrls: ["/open"] })), app);
  const info = { remoteAddr: { hostname: "203.0.113.9" } };
  const request = (path: string, body: BodyInit = OPEN) =>
    new Request(`https://site.test${path}`, { method: "POST", headers: HTML, body, duplex: "half" } as RequestInit);
  const opened = await handler(request("/shop?maintenance-bypass=wrong"), info);
  expect([opened.status, opened.headers.get("location")]).toEqual([303, "/shop"]);
  expect(opened.headers.get("set-cookie")).toMatch(/^__Host-maintenance-bypass=.*; Secure$/);
  expect(await (await handler(request("/open"), info)).text()).toBe(OPEN);
  const endless = new ReadableStream({ pull: (controller) => controller.enqueue(new Uint8Array(1_000)) });
  expect((await handler(request("/", endless), info)).status).toBe(503);
  const failing = new ReadableStream({ pull: (controller) => controller.error(new Error("gone")) });
  expect((await handler(request("/", failing), info)).status).toBe(503);
});

test("createGuard() of a framework opens", async () => {
  const guard = createGuard(maintenanceMode(optionsOf()));
  const request = new Request("https://site.test/shop", { method: "POST", headers: HTML, body: OPEN });
  const opened = await guard(request, { next: () => new Response("app") });
  expect([opened.status, opened.headers.get("location")]).toEqual([303, "/shop"]);
});

test("withMaintenance() asks staff first: their forms go to the app unread", async () => {
  const app = async (request: Request) => new Response(await request.text());
  const handler = inDeno(maintenanceMode(optionsOf()), app, { isStaff: () => Promise.resolve(true) });
  const request = new Request("https://site.test/", { method: "POST", headers: HTML, body: OPEN });
  expect(await (await handler(request, { remoteAddr: {} })).text()).toBe(OPEN);
});

test("the page asks only while a bypass exists, and the secret of the state opens", async () => {
  const state = liveState(memoryStore());
  try {
    await state.set({ mode: "on" });
    const gate = maintenanceMode({ state, bypassForm: true });
    const handler = inDeno(gate, () => new Response("app"));
    const request = (init?: RequestInit) => new Request("https://site.test/", { headers: HTML, ...init });
    const form = (body: string) => handler(request({ method: "POST", body }), { remoteAddr: {} });
    const page = gate(request())!;
    expect(page.headers.get("content-security-policy")).toContain("form-action 'none'");
    expect(await page.text()).not.toContain("<form");
    expect((await form(OPEN)).status).toBe(503);

    await state.set({ mode: "on", bypass: SECRET });
    const asking = gate(request())!;
    expect(asking.headers.get("content-security-policy")).toContain("form-action 'self'");
    expect(await asking.text()).toContain("<form");
    expect((await form(OPEN)).status).toBe(303);

    // A former secret is as wrong as any other.
    await state.set({ mode: "on", bypass: `${SECRET}-2` });
    const [former, wrong, long] = await Promise.all([OPEN, `${OPEN}x`, `${OPEN}${"x".repeat(300)}`].map(form));
    const all = async (response: Response) => [response.status, [...response.headers], await response.text()];
    expect(await all(former!)).toEqual(await all(wrong!));
    expect((await all(long!))[0]).toBe(503);
  } finally {
    await state.close();
  }
});

test("the form of the docs, under A field on the page, opens when it is sent as a browser sends it", async () => {
  const docs = readFileSync(new URL("../../docs/bypass.md", import.meta.url), "utf8");
  const [, html] = /## A field on the page[\s\S]*?```html\n([\s\S]*?)```/.exec(docs)!;
  const { document } = new Window();
  document.body.innerHTML = html!;
  const form = document.querySelector("form")!;
  const field = form.querySelector("input")!;
  const url = await withConnect({ page: html! });
  const sent = new URLSearchParams({ [field.name]: SECRET });
  const response = await fetch(`${url}/shop`, { method: form.method, headers: HTML, body: sent, redirect: "manual" });
  expect(response.status).toBe(303);
});

test("the gate called by hand answers the form as any other", () => {
  const gate = maintenanceMode(optionsOf());
  const request = new Request("https://site.test/", { method: "POST", headers: HTML, body: OPEN });
  expect([gate(request)?.status, request.bodyUsed]).toEqual([503, false]);
});

describe("readFormSecrets()", () => {
  const formOf = (body: BodyInit | null = null) =>
    new Request("https://site.test/", { method: "POST", headers: HTML, body, duplex: "half" } as RequestInit);

  test("gives up a body that does not come to its end in five seconds", async () => {
    vi.useFakeTimers();
    const start = (controller: ReadableStreamDefaultController) => controller.enqueue(new TextEncoder().encode(OPEN));
    let isCancelled = false;
    const slow = formOf(new ReadableStream({ start, cancel: () => void (isCancelled = true) }));
    const req = new PassThrough();
    req.write(OPEN);
    const both = Promise.all([readFormSecrets(slow, undefined), readFormSecrets(formOf(), { req })]);
    await vi.advanceTimersByTimeAsync(4_999);
    expect(isCancelled).toBe(false);
    await vi.advanceTimersByTimeAsync(1);
    expect([await both, isCancelled]).toEqual([[[], []], true]);
    expect([req.listenerCount("data"), vi.getTimerCount()]).toEqual([0, 0]);
  });

  test("reads a thousand bodies at the same time, and leaves further ones unread", async () => {
    const endings: (() => void)[] = [];
    const start = (controller: ReadableStreamDefaultController) => void endings.push(() => controller.close());
    const readings = Array.from({ length: 1_000 }, () => readFormSecrets(formOf(new ReadableStream({ start })), {}));
    const further = formOf(OPEN);
    expect([readFormSecrets(further, {}), further.bodyUsed]).toEqual([undefined, false]);
    for (const end of endings) end();
    await Promise.all(readings);
    expect(await readFormSecrets(further, {})).toEqual([SECRET]);
  });

  test("leaves a body alone that something else reads", () => {
    const request = formOf(OPEN);
    void request.text();
    const locked = formOf(OPEN);
    locked.body!.getReader();
    expect([readFormSecrets(request, {}), readFormSecrets(locked, {})]).toEqual([undefined, undefined]);
  });

  test.each([
    ["GET", HTML["content-type"]],
    ["PUT", HTML["content-type"]],
    ["POST", "multipart/form-data"],
    ["POST", "application/x-www-form-urlencoded2"],
  ])("leaves %s of %s alone", (method, type) => {
    const body = method === "GET" ? null : OPEN;
    const request = new Request("https://site.test/", { method, headers: { "content-type": type }, body });
    expect([readFormSecrets(request, {}), request.bodyUsed]).toEqual([undefined, false]);
  });
});
