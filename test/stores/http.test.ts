import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { gzipSync } from "node:zlib";
import { afterAll, afterEach, expect, test, vi } from "vitest";
import { optionError } from "../_errors.ts";
import { liveState } from "../../src/state/live-state.ts";
import { type HttpStore, httpStore } from "../../src/stores/http.ts";
import { freePort } from "../_free-port.ts";
import { until } from "../_until.ts";

const ON = '{ "mode": "on" }';
const { signal } = new AbortController();
const closers: (() => unknown)[] = [];

afterEach(() => vi.unstubAllGlobals());
afterAll(() => Promise.all(closers.map((close) => close())));

/** Starts a server on a port of its own. */
async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  closers.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function read(store: HttpStore): Promise<string | undefined> {
  return (await store.read(signal))?.text;
}

/** Reads, and returns the message of the error. Checks that it shows no secret. */
async function failure(store: HttpStore): Promise<string> {
  const error = await store.read(signal).then(() => new Error("it did not fail"), (error: Error) => error);
  expect(error.cause).toBeUndefined();
  expect(`${error.stack}`).not.toMatch(/s3cret|token/);
  return error.message;
}

test("httpStore() asks with the ETag and takes 304 for the text that it knows", async () => {
  const asked: (string | undefined)[] = [];
  let etag = '"1"';
  const origin = await serve((req, res) => {
    asked.push(req.headers["if-none-match"]);
    if (req.headers["if-none-match"] === etag) res.writeHead(304).end();
    else res.writeHead(200, { etag }).end(`${ON}${etag}`);
  });
  const store = httpStore(`${origin}/maintenance.json`);
  expect(await store.read(signal)).toEqual({ text: `${ON}"1"`, version: '"1"' });
  expect(await store.read(signal)).toEqual({ text: `${ON}"1"`, version: '"1"' });
  etag = 'W/"2"';
  expect(await store.read(signal)).toEqual({ text: `${ON}W/"2"`, version: 'W/"2"' });
  expect(await store.read(signal)).toEqual({ text: `${ON}W/"2"`, version: 'W/"2"' });
  expect(asked).toEqual([undefined, '"1"', '"1"', 'W/"2"']);
});

test("httpStore() takes a 304 without a condition for an error", async () => {
  const origin = await serve((_req, res) => void res.writeHead(304).end());
  expect(await failure(httpStore(origin))).toBe(`Cannot read ${origin}/: the status is 304, expected 200`);
});

test.each([404, 410])("httpStore() takes %i to mean that nothing is stored, and forgets the ETag", async (status) => {
  let isThere = true;
  const asked: (string | undefined)[] = [];
  const origin = await serve((req, res) => {
    asked.push(req.headers["if-none-match"]);
    if (isThere) res.writeHead(200, { etag: '"1"' }).end(ON);
    else res.writeHead(status).end("gone");
  });
  const store = httpStore(origin);
  expect(await read(store)).toBe(ON);
  isThere = false;
  expect(await read(store)).toBeUndefined();
  isThere = true;
  expect(await read(store)).toBe(ON);
  expect(asked).toEqual([undefined, '"1"', undefined]);
});

test.each([201, 204, 206, 300, 400, 401, 403, 429, 500, 503])(
  "httpStore() takes %i for an error and not for a state",
  async (status) => {
    const origin = await serve((_req, res) => void res.writeHead(status).end(status === 204 ? undefined : ON));
    expect(await failure(httpStore(origin))).toBe(`Cannot read ${origin}/: the status is ${status}, expected 200`);
  },
);

test.each<[what: string, listener: (req: IncomingMessage, res: ServerResponse) => void]>([
  ["does not answer", () => {}],
  ["sends half of the text", (_req, res) => void res.writeHead(200).write('{ "mode"')],
  ["sends a byte now and then", (_req, res) => {
    const timer = setInterval(() => res.write(" "), 10);
    res.on("close", () => clearInterval(timer));
  }],
])("httpStore() gives up on a server that %s", async (_what, listener) => {
  const origin = await serve(listener);
  expect(await failure(httpStore(origin, { timeoutMs: 100 }))).toBe(
    `Cannot read ${origin}/: no answer within 100 ms`,
  );
});

