import type { Buffer } from "node:buffer";
import { once } from "node:events";
import { createServer, type IncomingMessage, request, type ServerResponse } from "node:http";
import * as http2 from "node:http2";
import { type AddressInfo, connect, type Server } from "node:net";
import { buffer } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { afterEach, describe, expect, test, vi } from "vitest";
import type { MaintenanceOptions } from "../../src/gate/maintenance-options.ts";
import { maintenanceMiddleware, type NodeInfo } from "../../src/hosts/connect.ts";
import { maintenanceMode } from "../../src/index.ts";
import { optionError } from "../_errors.ts";
import { until } from "../_until.ts";

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

type Listener = (req: NodeInfo["req"], res: NodeInfo["res"]) => void;

async function listen(server: Server): Promise<number> {
  servers.push(server);
  await once(server.listen(0, "127.0.0.1"), "listening");
  return (server.address() as AddressInfo).port;
}

/** A listener with the gate in front of an app that says "app". */
function listenerOf(
  options: MaintenanceOptions,
  hostOptions?: Parameters<typeof maintenanceMiddleware>[1],
): Listener {
  const middleware = maintenanceMiddleware(maintenanceMode({ enabled: true, ...options }), hostOptions);
  return (req, res) => middleware(req, res, () => res.end("app"));
}

interface Sent {
  status: number;
  statusText?: string | undefined;
  headers: Record<string, unknown>;
  body: Buffer;
}

async function overHttp(listener: Listener, method = "GET", path = "/"): Promise<Sent> {
  const port = await listen(createServer(listener));
  const req = request({ port, host: "127.0.0.1", method, path, agent: false }).end();
  const [response] = await once(req, "response") as [IncomingMessage];
  const body = await buffer(response);
  return { status: response.statusCode!, statusText: response.statusMessage, headers: response.headers, body };
}

async function overHttp2(listener: Listener, method = "GET", path = "/"): Promise<Sent> {
  const port = await listen(http2.createServer(listener as never));
  const session = http2.connect(`http://127.0.0.1:${port}`);
  try {
    const stream = session.request({ ":method": method, ":path": path });
    const [headers] = await once(stream, "response") as [http2.IncomingHttpHeaders & { ":status": number }];
    const body = await buffer(stream);
    return { status: headers[":status"], headers, body };
  } finally {
    session.close();
  }
}

// Functions of the options, each in options that have it called for a request.
type Callback = keyof {
  [
    Name in keyof MaintenanceOptions as Extract<MaintenanceOptions[Name], (...args: never[]) => unknown> extends never
      ? never
      : Name
  ]: 1;
};
const CALLBACKS: Record<
  Exclude<Callback, "enabled" | "onError">,
  (seen: (request: Request) => void) => MaintenanceOptions
> = {
  allow: (seen) => ({ allow: (request) => (seen(request), false) }),
  onDecision: (seen) => ({ onDecision: (_decision, request) => seen(request) }),
  handler503: (seen) => ({ handler503: (request) => (seen(request), new Response()) }),
  responseType: (seen) => ({ responseType: (request) => (seen(request), "json") }),
  page: (seen) => ({ page: (info) => (seen(info.request), "<p>") }),
};

describe("maintenanceMiddleware() hands out a real Request", () => {
  const listeners: [string, (seen: (request: Request) => void) => Listener][] = [
    ...Object.entries(CALLBACKS).map(([name, options]): [string, (seen: (request: Request) => void) => Listener] => [
      name,
      (seen) => listenerOf(options(seen)),
    ]),
    ["isStaff", (seen) => listenerOf({}, { isStaff: (request) => (seen(request), false) })],
  ];
  test.each(listeners)("to %s", async (_name, listener) => {
    const seen: Request[] = [];
    const port = await listen(createServer(listener((request) => seen.push(request))));
    await fetch(`http://127.0.0.1:${port}/a'b?c="d"`, {
      method: "POST",
      body: "1",
      headers: { accept: "text/html", "x-from": "1" },
    });
    expect(seen).toHaveLength(1);
    const [given] = seen;
    expect(given).toBeInstanceOf(Request);
    // What only a real one can be used for.
    const copy = new Request(given!);
    expect([copy.method, copy.url, copy.headers.get("x-from")]).toEqual([
      "POST",
      `http://127.0.0.1:${port}/a'b?c=%22d%22`,
      "1",
    ]);
  });
});

