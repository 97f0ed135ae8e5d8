import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { connect as connectHttp2 } from "node:http2";
import { connect, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { hasFromNpm } from "../_needs.ts";
import { commandsOf } from "./_fixture.ts";

const { deno, bun, node } = commandsOf("in-flight", { exposeGc: true });

/** A server, and in what it differs. */
interface Kind {
  readonly command: readonly [string, ...string[]];
  readonly kind: string;
  /** The paths at which it makes WebSockets. */
  readonly sockets: readonly string[];
  /** Whether it can tell that a body without a reader may still have a source. */
  readonly isSourceKnown?: boolean;
  /** What is added to its environment. */
  readonly env?: Readonly<Record<string, string>>;
}

const KINDS: Record<string, Kind> = {
  Deno: { command: deno, kind: "deno", sockets: ["/ws", "/ws-async"], isSourceKnown: false },
  Bun: { command: bun, kind: "bun", sockets: ["/ws", "/ws-empty", "/ws-async"], isSourceKnown: false },
  "maintenancemode/fetch in Deno": { command: deno, kind: "fetch-deno", sockets: [] },
  "maintenancemode/fetch in Bun": { command: bun, kind: "fetch-bun", sockets: [] },
  "maintenancemode/fetch in node": { command: node("node"), kind: "fetch-node", sockets: [] },
  "maintenanceMiddleware() in Deno": { command: deno, kind: "express", sockets: [] },
  "maintenanceMiddleware() in Bun": { command: bun, kind: "express", sockets: [] },
  ...Object.fromEntries(["node20", "node22", "node", "node26"].flatMap((name): [string, Kind][] => [
    [`withMaintenance() in ${name}`, { command: node(name), kind: "node", sockets: [] }],
    [`maintenanceMiddleware() in ${name}`, { command: node(name), kind: "express", sockets: [] }],
  ])),
};

// Each response is another one then, or has been changed.
const ANNOUNCED = { env: { ANNOUNCED: "1" } };
for (const name of ["Deno", "Bun", "withMaintenance() in node", "maintenanceMiddleware() in node"]) {
  KINDS[`${name} that adds a header field`] = { ...KINDS[name]!, ...ANNOUNCED };
}

interface Count {
  readonly inFlight: number;
  readonly before: number;
  readonly streams: number;
  readonly kinds: readonly string[];
}

const NONE: Count = { inFlight: 0, before: 0, streams: 0, kinds: [] };

/** A server that was started. */
class Fixture {
  readonly #child: ChildProcess;
  readonly #lines: AsyncIterator<string>;
  address: number | string = 0;

  private constructor([command, ...args]: readonly [string, ...string[]], env: Kind["env"]) {
    this.#child = spawn(command, args, {
      stdio: ["pipe", "pipe", "inherit"],
      env: { ...process.env, NO_COLOR: "1", ...env },
    });
    this.#lines = createInterface({ input: this.#child.stdout! })[Symbol.asyncIterator]();
  }

  static async start(
    command: readonly [string, ...string[]],
    kind: string,
    { env = {}, argument }: { env?: Kind["env"]; argument?: string } = {},
  ): Promise<Fixture> {
    const started = new Fixture([...command, kind, ...argument === undefined ? [] : [argument]], env);
    started.address = (await started.#read() as { address: number | string }).address;
    return started;
  }

  async #read(): Promise<unknown> {
    const { value } = await this.#lines.next();
    if (value === undefined) throw new Error("The fixture ended");
    return JSON.parse(value);
  }

  tell(command: "count" | "release" | "gc" | "on" | "off"): Promise<unknown> {
    this.#child.stdin!.write(`${command}\n`);
    return this.#read();
  }

  async count(): Promise<Count> {
    return await this.tell("count") as Count;
  }

  /** Waits until it counts as expected, and fails with the difference. */
  async expectCount(expected: Partial<Count>): Promise<void> {
    await expect.poll(() => this.count()).toMatchObject(expected);
  }

  /** Waits until nothing is counted any more, once the garbage collector has been there. */
  async expectNone(): Promise<void> {
    await expect.poll(async () => {
      await this.tell("gc");
      return await this.count();
    }).toEqual(NONE);
  }

  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.#child.once("close", resolve));
    this.#child.stdin!.end();
    await closed;
  }
}

const clients = new Set<Client>();

/** A connection, by which anything can be sent and nothing is read unless it is asked for. */
class Client {
  readonly socket: Socket;
  received = "";

  constructor(address: number | string) {
    this.socket = typeof address === "string" ? connect(address) : connect(address, "127.0.0.1");
    this.socket.on("error", () => {}); // It was reset, which is what some tests are for.
    clients.add(this);
  }

  send(path: string, { method = "GET", headers = "" } = {}): this {
    this.socket.write(`${method} /app${path} HTTP/1.1\r\nhost: localhost\r\n${headers}\r\n`);
    return this;
  }

