/** Choosing the representation by `Accept`, on header text that no cache has seen. */
import { negotiate } from "../../src/answer/negotiate.ts";
import { BROWSERS, JSON_CLIENTS } from "./_browsers.ts";
import { assertAgreement, type Contender, fail, freshTexts, report, run, SMOKE, tabulate } from "./_harness.ts";

const browsers = BROWSERS.map(({ accept }) => accept!);
const programs = JSON_CLIENTS.map(({ accept }) => accept!);

const contenders: Contender<string>[] = [
  { name: 'accept.includes("text/html")', role: "limit", run: (accept) => accept.includes("text/html") },
  { name: "negotiate()", role: "gate", run: (accept) => negotiate(accept) === "html" },
];
// Not a dependency of this package, but of several in its tests.
const Negotiator = await import("negotiator").then((module) => module.default, () => undefined);
if (Negotiator) {
  const offered = ["text/html", "application/problem+json", "application/json", "text/plain"];
  contenders.push({
    name: "negotiator",
    role: "peer",
    run: (accept) => new Negotiator({ headers: { accept } }).mediaType(offered) === "text/html",
  });
}

/** Headers an attacker may send, none of which may cost more than reading it. */
const size = SMOKE ? 1_000 : 100_000;
const hostile: Record<string, string> = {
  "commas": ",".repeat(size),
  "one endless type": "a".repeat(size),
  "parameters": "text/html" + ";a=b".repeat(size / 4),
  "an open quote": 'text/html;a="' + "\\".repeat(size),
  "escaped quotes that never end": "text/plain;a=" + '\\"'.repeat(size / 2),
  "many ranges": "text/html;q=0.1,".repeat(size / 16),
  "white space": "text/html" + " \t".repeat(size / 2),
};

assertAgreement("accept", contenders, [...browsers, ...programs, "text/plain"]);
if (programs.some((accept) => !negotiate(accept).endsWith("json"))) {
  fail("accept: a program that wants JSON does not get it");
}
if (negotiate(null) !== "html-or-json") fail("accept: no header is taken for a wish");

const worst = Object.entries(hostile).map(([name, text]) => {
  const fresh = freshTexts([text]);
  const samples = Array.from({ length: SMOKE ? 1 : 15 }, () => {
    const [input] = fresh(1);
    const start = performance.now();
    negotiate(input!);
    return (performance.now() - start) * 1_000;
  });
  return { name, role: "peer" as const, samples };
});

report([
  await run({ title: "a browser's Accept", contenders, inputs: freshTexts(browsers), target: { below: 100 } }),
  await run({ title: "an Accept that prefers JSON", contenders, inputs: freshTexts(programs) }),
  tabulate(`Accept of ${size} characters by an attacker, negotiate() alone`, "µs", worst),
]);
