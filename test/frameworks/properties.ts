/** What has to hold in every framework, as plain functions over HTTP. */
import assert from "node:assert/strict";
import { request } from "node:http";
import type { Site } from "./site.ts";
import { expectNothing, MADE_UP, SPELLINGS } from "./targets.ts";

/** A property of an adapter. It gets the site switched off, with nothing held, and may leave it as it likes. */
export type Property = (site: Site) => Promise<void>;

const ON = { mode: "on" };
const PAGE = { headers: { accept: "text/html" } };
const JSON_WANTED = { headers: { accept: "application/json" } };
const STAFF = { headers: { cookie: "session=staff" } };
const INTERNAL = { headers: { "x-forwarded-for": "203.0.113.7" } };
const OWN_CACHING = "public, max-age=60";

/** The properties by what they say, in the order of the table. */
export const properties: Readonly<Record<string, Property>> = {
  async "off: the app's own response"(site) {
    const response = await site.ask("/");
    assert.match(await response.text(), /Hello from the app/);
    assert.equal(response.status, 200);
    assert.equal(response.headers.get("cache-control"), OWN_CACHING);
    assert.equal(response.headers.get("maintenance-mode"), null);
    assert.equal((await site.ask("/nothing-here")).status, 404);
  },
  async "off: a static file and a prerendered page"(site) {
    assert.equal(await (await site.ask("/asset.txt")).text(), "asset\n");
    assert.match(await (await site.ask("/prerendered")).text(), /prerendered/);
  },
  async "off: the framework's own helpers work"(site) {
    await expectFacts(await site.ask("/facts", { headers: { cookie: "probe=1; session=staff" } }));
  },
  async "on: a visitor sees the page"(site) {
    await site.switch(ON);
    const response = await site.ask("/", PAGE);
    const text = await response.text();
    assert.equal(response.status, 503);
    assert.match(response.headers.get("content-type") ?? "", /^text\/html/);
    assert.match(text, /Down for maintenance/);
    assert.doesNotMatch(text, /Hello from the app/);
    assert.equal(response.headers.get("cache-control"), "no-store");
  },
  async "on: no made-up host or target gets anybody in"(site) {
    await site.switch(ON);
    await expectNothing(site, MADE_UP);
  },
  async "on for one path: no other spelling of it gets anybody in"(site) {
    await site.switch({ ...ON, urls: ["/facts"] });
    await expectNothing(site, SPELLINGS);
  },
  async "on: a program gets JSON"(site) {
    await site.switch(ON);
    const response = await site.ask("/", JSON_WANTED);
    assert.equal(response.status, 503);
    assert.match(response.headers.get("content-type") ?? "", /json/);
    assert.equal((await response.json() as { status: number }).status, 503);
  },
  async "on: HEAD, POST and OPTIONS are answered as well"(site) {
    await site.switch(ON);
    const head = await site.ask("/", { method: "HEAD", ...PAGE });
    assert.deepEqual([head.status, await head.text()], [503, ""]);
    assert.equal((await site.ask("/echo", { method: "POST", body: "a body" })).status, 503);
    assert.equal((await site.ask("/", { method: "OPTIONS" })).status, 503);
  },
  async "on: an unknown URL is answered"(site) {
    await site.switch(ON);
    assert.equal((await site.ask("/nothing-here", PAGE)).status, 503);
    assert.equal((await site.ask("/nothing/here.html", PAGE)).status, 503);
  },
  async "on: a static file is closed"(site) {
    await site.switch(ON);
    assert.equal((await site.ask("/asset.txt")).status, 503);
  },
  async "on: a prerendered page is closed"(site) {
    await site.switch(ON);
    assert.equal((await site.ask("/prerendered", PAGE)).status, 503);
  },
  async "on: an ignored URL passes, with the app's own caching"(site) {
    await site.switch({ ...ON, ignoreUrls: ["/"] });
    assert.equal(await (await site.ask("/health")).text(), "ok\n");
    const response = await site.ask("/");
    assert.deepEqual([response.status, response.headers.get("cache-control")], [200, OWN_CACHING]);
  },
  async "on: staff pass by the framework's own session, and nobody else"(site) {
    await site.switch(ON);
    const response = await site.ask("/", STAFF);
    assert.equal(response.status, 200);
    assert.match(await response.text(), /Hello from the app/);
    assert.equal((await site.ask("/", { headers: { cookie: "session=visitor" } })).status, 503);
  },
  async "on: no cache gives others what staff get"(site) {
    await site.switch(ON);
    const response = await site.ask("/", STAFF);
    assert.equal(response.headers.get("cache-control"), "private, no-store");
  },
  async "on: an internal address passes, as the proxy tells it"(site) {
    await site.switch(ON);
    assert.equal((await site.ask("/", INTERNAL)).status, 200);
    const other = { headers: { "x-forwarded-for": "192.0.2.9" } };
    assert.equal((await site.ask("/", other)).status, 503);
    const claimed = { headers: { "x-forwarded-for": "203.0.113.7, 192.0.2.9" } };
    assert.equal((await site.ask("/", claimed)).status, 503);
  },
  async "on: the framework's own helpers work behind the gate"(site) {
    await site.switch(ON);
    await expectFacts(await site.ask("/facts", { headers: { cookie: "probe=1; session=staff" } }));
  },
  async "on: the body of a POST reaches the app unread"(site) {
    await site.switch(ON);
    const body = "0123456789abcdef".repeat(8_192);
    const headers = { ...STAFF.headers, "content-type": "text/plain" };
    const response = await site.ask("/echo", { method: "POST", body, headers });
    assert.equal(response.status, 200);
    assert.equal(await response.text(), body);
  },
  async "on: an error of the app is handled by the framework"(site) {
    await site.switch(ON);
    assert.equal((await site.ask("/fail", STAFF)).status, 500);
    assert.equal((await site.ask("/", STAFF)).status, 200);
  },
  async "on: the bypass link sets its cookie, which lets in"(site) {
    const { text } = await site.cli("on", "--with-bypass", "--wait", "60s");
    const [query] = /\?maintenance-bypass=[\w-]+/.exec(text)!;
    const link = await site.ask(`/${query}`, PAGE);
    assert.ok([302, 303, 307].includes(link.status), `status ${link.status}`);
    const to = new URL(link.headers.get("location")!, site.url);
    assert.equal(`${to.pathname}${to.search}`, "/");
    const response = await site.ask("/", { headers: { cookie: cookieOf(link) } });
    assert.equal(response.status, 200);
    assert.equal(response.headers.get("cache-control"), "private, no-store");
  },
  async "admit: the cookie is set, and keeps a visitor in"(site) {
    await site.switch({ ...ON, admit: 0.5 });
    let admitted: Response | undefined;
    for (let i = 0; i < 100 && admitted === undefined; i++) {
      const response = await site.ask("/");
      if (response.status === 200) admitted = response;
    }
    assert.ok(admitted, "nobody of 100 was let in");
    const cookie = cookieOf(admitted);
    for (let i = 0; i < 10; i++) assert.equal((await site.ask("/", { headers: { cookie } })).status, 200);
  },
  async "read-only: reading passes and says so, writing does not"(site) {
    await site.switch({ ...ON, mode: "read-only" });
    const response = await site.ask("/");
    assert.deepEqual([response.status, response.headers.get("maintenance-mode")], [200, "read-only"]);
    assert.equal((await site.ask("/echo", { method: "POST", body: "a body" })).status, 503);
  },
  async "--wait: waits for a slow handler"(site) {
    const slow = site.ask("/slow").then((response) => response.text());
    // It is awaited below, and may fail before.
    slow.catch(() => {});
    await site.held(1);
    await expectWait(site, 5);
    await site.release();
    assert.equal(await slow, "slow\n");
    await expectWait(site, 0);
  },
  async "--wait: waits for a slow stream"(site) {
    const response = await site.ask("/stream");
    await site.held(1);
    await expectWait(site, 5);
    await site.release();
    assert.equal(await response.text(), "first\nlast\n");
    await expectWait(site, 0);
  },
  async "--wait: a client that has gone does not hold it up for ever"(site) {
    const controller = new AbortController();
    const slow = site.ask("/slow", { signal: controller.signal }).catch(() => {});
    await site.held(1);
    controller.abort();
    await slow;
    // The server learns of that first. If Next sends a response just then, its handler never returns.
    await site.held(1);
    await site.release();
    // Where the framework drops the response without ending it, the request counts for a minute at most.
    await expectWait(site, 0, "90s");
  },
  async "--wait: a blocked request and a request that failed are not counted"(site) {
    await site.ask("/fail");
    await site.ask("/nothing-here");
    await expectWait(site, 0);
    await site.ask("/", PAGE);
    await expectWait(site, 0);
  },
  async "status: the process counts requests, and nothing is uncounted"(site) {
    await site.ask("/");
    await site.switch(ON);
    await site.ask("/", STAFF);
    const { text } = await site.cli("status", "--json");
    const { instances } = JSON.parse(text.trim().split("\n").at(-1)!) as {
      instances: readonly { counts: readonly string[]; uncounted: unknown }[];
    };
    assert.deepEqual(instances.map(({ counts }) => counts), [["requests"]]);
  },
  async "WebSocket: refused while on, and counted while open"(site) {
    const socket = await openSocket(site);
    assert.equal(await say(socket, "hello"), "hello");
    const waiting = await site.cli("on", "--wait", "1s", "--streams");
    assert.equal(waiting.code, 5, waiting.text);
    socket.close();
    const waited = await site.cli("on", "--wait", "60s", "--streams");
    assert.equal(waited.code, 0, waited.text);
    assert.equal(await upgradeStatus(site), 503);
  },
};

