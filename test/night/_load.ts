/**
 * Visitors of the site: readers and writers, slow ones, some who leave in the middle, two who listen to events, and two who
 * open sockets.
 */
import { Agent, type IncomingMessage, request } from "node:http";
import { setTimeout } from "node:timers/promises";
import { createRandom } from "../bench/_harness.ts";
import { machineNow } from "./_ledger.ts";

/** What became of one request. */
export interface Visit {
  readonly kind: string;
  /** When it was sent, and when its header fields had arrived, by the clock of the machine. */
  readonly sentAt: number;
  readonly answeredAt: number;
  /** `503` is that of maintenance, `"503 of nginx"` is not; text is what went wrong. */
  readonly outcome: number | string;
}

/** A request to be sent. */
interface Plan {
  readonly method?: "GET" | "POST";
  readonly path: string;
  /** How long the body takes to be sent, in milliseconds. */
  readonly bodyMs?: number;
  /** After how many milliseconds the visitor leaves. */
  readonly leaveAfterMs?: number;
}

/** The visitors of a site. */
export interface Load {
  /** What has happened since this was last asked. */
  take(): Visit[];
  /** How many requests have been sent and not answered yet. */
  readonly pending: number;
  /** Lets them leave. */
  stop(): Promise<void>;
}

/** Sends one request and waits for its end, or for that of the visitor's patience. */
export function visit(
  agent: Agent,
  port: number,
  kind: string,
  { method = "GET", path, bodyMs, leaveAfterMs }: Plan,
  signal?: AbortSignal,
): Promise<Visit> {
  return new Promise((resolve) => {
    const sentAt = machineNow();
    let answeredAt = Infinity;
    let outcome: number | string = "nothing";
    const leaving = new AbortController();
    const timer = leaveAfterMs === undefined ? undefined : globalThis.setTimeout(() => {
      outcome = typeof outcome === "number" ? outcome : "left";
      leaving.abort();
    }, leaveAfterMs);
    const done = () => {
      clearTimeout(timer);
      resolve({ kind, sentAt, answeredAt, outcome });
    };
    const sent = request({
      host: "127.0.0.1",
      port,
      path,
      method,
      agent,
      signal: signal === undefined ? leaving.signal : AbortSignal.any([signal, leaving.signal]),
      headers: method === "POST"
        ? { "content-type": "text/plain", "transfer-encoding": "chunked" }
        // As browsers ask for them.
        : { accept: kind === "events" ? "text/event-stream" : "text/html" },
    });
    sent.on("response", (response: IncomingMessage) => {
      answeredAt = machineNow();
      const isOurs = response.headers["x-maintenance"] === "on";
      outcome = response.statusCode === 503 && !isOurs ? "503 of nginx" : response.statusCode!;
      response.on("error", () => {}).resume().on("close", done);
    });
    sent.on("error", (error: Error & { code?: string }) => {
      if (outcome === "nothing") outcome = signal?.aborted ? "left" : error.code ?? error.message;
      if (answeredAt === Infinity) {
        answeredAt = machineNow();
        done();
      }
    });
    if (bodyMs === undefined) sent.end(method === "POST" ? "an order" : undefined);
    else void trickle(sent, bodyMs);
  });
}

/** Opens a socket, as a browser opens a WebSocket, and leaves after a while. */
function visitSocket(port: number, leaveAfterMs: number, signal: AbortSignal): Promise<Visit> {
  return new Promise((resolve) => {
    const sentAt = machineNow();
    const done = (outcome: Visit["outcome"]) =>
      resolve({ kind: "socket", sentAt, answeredAt: machineNow(), outcome: signal.aborted ? "left" : outcome });
    const sent = request({
      host: "127.0.0.1",
      port,
      path: "/socket",
      signal,
      headers: {
        connection: "Upgrade",
        upgrade: "websocket",
        "sec-websocket-version": "13",
        "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ==",
      },
    });
    sent.on("upgrade", (_response, socket) => {
      socket.on("error", () => {});
      globalThis.setTimeout(() => socket.destroy(), leaveAfterMs);
      done(101);
    });
    sent.on("response", (response) => {
      response.resume();
      done(response.statusCode!);
    });
    sent.on("error", (error: Error & { code?: string }) => done(error.code ?? error.message));
    sent.end();
  });
}

