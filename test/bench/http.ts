/**
 * CPU time and requests per second over HTTP: `http.ts --runtime <name>`. This process makes the load, each server is a
 * process of its own.
 */
import type { ChildProcess } from "node:child_process";
import { connect, type Socket } from "node:net";
import process from "node:process";
import { createInterface } from "node:readline";
import { setTimeout } from "node:timers/promises";
import { BROWSERS, JSON_CLIENTS, PATH } from "./_browsers.ts";
import { answerLength } from "./_load.ts";
import { fail, report, type Row, SMOKE, type Table, tabulate, type Target } from "./_harness.ts";
import { type Runtime, start } from "./_runtimes.ts";

const CONNECTIONS = SMOKE ? 4 : 64;
// Many short rounds: what slows the machine down for a while slows the servers that take turns alike.
const ROUNDS = SMOKE ? 1 : 15;
const ROUND_MS = SMOKE ? 50 : 250;
const WARM_UP_MS = SMOKE ? 50 : 1_000;

/** What the servers answer with: a page in a language, or problem details. */
const ANSWERS = ["en", "de", "el", "zh", "json"] as const;

interface Group {
  readonly title: string;
  /** The servers: a name in `_server.ts`, what it is, its role. */
  readonly servers: readonly (readonly [server: string, name: string, role: Row["role"]])[];
}

const BLOCKED = "a 503";
const OFF = "maintenance off, the app answers";
const GROUPS: Record<Runtime, readonly Group[]> = {
  node: [
    {
      title: `node:http, ${BLOCKED}`,
      servers: [["bare", "bare handler", "limit"], ["middleware", "maintenanceMiddleware()", "gate"]],
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

  constructor(name: string, answer: string) {
    this.#child = start(runtime, "./_server.ts", [name, answer], ["pipe", "pipe", "inherit"]);
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

/**
 * The requests of browsers, or of programs. Accept-Encoding is left out: compressing the answer, as some hosts do, would
 * hide everything else. And all ask for one language and one path: the bare handlers know one answer.
 */
function requestsFor(answer: string): string[] {
  const clients = answer === "json" ? JSON_CLIENTS : BROWSERS;
  return clients.map((fields) => {
    const lines = Object.entries({ ...fields, "accept-language": answer === "json" ? "en" : answer })
      .filter(([name]) => name !== "accept-encoding")
      .map(([name, value]) => `${name}: ${value}\r\n`);
    return `GET ${PATH}?from=mail HTTP/1.1\r\nhost: localhost\r\n${lines.join("")}\r\n`;
  });
}

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

/** Keeps all connections busy, one request at a time on each, and returns the number of answers. */
async function load(
  { server: { port }, length, requests }: Member,
  ms: number,
): Promise<number> {
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
          if (running) socket.write(requests[next++ % requests.length]!, "latin1");
          return true;
        },
      },
    });
    socket.on("error", (error) => fail(`load: ${error.message}`));
    socket.setNoDelay().write(requests[next++ % requests.length]!, "latin1");
    sockets.push(socket);
  }
  await setTimeout(ms);
  running = false;
  const counted = answers;
  await setTimeout(20);
  for (const socket of sockets) socket.destroy();
  return counted;
}

/** A server that takes its turns with others. */
interface Member {
  readonly name: string;
  readonly role: Row["role"];
  readonly server: Server;
  readonly requests: readonly string[];
  readonly length: number;
  readonly cpu: number[];
  readonly rps: number[];
}

async function join([server, name, role]: Group["servers"][number], answer: string): Promise<Member> {
  const started = new Server(server, answer);
  await started.listening();
  const requests = requestsFor(answer);
  // The first answer may wait for what a host loads while it starts.
  await ask(started.port, requests[0]!);
  const length = await answerLength(started.port, requests[0]!);
  return { name, role, server: started, requests, length, cpu: [], rps: [] };
}

/** Ends the process unless all answer each request with the same. */
async function assertSameAnswers(title: string, members: readonly Member[]): Promise<void> {
  for (const request of members[0]!.requests) {
    const answers = await Promise.all(members.map(async ({ server }) => essence(await ask(server.port, request))));
    const dissenter = answers.findIndex((answer) => answer !== answers[0]);
    if (dissenter >= 0) {
      fail(`${title}: "${members[dissenter]!.name}" answers\n${answers[dissenter]}\nnot\n${answers[0]}`);
    }
  }
}

/** Times the servers of a group, in turns. */
async function time({ title, servers }: Group, answer: string): Promise<Table[]> {
  const members = await Promise.all(servers.map((server) => join(server, answer)));
  await assertSameAnswers(title, members);
  for (const member of members) await load(member, WARM_UP_MS);
  for (let round = 0; round < ROUNDS; round++) {
    for (const member of round % 2 === 0 ? members : members.toReversed()) {
      const [before, began] = [await member.server.cpu(), performance.now()];
      const answers = await load(member, ROUND_MS);
      const spent = performance.now() - began;
      member.cpu.push((await member.server.cpu() - before) / answers);
      member.rps.push(answers / spent * 1_000);
    }
  }
  for (const { server } of members) server.stop();
  const table = (unit: string, pick: (member: Member) => number[], target: Target) =>
    tabulate(`${title}: ${unit}`, unit, members.map((member) => ({ ...member, samples: pick(member) })), target);
  return [
    table("µs of CPU per request", ({ cpu }) => cpu, { ratio: 1.05 }),
    table("requests per second", ({ rps }) => rps, { atLeast: 0.97 }),
  ];
}

const tables: Table[] = [];
for (const { title, servers } of GROUPS[runtime]) {
  if (!title.endsWith(BLOCKED)) {
    tables.push(...await time({ title, servers }, "en"));
    continue;
  }
  for (const answer of ANSWERS) {
    // The peer answers with a page in any language in the same way.
    const needed = servers.filter(([, , role]) => role !== "peer" || answer === "en");
    tables.push(...await time({ title: `${title}, ${answer}`, servers: needed }, answer));
  }
}
report(tables, [
  `${CONNECTIONS} connections, one request at a time on each, over loopback, from one other process; no Accept-Encoding`,
  "a bare handler reads the client's address, the method, the URL, Accept and Accept-Language, and sends one answer",
]);
