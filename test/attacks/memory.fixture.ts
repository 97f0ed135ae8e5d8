/** Sends ever other requests to some gates, and prints by how many bytes the heap has grown since the first tenth of them. */
import { maintenanceMode } from "../../src/index.ts";
import { LANGUAGES } from "../../src/answer/page/languages.ts";
import { hashSecret } from "../../src/bypass/secret.ts";
import { siteOf } from "../bypass/_site.ts";

const COUNT = Number(process.argv[2]);
const { gc } = globalThis as unknown as { gc(): void };

const gates = [
  maintenanceMode({ enabled: true, retryAfter: 600 }),
  // The most answers that there can be to one path: in each language, at each step.
  maintenanceMode({ enabled: true, retryAfter: 600, retryJitter: 60, responseType: "json" }),
  maintenanceMode({
    enabled: true,
    languages: ["en", "de", "ar", "ja"],
    retryAfter: 600,
    retryJitter: 3,
    cors: { origins: ["https://one.test", "https://two.test"], credentials: true },
    page: "<p>{{request_path}} {{request_url}} {{language}}",
    onDecision() {},
    bypassSecret: "correct-horse-battery",
  }),
  siteOf({}, {
    mode: "on",
    end: "2100-01-01T00:00:00Z",
    admit: 0.01,
    bypass: hashSecret("correct-horse-battery"),
    reason: { en: "Why", de: "Warum" },
  }).gate,
];

// Always the same numbers: https://en.wikipedia.org/wiki/Xorshift
let state = 0x6d61696e;
function below(limit: number): number {
  state ^= state << 13;
  state ^= state >>> 17;
  state ^= state << 5;
  return (state >>> 0) % limit;
}
const word = () => below(2 ** 31).toString(36);
const pick = <Value>(values: readonly Value[]): Value => values[below(values.length)]!;

const TAGS = Object.keys(LANGUAGES);
const TYPES = ["text/html", "application/json", "text/plain", "application/graphql-response+json", "*/*"];
// A part of a text may hold on to all of it.
const LONG = "q".repeat(2_000);

function randomRequest(): Request {
  const accept = below(4) === 0 ? `${word()}/${word()}` : pick(TYPES);
  const language = below(4) === 0 ? word() : pick(TAGS);
  const headers: Record<string, string> = {
    accept: `${accept};q=0.${below(999)}, ${word()}/*`,
    "accept-language": `${language};q=0.${below(999)}, ${word()}`,
    origin: below(4) === 0 ? pick(["https://one.test", "https://two.test"]) : `https://${word()}.test`,
    cookie: `a=${word()}; maintenance-bypass=${below(1e9)}.${"x".repeat(43)}; maintenance-admit=${word()}`,
  };
  if (below(8) === 0) headers["sec-fetch-dest"] = "empty";
  if (below(64) === 0) headers["maintenance-bypass"] = word();
  const method = pick(["GET", "GET", "HEAD", "POST", "OPTIONS"]);
  if (method === "POST") headers["content-type"] = pick(["application/json", "application/grpc+proto", word()]);
  if (method === "OPTIONS") headers["access-control-request-method"] = word();
  const query = below(8) === 0 ? LONG : below(64) === 0 ? `maintenance-bypass=${word()}` : word();
  const url = `https://site.test/${word()}/${word()}?${query}`;
  // A Request takes ten times as long as the gate: most come as the little of one that the gate reads.
  if (below(10) === 0 || url.includes("maintenance-bypass")) return new Request(url, { method, headers });
  const get = (name: string) => headers[name] ?? null;
  return { url, method, headers: { get, has: (name: string) => get(name) !== null } } as Request;
}

async function heapUsed(): Promise<number> {
  for (let times = 0; times < 3; times++) {
    // What is to be told of an object that is gone is told in a turn of its own.
    await new Promise((resolve) => setImmediate(resolve));
    gc();
  }
  return process.memoryUsage().heapUsed;
}

let early = 0;
for (let count = 0; count < COUNT; count++) {
  if (count === COUNT / 10) early = await heapUsed();
  if (count % 500 === 0) await new Promise((resolve) => setImmediate(resolve));
  gates[count % gates.length]!(randomRequest(), { clientIp: `10.0.${below(256)}.${below(256)}` });
}
const grown = await heapUsed() - early;
// The gates have to be there until now.
if (!gates.every(({ active }) => active)) throw new Error("a gate is not active");
console.log(grown);