  /** Reads until something was received. */
  async until(text: string): Promise<this> {
    if (this.socket.listenerCount("data") === 0) {
      this.socket.setEncoding("latin1").on("data", (part: string) => this.received += part);
    }
    const deadline = performance.now() + 60_000;
    while (!this.received.includes(text)) {
      if (performance.now() > deadline) throw new Error(`No ${text} in ${JSON.stringify(this.received)}`);
      await setTimeout(2);
    }
    return this;
  }
}

afterEach(() => {
  for (const { socket } of clients) socket.destroy();
  clients.clear();
});

// What browsers send for an EventSource.
const EVENT_SOURCE = "accept: text/event-stream\r\n";
const WEB_SOCKET = "connection: Upgrade\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\n" +
  "sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n";

describe.each(Object.entries(KINDS))("%s", (name, { command, kind, sockets, isSourceKnown = true, env = {} }) => {
  if (!hasFromNpm(name, command[0])) {
    test.skip(`${name} is missing`);
    return;
  }

  let server: Fixture;
  const open = (path: string, init?: { method?: string; headers?: string }) =>
    new Client(server.address).send(path, init);

  beforeAll(async () => {
    server = await Fixture.start(command, kind, { env });
  });
  afterEach(async () => {
    for (const { socket } of clients) socket.destroy();
    await server.tell("release");
    await server.tell("off");
    await expect.poll(async () => {
      await server.tell("gc");
      return await server.count();
    }).toEqual(NONE);
  });
  afterAll(() => server.close());

  test("a request counts as long as the handler takes, under its method and path", async () => {
    const client = open("/held?token=secret", { method: "POST", headers: "content-length: 0\r\n" });
    await server.expectCount({ inFlight: 1, kinds: ["request POST held?token=secret"] });
    await server.tell("release");
    await client.until("held");
    await server.expectCount(NONE);
  });

  test.each(["/stream", "/stream-async"])("a response counts until its body was sent: %s", async (path) => {
    const client = await open(path).until("begun");
    expect(await server.count()).toMatchObject({ inFlight: 1, streams: 0 });
    await server.tell("release");
    await client.until("ended");
    await server.expectCount(NONE);
  });

  test("a response whose client goes away in the middle counts as long as its source can be at work", async () => {
    const client = await open("/stream").until("begun");
    client.socket.destroy();
    if (isSourceKnown) {
      // Whoever goes away later is noticed later.
      const later = await open("/sse", { headers: EVENT_SOURCE }).until("begun");
      await server.expectCount({ streams: 1 });
      later.socket.destroy();
      await server.expectCount({ inFlight: 1, streams: 0 });
      await server.tell("release");
    }
    await server.expectNone();
  });

  test("a response that nobody reads counts until its client goes away", async () => {
    const client = open("/flood");
    await new Promise((resolve) => client.socket.once("readable", resolve));
    expect(await server.count()).toMatchObject({ inFlight: 1 });
    client.socket.destroy();
    await server.expectNone();
  });

  test("a request whose client goes away counts as long as the handler can be at work", async () => {
    const client = open("/held");
    await server.expectCount({ inFlight: 1 });
    client.socket.destroy();
    // Whoever goes away later is noticed later.
    const later = await open("/sse", { headers: EVENT_SOURCE }).until("begun");
    await server.expectCount({ streams: 1 });
    later.socket.destroy();
    await server.expectCount({ inFlight: 1, streams: 0 });
    await server.tell("release");
    await server.expectCount(NONE);
  });

  test("a request that nothing can answer any more does not count for ever", async () => {
    const client = open("/never");
    await server.expectCount({ inFlight: 1 });
    client.socket.destroy();
    await server.expectNone();
  });

  test.each(["/throw", "/reject"])("a handler that fails leaves nothing behind: %s", async (path) => {
    const client = open(path);
    await new Promise((resolve) => client.socket.once("data", resolve).once("close", resolve));
    await (kind === "express" ? server.expectNone() : server.expectCount(NONE));
  });

  test.each([["GET", "/text"], ["GET", "/204"], ["GET", "/304"], ["HEAD", "/text"], ["HEAD", "/stream"]])(
    "%s %s counts no longer than it takes",
    async (method, path) => {
      let isAnswered = false;
      void open(path, { method }).until("HTTP/1.1").then(() => isAnswered = true);
      // Some hosts send the head of an answer to HEAD only with its end.
      await expect.poll(async () => {
        await server.tell("release");
        return isAnswered;
      }).toBe(true);
      await server.expectCount(NONE);
    },
  );

  test("requests on one connection count one by one", async () => {
    const client = await open("/text").until("text");
    await server.expectCount(NONE);
    client.send("/held");
    await server.expectCount({ inFlight: 1 });
    await server.tell("release");
    await client.until("held");
    client.received = "";
    await client.send("/text").until("text");
    await server.expectCount(NONE);
  });

  test("requests that wait for others on a connection are finished when that is lost", async () => {
    const client = open("/stream").send("/text").send("/text");
    await client.until("begun");
    client.socket.destroy();
    await server.tell("release");
    await server.expectNone();
  });

  test.each(["/sse", "/sse-async"])("an event stream is set apart until its client goes away: %s", async (path) => {
    const client = await open(path, { headers: EVENT_SOURCE }).until("begun");
    await server.expectCount({ inFlight: 0, streams: 1, kinds: [`event-stream GET ${path.slice(1)}`] });
    client.socket.destroy();
    await server.expectCount(NONE);
  });

  // No listener for requests hears of a WebSocket in Node.
  if (sockets.length > 0) {
    test.each(sockets)("a WebSocket is set apart until it is closed: %s", async (path) => {
      const [one, two] = [1, 2].map((number) => open(`${path}?${number}`, { headers: WEB_SOCKET })) as [Client, Client];
      await Promise.all([one.until(" 101 "), two.until(" 101 ")]);
      const name = (number: number) => `upgrade GET ${path.slice(1)}?${number}`;
      await expect.poll(async () => (await server.count()).kinds.toSorted())
        .toEqual([name(1), name(2)]);
      expect(await server.count()).toMatchObject({ inFlight: 0, streams: 2 });
      // A closing frame (RFC 6455 section 5.5.1), masked with zeros.
      two.socket.write(Uint8Array.of(0x88, 0x80, 0, 0, 0, 0));
      await server.expectCount({ inFlight: 0, streams: 1, kinds: [name(1)] });
      one.socket.destroy();
      await server.expectCount(NONE);
    });

    test("a WebSocket that is closed before anybody looks leaves nothing behind", async () => {
      for (const path of sockets) (await open(path, { headers: WEB_SOCKET }).until(" 101 ")).socket.destroy();
      await server.expectCount(NONE);
    });

    test("a request that only asks for a WebSocket is none", async () => {
      const socket = await open(sockets[0]!, { headers: WEB_SOCKET }).until(" 101 ");
      await server.expectCount({ streams: 1 });
      for (let i = 0; i < 3; i++) await open("/text", { headers: WEB_SOCKET }).until("text");
      await server.expectCount({ inFlight: 0, streams: 1 });
      socket.socket.destroy();
      await server.expectCount(NONE);
    });
  }

  test("requests that the gate answers do not count, those from before are known", async () => {
    const early = open("/held");
    await server.expectCount({ inFlight: 1, before: 0 });
    await server.tell("on");
    await open("/held").until("HTTP/1.1 503");
    expect(await server.count()).toMatchObject({ inFlight: 1, before: 1 });
    await server.tell("off");
    open("/held");
    await server.expectCount({ inFlight: 2, before: 1 });
    await server.tell("release");
    await early.until("held");
    await server.expectCount(NONE);
  });

  test("1 000 at once are counted, and are none in the end", async () => {
    const many = Array.from({ length: 1_000 }, (_, i) => open(i % 2 ? "/held" : "/stream"));
    await server.expectCount({ inFlight: 1_000 });
    await server.tell("release");
    await Promise.all(many.map((client, i) => client.until(i % 2 ? "held" : "ended")));
    await server.expectCount(NONE);
  });
});

