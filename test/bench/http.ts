/**
 * CPU time and requests per second over HTTP: `http.ts --runtime <name>`. This process makes the load, each server is a
 * process of its own.
 */
import type { ChildProcess } from "node:child_process";
import { connect, type Socket } from "node:net";
import process from "node:process";
import { createInterface } from "node:readline";
import { setTimeout } from "node:timers/promises";
import { BROWSERS } from "./_browsers.ts";
import { fail, report, type Row, SMOKE, type Table, tabulate, type Target } from "./_harness.ts";
import { type Runtime, start } from "./_runtimes.ts";

const CONNECTIONS = SMOKE ? 4 : 64;
const ROUNDS = SMOKE ? 1 : 5;
const ROUND_MS = SMOKE ? 50 : 1_000;
const WARM_UP_MS = SMOKE ? 50 : 1_500;

interface Group {
  readonly title: string;
  /** The servers: a name in `_server.ts`, what it is, its role. */
  readonly servers: readonly (readonly [server: string, name: string, role: Row["role"]])[];
}

const BLOCKED = "a 503 that needs IP, URL and Accept";
const OFF = "maintenance off, the app answers";
const GROUPS: Record<Runtime, readonly Group[]> = {
  node: [
    {
      title: `node:http, ${BLOCKED}`,
      servers: [["bare", "bare handler", "limit"], ["middleware", "middleware()", "gate"]],
    },
    {
      title: `@whatwg-node/server, ${BLOCKED}`,
      servers: [
        ["bare-adapter", "bare handler, its own Response", "limit"],
        ["gate", "withMaintenance()", "gate"],
        ["hono", "hono, a hand-made maintenance middleware", "peer"],
      ],
    },
    {
      title: `@whatwg-node/server, ${OFF}`,
      servers: [["app", "the app alone", "limit"], ["gate-off", "withMaintenance()", "gate"]],
    },
  ],
  deno: [
    {
      title: `Deno.serve, ${BLOCKED}`,
      servers: [
        ["bare", "bare handler, clone() of a template", "limit"],
        ["bare-new", "bare handler, new Response", "peer"],
        ["gate", "withMaintenance()", "gate"],
        ["hono", "hono, a hand-made maintenance middleware", "peer"],
      ],
    },
    {
      title: `Deno.serve, ${OFF}`,
      servers: [["app", "the app alone", "limit"], ["gate-off", "withMaintenance()", "gate"]],
    },
  ],
  bun: [
    {
      title: `Bun.serve, ${BLOCKED}`,
      servers: [
        ["bare", "bare handler", "limit"],
        ["gate", "withMaintenance()", "gate"],
        ["hono", "hono, a hand-made maintenance middleware", "peer"],
      ],
    },
    {
      title: `Bun.serve, ${OFF}`,
      servers: [["app", "the app alone", "limit"], ["gate-off", "withMaintenance()", "gate"]],
    },
  ],
};

const runtime = process.argv[process.argv.indexOf("--runtime") + 1] as Runtime;

/** A server under test. */
class Server {
  readonly #child: ChildProcess;
  readonly #lines: AsyncIterator<string>;
  port = 0;

  constructor(name: string) {
    this.#child = start(runtime, "./_server.ts", [name], ["pipe", "pipe", "inherit"]);
    this.#lines = createInterface({ input: this.#child.stdout! })[Symbol.asyncIterator]();
  }

  async #number(): Promise<number> {
    const { value } = await this.#lines.next();
    return Number(value ?? fail("a server ended too early"));
  }

  async listening(): Promise<void> {
    this.port = await this.#number();
  }

  /** The CPU time it has spent, in microseconds. */
  cpu(): Promise<number> {
    this.#child.stdin!.write("\n");
    return this.#number();
  }

  stop(): void {
    this.#child.stdin!.end();
  }
}

// Accept-Encoding is left out: compressing the answer, as some hosts do, would hide everything else. And all ask for one
// language: the bare handlers know one answer.
const REQUESTS = BROWSERS.map((fields, index) => {
  const lines = Object.entries({ ...fields, "accept-language": "en-US,en;q=0.9" })
    .filter(([name]) => name !== "accept-encoding")
    .map(([name, value]) => `${name}: ${value}\r\n`);
  return `GET /shop/item-${index}?from=mail HTTP/1.1\r\nhost: localhost\r\n${lines.join("")}\r\n`;
});

/** Sends one request and returns the whole answer. */
async function ask(port: number, request: string): Promise<string> {
  const socket = connect(port, "127.0.0.1");
  socket.write(request.replace("\r\n\r\n", "\r\nconnection: close\r\n\r\n"));
  let text = "";
  for await (const part of socket.setEncoding("latin1")) text += part;
  return text;
}