test("httpStore() stops when its signal is aborted, with the reason of the signal", async () => {
  let hasClosed: () => void;
  const closed = new Promise<void>((resolve) => hasClosed = resolve);
  const controller = new AbortController();
  const origin = await serve((req) => {
    req.on("close", () => hasClosed());
    controller.abort(new Error("nobody waits"));
  });
  await expect(httpStore(origin).read(controller.signal)).rejects.toThrow(new Error("nobody waits"));
  await closed;
});

test.each<[what: string, listener: (req: IncomingMessage, res: ServerResponse) => void]>([
  ["says so", (_req, res) => void res.writeHead(200, { "content-length": 1_001 }).end("x".repeat(1_001))],
  ["does not say so", (_req, res) => {
    res.writeHead(200).write("x".repeat(900));
    res.end("x".repeat(101));
  }],
  ["is packed", (_req, res) => {
    res.writeHead(200, { "content-encoding": "gzip" }).end(gzipSync("x".repeat(1_000_000)));
  }],
  ["has no end", (_req, res) => {
    const more = (): void => {
      while (!res.destroyed && res.write("x".repeat(1_000)));
    };
    res.on("drain", more);
    more();
  }],
])("httpStore() refuses a text that is too long and %s", async (_what, listener) => {
  const origin = await serve(listener);
  const message = `Cannot read ${origin}/: it is longer than 1000 bytes`;
  expect(await failure(httpStore(origin, { maxBytes: 1_000 }))).toBe(message);
});

test("httpStore() takes a text of the greatest length, and unpacks it", async () => {
  const text = "ü".repeat(500);
  const origin = await serve((_req, res) => {
    res.writeHead(200, { "content-encoding": "gzip" }).end(gzipSync(text));
  });
  expect(await read(httpStore(origin, { maxBytes: 1_000 }))).toBe(text);
});

test("httpStore() rejects when the connection is lost in the middle of the text, and reads again afterwards", async () => {
  let requests = 0;
  const origin = await serve((req, res) => {
    res.writeHead(200, { "content-length": ON.length });
    if (++requests > 1) return void res.end(ON);
    res.write(ON.slice(0, 5), () => req.socket.destroy());
  });
  const store = httpStore(origin);
  expect(await failure(store)).toMatch(`Cannot read ${origin}/: `);
  expect(await read(store)).toBe(ON);
});

test("httpStore() rejects where no server listens, and says why", async () => {
  const origin = `http://127.0.0.1:${await freePort()}`;
  expect(await failure(httpStore(`${origin}/?token=s3cret`))).toBe(
    `Cannot read ${origin}/: fetch failed: connect ECONNREFUSED ${origin.slice("http://".length)}`,
  );
});

test("httpStore() refuses text that is not in UTF-8, and drops a byte order mark", async () => {
  const bytes = { "/latin1": Buffer.from("Größe", "latin1"), "/mark": Buffer.from(`\uFEFF${ON}`) };
  const origin = await serve((req, res) => void res.writeHead(200).end(bytes[req.url as keyof typeof bytes]));
  const message = `Cannot read ${origin}/latin1: it is not encoded in UTF-8`;
  expect(await failure(httpStore(`${origin}/latin1`))).toBe(message);
  expect(await read(httpStore(`${origin}/mark`))).toBe(ON);
});

test.each([["nothing", ""], ["white space", " \r\n"], ["a byte order mark", "\uFEFF"]])(
  "httpStore() takes 200 with %s for an error, and liveState() keeps the last state",
  async (_what, body) => {
    let text = '{ "mode": "read-only" }';
    const origin = await serve((_req, res) => void res.writeHead(200, { etag: `"${text.length}"` }).end(text));
    const errors: unknown[] = [];
    const store = httpStore(`${origin}/?token=s3cret`);
    await using state = liveState(store, { pollIntervalMs: 5, onError: (error) => errors.push(error) });
    await state.ready;
    text = body;
    expect(await failure(store)).toBe(
      `Cannot read ${origin}/: the text is empty, expected a state such as { "mode": "on" }`,
    );
    await until(() => errors.length === 1, "the error");
    expect(state.current.mode).toBe("read-only");
    text = ON;
    await until(() => state.current.mode === "on", "the next state");
  },
);