async function trickle(sent: ReturnType<typeof request>, ms: number): Promise<void> {
  for (let part = 0; part < 10 && !sent.destroyed; part++) {
    sent.write("x".repeat(1_000));
    await setTimeout(ms / 10);
  }
  sent.end();
}

/** What visitors do, and how often. */
function plan(random: (end: number) => number): readonly [string, Plan] {
  const choice = random(100);
  if (choice < 38) return ["page", { path: "/" }];
  if (choice < 53) return ["slow page", { path: `/slow?ms=${200 + random(1_800)}` }];
  if (choice < 73) return ["order", { method: "POST", path: `/orders?ms=${20 + random(600)}` }];
  if (choice < 81) return ["upload", { method: "POST", path: "/upload?ms=20", bodyMs: 100 + random(700) }];
  // nginx keeps this one until it has all of it.
  if (choice < 84) return ["buffered upload", { method: "POST", path: "/orders?ms=20", bodyMs: 100 + random(700) }];
  if (choice < 92) return ["download", { path: `/download?ms=${200 + random(1_200)}` }];
  const leaveAfterMs = 10 + random(400);
  if (choice < 94) return ["left page", { path: "/slow?ms=600", leaveAfterMs }];
  if (choice < 96) return ["left order", { method: "POST", path: "/orders?ms=600", leaveAfterMs }];
  if (choice < 98) return ["left upload", { method: "POST", path: "/upload?ms=200", bodyMs: 600, leaveAfterMs }];
  return ["left download", { path: "/download?ms=600", leaveAfterMs }];
}

/**
 * Lets visitors come.
 *
 * @param port Where the site is.
 * @param visitors How many, beside one who asks for its health all the time, and those with events and sockets.
 * @param socketPorts The ports where sockets can be opened now.
 */
export function startLoad(port: number, visitors: number, seed: number, socketPorts: () => readonly number[]): Load {
  const agent = new Agent({ keepAlive: true, maxSockets: Infinity });
  const random = createRandom(seed);
  const closing = new AbortController();
  const { signal } = closing;
  let visits: Visit[] = [];
  let pending = 0;

  async function visitor(choose: () => readonly [string, Plan], pauseMs: () => number): Promise<void> {
    while (!signal.aborted) {
      const [kind, wanted] = choose();
      pending++;
      const made = await visit(agent, port, kind, wanted, signal);
      pending--;
      if (!signal.aborted) visits.push(made);
      await setTimeout(pauseMs(), undefined, { signal }).catch(() => {});
    }
  }

  async function socketVisitor(): Promise<void> {
    while (!signal.aborted) {
      const ports = socketPorts();
      const made = await visitSocket(ports[random(ports.length)]!, 200 + random(1_500), signal);
      if (!signal.aborted) visits.push(made);
      await setTimeout(200 + random(400), undefined, { signal }).catch(() => {});
    }
  }

  const all = [
    socketVisitor(),
    socketVisitor(),
    ...Array.from({ length: visitors }, () => visitor(() => plan(random), () => 10 + random(60))),
    visitor(() => ["health", { path: "/health" }], () => 25),
    ...Array.from({ length: 2 }, () => visitor(() => ["events", { path: "/events" }], () => 100)),
  ];
  return {
    take() {
      const taken = visits;
      visits = [];
      return taken;
    },
    get pending() {
      return pending;
    },
    async stop() {
      closing.abort();
      await Promise.all(all);
      agent.destroy();
    },
  };
}