async function expectFacts(response: Response): Promise<void> {
  assert.equal(response.status, 200);
  const { ip, cookie, user } = await response.json() as Record<string, unknown>;
  assert.match(String(ip), /^(::ffff:)?127\.0\.0\.1$|^::1$/);
  assert.deepEqual([cookie, user], ["1", "staff"]);
  assert.ok(response.headers.getSetCookie().some((cookie) => cookie.startsWith("app=")), "it sets its cookie");
}

async function expectWait(site: Site, code: number, atMost = "60s"): Promise<void> {
  const { code: got, text } = await site.cli("on", "--wait", code === 0 ? atMost : "1s");
  assert.equal(got, code, text);
  if (code === 0) assert.match(text, /^SAFE TO MIGRATE/m);
}

/** What the processes of a site have at work. */
export async function inFlightOf(site: Site): Promise<number[]> {
  const { text } = await site.cli("status", "--json");
  const { instances } = JSON.parse(text.trim().split("\n").at(-1)!) as { instances: { inFlight: number }[] };
  return instances.map(({ inFlight }) => inFlight);
}

/** Expects that a request which takes long counts as one. */
export async function expectOne(site: Site, path: string): Promise<void> {
  const slow = site.ask(path).then((response) => response.text());
  await site.held(1);
  try {
    await expectWait(site, 5);
    assert.deepEqual(await inFlightOf(site), [1]);
  } finally {
    await site.release();
    assert.equal(await slow, "slow\n");
  }
}