test("httpStore() gives a page as it is, which liveState() refuses", async () => {
  const page = "<!doctype html><title>Log in</title>";
  const origin = await serve((_req, res) => void res.writeHead(200, { "content-type": "text/html" }).end(page));
  expect(await read(httpStore(origin))).toBe(page);
});

test("httpStore() follows redirects, and asks their target with its ETag", async () => {
  const asked: string[] = [];
  const origin = await serve((req, res) => {
    asked.push(`${req.url} ${req.headers["if-none-match"]}`);
    if (req.url === "/") res.writeHead(302, { location: "a?b" }).end("moved");
    else if (req.url === "/a?b") res.writeHead(308, { location: `${origin}/c#d` }).end();
    else if (req.headers["if-none-match"] === '"1"') res.writeHead(304).end();
    else res.writeHead(200, { etag: '"1"' }).end(ON);
  });
  const store = httpStore(origin);
  expect(await read(store)).toBe(ON);
  expect(await read(store)).toBe(ON);
  const first = ["/ undefined", "/a?b undefined"];
  expect(asked).toEqual([...first, "/c undefined", ...first, '/c "1"']);
});

test.each([
  ["for ever", "/", "it redirected more than 20 times"],
  ["without saying where to", undefined, 'it redirects without a "Location" field'],
  ["to a text that is not a URL", "http://[", "it redirects to a text that is not a URL"],
  ["to another scheme", "ftp://127.0.0.1/", "it redirects from http: to ftp:"],
])("httpStore() refuses to be redirected %s", async (_what, location, reason) => {
  const origin = await serve((_req, res) => void res.writeHead(302, location ? { location } : {}).end());
  expect(await failure(httpStore(`${origin}/?token=s3cret`))).toBe(`Cannot read ${origin}/: ${reason}`);
});

test("httpStore() refuses a redirect from https: to http:, and follows one the other way round", async () => {
  const origin = await serve((req, res) => {
    if (req.url === "/state") res.writeHead(200).end(ON);
    else res.writeHead(302, { location: req.url!.slice(1) }).end();
  });
  // Stands in for a proxy that ends TLS in front of the server.
  const fetchOverTls = (url: string, init: RequestInit) => fetch(url.replace("https://secure.test", origin), init);
  const store = (url: string) => httpStore(url, { fetch: fetchOverTls });
  expect(await failure(store(`https://secure.test/${origin}/state`))).toBe(
    `Cannot read https://secure.test/${origin}/state: it redirects from https: to http:`,
  );
  expect(await read(store(`${origin}/https://secure.test/state`))).toBe(ON);
});

test("httpStore() sends header fields and credentials to its own origin and to no other", async () => {
  const seen: object[] = [];
  const note = ({ url, headers: { authorization, "x-key": key } }: IncomingMessage) =>
    void seen.push({ url, authorization, key });
  const other = await serve((req, res) => {
    note(req);
    res.writeHead(200).end(ON);
  });
  const origin = await serve((req, res) => {
    note(req);
    res.writeHead(302, { location: req.url === "/" ? "/next" : `${other.replace("//", "//user:s3cret@")}/` }).end();
  });
  const url = origin.replace("//", "//op:s3cr%C3%A9t@");
  expect(await read(httpStore(url, { headers: { "X-Key": "key" } }))).toBe(ON);
  const authorization = `Basic ${Buffer.from("op:s3crét").toString("base64")}`;
  expect(seen).toEqual([
    { url: "/", authorization, key: "key" },
    { url: "/next", authorization, key: "key" },
    { url: "/", authorization: undefined, key: undefined },
  ]);
});

