/** The 503 itself: a fresh Response for each blocked request. */
import { Buffer } from "node:buffer";
import { Hono } from "hono";
import { maintenanceMode } from "../../src/index.ts";
import { BROWSERS, freshRequests, JSON_CLIENTS, randomRequests } from "./_browsers.ts";
import { type Contender, createRandom, fail, report, run, RUNTIME, type Table } from "./_harness.ts";

/** How many times the cheapest way the gate may take. */
const TARGET = { HTML: 1.3, JSON: 1.5 };
/** ASCII, Latin-1 and what is in neither. */
const LANGUAGES = ["en", "de", "el", "zh"];
const CTX = { clientIp: "203.0.113.9" };

const maintenance = maintenanceMode({ enabled: true, retryAfter: 3600 });

async function time(what: keyof typeof TARGET, language: string, clients: typeof BROWSERS): Promise<Table> {
  // One language, so that all contenders have to give the same answer, and one path, which problem details name.
  const requests = freshRequests(clients.map((fields) => ({ ...fields, "accept-language": language })), "/shop/a");
  const answer = maintenance(requests(1)[0]!, CTX) ?? fail(`${what}: the gate let a request through`);
  const status = answer.status;
  const entries = [...answer.headers];
  const body = await answer.text();
  const type = answer.headers.get("content-type")!;

  const bytes = new Uint8Array(Buffer.from(body));
  const init = { status, headers: new Headers(entries) };
  const plain = { status, headers: Object.fromEntries(entries) };
  const template = new Response(body, init);
  const bytesTemplate = new Response(bytes, init);
  const blob = new Blob([bytes]);

  /** The ways to make the same Response, again and again, that leave nobody what the next one is made of. */
  const makers: Record<string, () => Response> = {
    "string body, one init with prebuilt Headers": () => new Response(body, init),
    "string body, a template as init": () => new Response(body, template),
    "string body, plain object as init": () => new Response(body, plain),
    "Uint8Array body, one init with prebuilt Headers": () => new Response(bytes, init),
    // In Node each clone tees the stream of the template, and the last ones cannot be read any more.
    ...(RUNTIME !== "node" && { "clone() of a template with a string body": () => template.clone() }),
  };
  /** What is cheaper to make, and no way to answer. */
  const others: Record<string, () => Response> = {
    "Blob body, which is slow to send": () => new Response(blob, init),
    ...(RUNTIME !== "node" && { "clone() of a template, which may share its bytes": () => bytesTemplate.clone() }),
  };
  const hono = new Hono()
    .use((c, next) => {
      const wanted = c.req.header("accept")?.includes("text/html") ? "text/html; charset=utf-8" : type;
      return maintenance.active
        ? Promise.resolve(c.body(body, 503, { ...plain.headers, "content-type": wanted }))
        : next();
    })
    .get("*", (c) => c.text("the site"));

  // The answer depends on these, whoever gives it; that of problem details on the path as well.
  const reads = (request: Request) =>
    request.method === "GET" && request.headers.get("accept") !== null &&
    request.headers.get("accept-language") !== null && (what === "HTML" || request.url !== "");
  const contenders: Contender<Request>[] = [
    ...Object.entries(makers).map(([name, make]): Contender<Request> => {
      return { name: `${name}, after reading the fields`, role: "limit", run: (request) => reads(request) && make() };
    }),
    ...Object.entries({ ...makers, ...others }).map(([name, make]): Contender<Request> => {
      return { name, role: "peer", run: make };
    }),
    { name: "the gate", role: "gate", run: (request) => maintenance(request, CTX) },
    {
      name: "hono, a hand-made maintenance middleware",
      role: "peer",
      awaited: true,
      run: (request) => hono.fetch(request),
    },
  ];
  await assertSameAnswer(`${what}, ${language}`, contenders, requests(clients.length));
  return await run({
    title: `a blocked request, ${what}, ${language}, ${bytes.length} bytes, ${entries.length} header fields`,
    contenders,
    inputs: requests,
    target: { ratio: TARGET[what] },
    // More in one turn of the event loop, and Node's finalizers are what is timed.
    perTurn: 32,
  });
}

async function assertSameAnswer(what: string, contenders: readonly Contender<Request>[], requests: readonly Request[]) {
  for (const request of requests) {
    const answers = await Promise.all(contenders.map(async ({ run }) => {
      const response = await run(request) as Response;
      return JSON.stringify([response.status, [...response.headers].toSorted(), await response.text()]);
    }));
    const dissenter = answers.findIndex((answer) => answer !== answers[0]);
    if (dissenter >= 0) {
      fail(`${what}: "${contenders[dissenter]!.name}" answers ${answers[dissenter]}, not ${answers[0]}`);
    }
  }
}

/** Requests in which nothing is as before, beside those of browsers. */
async function timeRandom(): Promise<Table> {
  const [browsers, strangers] = [freshRequests(BROWSERS), randomRequests(createRandom(503))];
  const gate = (request: Request) => maintenance(request, CTX);
  return await run<[Request, Request]>({
    title: "a blocked request, all languages of browsers against random Accept, Accept-Language, Origin and path",
    contenders: [
      { name: "browsers", role: "limit", run: ([request]) => gate(request) },
      { name: "random fields", role: "gate", run: ([, request]) => gate(request) },
    ],
    inputs: (count) => {
      const others = strangers(count);
      return browsers(count).map((request, at): [Request, Request] => [request, others[at]!]);
    },
    target: { ratio: 2 },
    perTurn: 32,
  });
}

const tables = [];
for (const language of LANGUAGES) {
  tables.push(await time("HTML", language, BROWSERS), await time("JSON", language, JSON_CLIENTS));
}
report([...tables, await timeRandom()]);