test("maintenanceMiddleware() counts over HTTP/2", async () => {
  const server = await Fixture.start(node("node"), "http2");
  const session = connectHttp2(`http://127.0.0.1:${server.address}`);
  const open = (path: string) => session.request({ ":path": `/app${path}` }).on("error", () => {}).resume();
  try {
    open("/held");
    await server.expectCount({ inFlight: 1 });
    await server.tell("release");
    await server.expectCount(NONE);
    for (const [path, expected] of [["/sse", { streams: 1 }], ["/never", { inFlight: 1 }]] as const) {
      const stream = open(path);
      await server.expectCount(expected);
      stream.close();
      await server.expectNone();
    }
    const begun = open("/stream");
    await new Promise((resolve) => begun.once("data", resolve));
    begun.close();
    // Whatever was reset is known to the server before the next request.
    const other = open("/text");
    await new Promise((resolve) => other.once("close", resolve));
    await server.expectCount({ inFlight: 1 });
    await server.tell("release");
    await server.expectCount(NONE);
  } finally {
    session.destroy();
    await server.close();
  }
});

test("Bun counts over a Unix socket for as long as the handler takes", async () => {
  const folder = mkdtempSync(join(tmpdir(), "in-flight-"));
  const server = await Fixture.start(bun, "bun-unix", { argument: join(folder, "socket") });
  try {
    const client = new Client(server.address).send("/held");
    await server.expectCount({ inFlight: 1 });
    await server.tell("release");
    await client.until("held");
    await server.expectCount(NONE);
  } finally {
    await server.close();
    rmSync(folder, { recursive: true });
  }
});