test("httpStore() asks for JSON, and bypasses caches", async () => {
  let headers: IncomingMessage["headers"] = {};
  const origin = await serve((req, res) => {
    headers = req.headers;
    res.writeHead(200).end(ON);
  });
  await httpStore(origin).read(signal);
  expect(headers).toMatchObject({ accept: "application/json, */*;q=0.5", "cache-control": "no-cache" });
  await httpStore(origin, { headers: [["Accept", "text/plain"]] }).read(signal);
  expect(headers.accept).toBe("text/plain");
});

test("httpStore() reads where a request cannot bypass caches", async () => {
  vi.resetModules();
  const { Request: Native } = globalThis;
  class Request extends Native {
    constructor(url: string, init?: RequestInit) {
      if (init?.cache) throw new Error("The 'cache' field on 'RequestInitializerDict' is not implemented.");
      super(url, init);
    }
  }
  vi.stubGlobal("Request", Request);
  const { httpStore } = await import("../../src/stores/http.ts");
  const inits: RequestInit[] = [];
  const origin = await serve((_req, res) => void res.writeHead(200).end(ON));
  const store = httpStore(origin, { fetch: (url, init) => (inits.push(init), fetch(url, init)) });
  expect(await read(store)).toBe(ON);
  expect(inits[0]).not.toHaveProperty("cache");
});

test("httpStore() has a name without user name, password and query, and nothing more than reading", () => {
  const store = httpStore(new URL("https://op:s3cret@flags.example.com/maintenance.json?token=s3cret#part"));
  expect(store.name).toBe("https://flags.example.com/maintenance.json");
  expect(store.pollIntervalMs).toBe(10_000);
  expect(store).not.toHaveProperty("write");
  expect(store).not.toHaveProperty("watch");
});

test("httpStore() does not change the URL it is given", () => {
  const url = new URL("https://op:s3cret@flags.example.com/#part");
  httpStore(url);
  expect(url.href).toBe("https://op:s3cret@flags.example.com/#part");
});

const URL_FORM = '"url" must be an absolute URL with http: or https:, received';

test.each<[args: unknown[], message: string]>([
  [["/maintenance.json"], `${URL_FORM} text that is not an absolute URL`],
  [["redis://op:s3cret@127.0.0.1/"], `${URL_FORM} a URL that starts with "redis:"`],
  [[undefined], `${URL_FORM} undefined`],
  [
    ["http://a.test", { timeoutMs: 0 }],
    '"timeoutMs" must be a number of milliseconds above 0 and at most 5000, received 0',
  ],
  [
    ["http://a.test", { timeoutMs: 5_001 }],
    '"timeoutMs" must be a number of milliseconds above 0 and at most 5000, received 5001',
  ],
  [
    ["http://a.test", { timeoutMs: "5s" }],
    '"timeoutMs" must be a number of milliseconds above 0 and at most 5000, received "5s"',
  ],
  [["http://a.test", { maxBytes: 1.5 }], '"maxBytes" must be a whole number of bytes above 0, received 1.5'],
  [["http://a.test", { fetch: "fetch" }], '"fetch" must be a function, received "fetch"'],
  [["http://a.test", { headers: 1 }], '"headers" must be header fields, received 1'],
  [
    ["http://a.test", { headers: { authorization: "s3cret\n" + "x: y" } }],
    '"headers" must be header fields, received a name or value that is not valid',
  ],
  [
    ["http://op:s3cret@a.test", { headers: { authorization: "Bearer s3cret" } }],
    '"headers" must be header fields without "authorization" where "url" has a user name: give one of them',
  ],
  [["http://a.test", { timeout: 5 }], 'unknown name "timeout" in options: did you mean "timeoutMs"?'],
])("httpStore() refuses the arguments %#", (args, message) => {
  expect(() => httpStore(...args as Parameters<typeof httpStore>)).toThrow(
    optionError(`Cannot open the HTTP store: ${message}`),
  );
});