/** What has to be the same in each answer: hosts add fields of their own, and frame the body in their own way. */
function essence(answer: string): string {
  const end = answer.indexOf("\r\n\r\n");
  const [statusLine = "", ...fields] = answer.slice(0, end).toLowerCase().split("\r\n");
  const body = answer.slice(end + 4);
  const own = /^(?:date|connection|keep-alive|content-length|transfer-encoding):/;
  const chunked = fields.includes("transfer-encoding: chunked");
  return [
    statusLine.split(" ")[1],
    ...fields.filter((field) => !own.test(field)).toSorted(),
    chunked ? unchunk(body) : body,
  ].join("\n");
}

function unchunk(body: string): string {
  const lineEnd = body.indexOf("\r\n");
  const size = parseInt(body, 16);
  const rest = body.slice(lineEnd + 2);
  return size ? rest.slice(0, size) + unchunk(rest.slice(size + 2)) : "";
}

/** The length of an answer on a connection that stays open. */
function answerLength(port: number): Promise<number> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    socket.write(REQUESTS[0]!);
    let length = 0;
    socket.on("data", (part) => length += part.length);
    // Nothing says where an answer ends but its framing, which differs; a pause does.
    setTimeout(200).then(() => {
      socket.destroy();
      resolve(length);
    });
  });
}

/** Keeps all connections busy, one request at a time on each, and returns the number of answers. */
async function load(port: number, length: number, ms: number): Promise<number> {
  let answers = 0;
  let running = true;
  const sockets: Socket[] = [];
  for (let i = 0; i < CONNECTIONS; i++) {
    let next = i;
    let missing = length;
    const socket = connect({
      port,
      host: "127.0.0.1",
      onread: {
        buffer: new Uint8Array(65_536),
        callback: (received) => {
          missing -= received;
          if (missing > 0) return true;
          if (missing < 0) fail("an answer was longer than the first one");
          missing = length;
          answers++;
          if (running) socket.write(REQUESTS[next++ % REQUESTS.length]!, "latin1");
          return true;
        },
      },
    });
    socket.on("error", (error) => fail(`load: ${error.message}`));
    socket.setNoDelay().write(REQUESTS[next++ % REQUESTS.length]!, "latin1");
    sockets.push(socket);
  }
  await setTimeout(ms);
  running = false;
  const counted = answers;
  await setTimeout(20);
  for (const socket of sockets) socket.destroy();
  return counted;
}

const groups = GROUPS[runtime];
const entries = await Promise.all(
  groups.flatMap(({ title, servers }) => servers.map((server) => ({ title, server }))).map(async (entry) => {
    const server = new Server(entry.server[0]);
    await server.listening();
    return {
      title: entry.title,
      name: entry.server[1],
      role: entry.server[2],
      server,
      length: 0,
      cpu: [] as number[],
      rps: [] as number[],
    };
  }),
);

for (const { title } of groups) {
  const members = entries.filter((entry) => entry.title === title);
  for (const request of REQUESTS) {
    const answers = await Promise.all(members.map(async ({ server }) => essence(await ask(server.port, request))));
    const dissenter = answers.findIndex((answer) => answer !== answers[0]);
    if (dissenter >= 0) {
      fail(`${title}: "${members[dissenter]!.name}" answers\n${answers[dissenter]}\nnot\n${answers[0]}`);
    }
  }
}

for (const entry of entries) {
  entry.length = await answerLength(entry.server.port);
  await load(entry.server.port, entry.length, WARM_UP_MS);
}
for (let round = 0; round < ROUNDS; round++) {
  for (const entry of round % 2 === 0 ? entries : entries.toReversed()) {
    const [before, began] = [await entry.server.cpu(), performance.now()];
    const answers = await load(entry.server.port, entry.length, ROUND_MS);
    const spent = performance.now() - began;
    entry.cpu.push((await entry.server.cpu() - before) / answers);
    entry.rps.push(answers / spent * 1_000);
  }
}
for (const { server } of entries) server.stop();

const tables = groups.flatMap(({ title }): Table[] => {
  const members = entries.filter((entry) => entry.title === title);
  const table = (unit: string, pick: (entry: typeof members[number]) => number[], target: Target) =>
    tabulate(`${title}: ${unit}`, unit, members.map((entry) => ({ ...entry, samples: pick(entry) })), target);
  return [
    table("µs of CPU per request", ({ cpu }) => cpu, { ratio: 1.05 }),
    table("requests per second", ({ rps }) => rps, { atLeast: 0.95 }),
  ];
});
report(tables, [
  `${CONNECTIONS} connections, one request at a time on each, over loopback, from one other process; no Accept-Encoding`,
]);