test("maintenanceMiddleware() hands out the method of TRACE, which no Request may have", async () => {
  const methods: string[] = [];
  await overHttp(listenerOf({ onDecision: (_decision, { method }) => void methods.push(method) }), "TRACE");
  expect(methods).toEqual(["TRACE"]);
});

test("maintenanceMiddleware() asks to be registered where it gets no next", () => {
  const middleware = maintenanceMiddleware(maintenanceMode()) as (...args: unknown[]) => void;
  expect(() => middleware({}, {})).toThrow(
    optionError(
      'Cannot call the middleware: "next" must be a function, received undefined: register it with app.use(), or use ' +
        "withMaintenance() for http.createServer()",
    ),
  );
});

test("the module of maintenanceMiddleware() needs no package", async () => {
  const { metafile } = await build({
    entryPoints: [fileURLToPath(new URL("../../src/hosts/connect.ts", import.meta.url))],
    bundle: true,
    packages: "external",
    format: "esm",
    write: false,
    metafile: true,
  });
  expect(Object.values(metafile.outputs).flatMap(({ imports }) => imports)).toEqual([]);
});

describe.each([["http", overHttp], ["http2", overHttp2]] as const)("a Response of handler503 over %s", (kind, ask) => {
  const isHttp2 = kind === "http2";

  test("is sent with its status, fields, cookies and body", async () => {
    const headers = new Headers({ "content-type": "text/plain", "x-from": "site", connection: "close" });
    headers.append("set-cookie", "a=1; Expires=Wed, 21 Oct 2026 07:28:00 GMT");
    headers.append("set-cookie", "b=2");
    const sent = await ask(listenerOf({
      handler503: () => new Response("grüße", { status: 418, statusText: "Short and stout", headers }),
    }));
    expect(sent.status).toBe(418);
    if (!isHttp2) expect(sent.statusText).toBe("Short and stout");
    expect(sent.headers).toMatchObject({
      "content-type": "text/plain",
      "x-from": "site",
      "set-cookie": ["a=1; Expires=Wed, 21 Oct 2026 07:28:00 GMT", "b=2"],
    });
    expect(sent.body.toString()).toBe("grüße");
  });

  test.each([["HEAD", 200], ["GET", 204], ["GET", 304]])(
    "is sent without its body to %s with %i",
    async (method, status) => {
      const cancelled = vi.fn();
      const body = status === 200 ? new ReadableStream({ cancel: cancelled }) : null;
      const sent = await ask(
        listenerOf({ handler503: () => new Response(body, { status, headers: { etag: '"1"' } }) }),
        method,
      );
      expect([sent.status, sent.headers.etag, sent.body.length]).toEqual([status, '"1"', 0]);
      if (status === 200) expect(cancelled).toHaveBeenCalledTimes(1);
    },
  );

  test.each<[fields: Record<string, string>, body: string | null]>([
    [{ "content-length": "1" }, "whole"],
    [{ "content-length": "99" }, "whole"],
    [{ "content-length": "99" }, null],
    [{ "transfer-encoding": "gzip" }, "whole"],
    [{ "transfer-encoding": "chunked", "content-length": "5" }, "whole"],
    [{ trailer: "x-sum" }, "whole"],
  ])("is framed by its body, whatever %j says", async (headers, body) => {
    const sent = await ask(listenerOf({ handler503: () => new Response(body, { headers }) }));
    expect(sent.body.toString()).toBe(body ?? "");
  });

  test("keeps the length that it says to HEAD", async () => {
    const headers = { "content-length": "99" };
    const sent = await ask(listenerOf({ handler503: () => new Response("a", { headers }) }), "HEAD");
    expect(sent.headers["content-length"]).toBe("99");
  });

  test("is read no faster than the client takes it", async () => {
    let pulled = 0;
    const chunk = new Uint8Array(65_536);
    const chunks = 400;
    const body = () =>
      new ReadableStream({
        pull(controller) {
          controller.enqueue(chunk);
          if (++pulled === chunks) controller.close();
        },
      }, { highWaterMark: 0 });
    const listener = listenerOf({ handler503: () => new Response(body()) });
    if (isHttp2) {
      const port = await listen(http2.createServer(listener as never));
      const session = http2.connect(`http://127.0.0.1:${port}`);
      const stream = session.request({ ":path": "/" });
      await once(stream, "response");
      await settled(() => pulled);
      expect(pulled).toBeLessThan(chunks);
      let length = 0;
      for await (const part of stream) length += part.length;
      expect(length).toBe(chunks * chunk.length);
      session.close();
    } else {
      const port = await listen(createServer(listener));
      const req = request({ port, host: "127.0.0.1", agent: false }).end();
      const [response] = await once(req, "response") as [IncomingMessage];
      await settled(() => pulled);
      expect(pulled).toBeLessThan(chunks);
      let length = 0;
      for await (const part of response) length += part.length;
      expect(length).toBe(chunks * chunk.length);
    }
  });

  test("is cancelled where the client goes away", async () => {
    const cancelled = vi.fn();
    const onError = vi.fn();
    const body = new ReadableStream({
      start: (controller) => controller.enqueue(new Uint8Array(1)),
      cancel: cancelled,
    });
    const listener = listenerOf({ handler503: () => new Response(body), onError });
    if (isHttp2) {
      const session = http2.connect(`http://127.0.0.1:${await listen(http2.createServer(listener as never))}`);
      const stream = session.request({ ":path": "/" });
      await once(stream, "data");
      session.destroy();
    } else {
      const socket = connect(await listen(createServer(listener)), "127.0.0.1");
      socket.write("GET / HTTP/1.1\r\nHost: site.test\r\n\r\n");
      await once(socket, "data");
      socket.destroy();
    }
    await until(() => cancelled.mock.calls.length > 0, "the body is cancelled");
    expect(onError).not.toHaveBeenCalled();
  });

  test("ends the connection where its body fails, and onError gets the error", async () => {
    const error = new Error("the disk is gone");
    const onError = vi.fn();
    let isFirst = true;
    const body = new ReadableStream({
      pull(controller) {
        if (!isFirst) return controller.error(error);
        isFirst = false;
        controller.enqueue(new Uint8Array(1));
      },
    }, { highWaterMark: 0 });
    await expect(ask(listenerOf({ handler503: () => new Response(body), onError }))).rejects.toThrow();
    expect(onError.mock.calls).toEqual([[error]]);
  });

  test("is cancelled where something else has answered while isStaff was asked", async () => {
    const cancelled = vi.fn();
    const onError = vi.fn();
    const body = new ReadableStream({ cancel: cancelled });
    const gate = listenerOf({ handler503: () => new Response(body), onError }, {
      isStaff: () => new Promise((resolve) => setImmediate(resolve, false)),
    });
    const sent = await ask((req, res) => {
      gate(req, res);
      (res as ServerResponse).writeHead(408);
      res.end("too late");
    });
    expect([sent.status, sent.body.toString()]).toEqual([408, "too late"]);
    await until(() => cancelled.mock.calls.length > 0, "the body is cancelled");
    expect(onError).not.toHaveBeenCalled();
  });
});

/** Waits until a number stays the same for some turns of the event loop. */
async function settled(read: () => number): Promise<void> {
  for (let last = -1, turns = 0; turns < 20; turns++) {
    await new Promise((resolve) => setTimeout(resolve, 5));
    if (read() !== last) [last, turns] = [read(), 0];
  }
}