/** The cookies that a response sets, as a request sends them back. */
function cookieOf(response: Response): string {
  const cookies = response.headers.getSetCookie().map((cookie) => cookie.split(";")[0]);
  assert.ok(cookies.length > 0, "it sets a cookie");
  return cookies.join("; ");
}

function openSocket(site: Site): Promise<WebSocket> {
  const socket = new WebSocket(`${site.url.replace("http", "ws")}/socket`);
  return inTime((resolve, reject) => {
    socket.addEventListener("open", () => resolve(socket), { once: true });
    socket.addEventListener("error", () => reject(new Error("the WebSocket does not open")), { once: true });
  });
}

function say(socket: WebSocket, text: string): Promise<unknown> {
  return inTime((resolve, reject) => {
    socket.addEventListener("message", ({ data }) => resolve(data), { once: true });
    socket.addEventListener("close", () => reject(new Error("the WebSocket was closed")), { once: true });
    socket.send(text);
  });
}

/** A promise that is rejected after a minute, so that no app can hang the suite. */
function inTime<Value>(
  executor: (resolve: (value: Value) => void, reject: (error: unknown) => void) => void,
): Promise<Value> {
  return new Promise((resolve, reject) => {
    setTimeout(() => reject(new Error("not within a minute")), 60_000).unref();
    executor(resolve, reject);
  });
}

/** The status of the answer to an attempt to open a WebSocket: 101 if it opens. */
function upgradeStatus({ port }: Site): Promise<number | undefined> {
  return inTime((resolve, reject) => {
    const headers = {
      connection: "upgrade",
      upgrade: "websocket",
      "sec-websocket-version": "13",
      "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ==",
    };
    const asked = request({ host: "127.0.0.1", port, path: "/socket", headers });
    asked.on("upgrade", (response, socket) => {
      socket.destroy();
      resolve(response.statusCode);
    });
    asked.on("response", (response) => {
      response.resume();
      resolve(response.statusCode);
    });
    asked.on("error", reject);
    asked.end();
  });
}
