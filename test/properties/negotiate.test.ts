import fc from "fast-check";
import { expect, test } from "vitest";
import { type Choice, negotiate } from "../../src/answer/negotiate.ts";

type Type = "html" | "json" | "text" | "graphql";

/** An element of the list: its text, which types it covers and how closely, and its weight, if it can be read. */
interface Element {
  text: string;
  covers: Partial<Record<Type, number>>;
  weight: number | undefined;
}

const RANGES: [string, Element["covers"]][] = [
  ["text/html", { html: 2 }],
  ["application/xhtml+xml", { html: 2 }],
  ["application/json", { json: 2 }],
  ["application/problem+json", { json: 2 }],
  ["application/vnd.api+json", { json: 2 }],
  ["text/plain", { text: 2 }],
  ["text/event-stream", { text: 2 }],
  ["application/graphql-response+json", { graphql: 2 }],
  ["text/*", { html: 1, text: 1 }],
  ["application/*", { json: 1 }],
  ["*/*", { html: 0, json: 0, text: 0 }],
  ["image/png", {}],
  ["text/htmlx", {}],
  ["text/css", {}],
];

const WEIGHTS: [string, number | undefined][] = [
  ["", 1],
  ["q=1", 1],
  ["q=1.000", 1],
  ["Q=0.9", 0.9],
  ["q=0.9", 0.9],
  ["q=0.5", 0.5],
  ["q=0.501", 0.501],
  ["q=0.001", 0.001],
  ["q=0", 0],
  ["q=0.000", 0],
  ["q=2", undefined],
  ["q=-1", undefined],
  ["q=high", undefined],
  ["q=", undefined],
];

const PARAMETERS = ["", "", "level=1", "charset=utf-8", 'note="a,b;q=0.1, text/plain"', 'note="\\"text/html, "'];

const space = fc.constantFrom("", "", " ", "\t");

const mixedCase = (text: string, seed: number) =>
  Array.from(text, (char, i) => (seed >> (i % 20) & 1) === 1 ? char.toUpperCase() : char).join("");

const element: fc.Arbitrary<Element> = fc.record({
  range: fc.constantFrom(...RANGES),
  parameter: fc.constantFrom(...PARAMETERS),
  weight: fc.constantFrom(...WEIGHTS),
  space,
  case: fc.oneof(fc.constant(0), fc.nat({ max: 2 ** 20 })),
}).map(({ range: [range, covers], parameter, weight: [q, weight], space, case: seed }) => ({
  text: space + [mixedCase(range, seed), parameter, q].filter((part) => part !== "").join(`${space};${space}`) + space,
  covers,
  weight,
}));

/** What RFC 9110 section 12.5.1 says: for each type the closest range counts, and the type of the highest weight wins. */
function choose(elements: readonly Element[]): Choice {
  const isNamed = (type: Type) =>
    elements.some(({ covers, weight }) => covers[type] !== undefined && weight !== undefined);
  const candidates = (["graphql", "html", "json", "text"] as const).flatMap((type, order) => {
    const covering = elements.filter(({ covers, weight }) => covers[type] !== undefined && weight !== undefined);
    if (covering.length === 0) return [];
    const closeness = Math.max(...covering.map(({ covers }) => covers[type]!));
    const weight = Math.max(
      ...covering.filter(({ covers }) => covers[type] === closeness).map(({ weight }) => weight!),
    );
    return weight > 0 ? [{ type, order, closeness, weight }] : [];
  });
  candidates.sort((a, b) => b.weight - a.weight || b.closeness - a.closeness || a.order - b.order);
  const [first, second] = candidates;
  // Nothing that there is: not what was refused.
  if (first === undefined) {
    return isNamed("html") === isNamed("json") ? "html-or-json" : isNamed("html") ? "json" : "html";
  }
  const isNamedSo = (name: string) =>
    elements.some(({ text, weight }) =>
      weight !== undefined && weight > 0 && text.trim().toLowerCase().split(/[;\s]/)[0] === name
    );
  const isPlain = isNamedSo("application/json") && !isNamedSo("application/problem+json");
  if (first.type === "json" && isPlain) return "plain-json";
  const isTie = second?.type === "json" && second.weight === first.weight && second.closeness === first.closeness;
  return first.type === "html" && isTie ? isPlain ? "html-or-plain-json" : "html-or-json" : first.type;
}

test("negotiate() agrees with RFC 9110 read slowly", () => {
  fc.assert(
    fc.property(fc.array(element, { maxLength: 8 }), (elements) => {
      const accept = elements.map(({ text }) => text).join(",");
      expect([accept, negotiate(accept)]).toEqual([accept, choose(elements)]);
    }),
    { numRuns: 1_000 },
  );
});

test("negotiate() agrees with RFC 9110 read slowly, for lists that start as most do", () => {
  const first = fc.constantFrom(...RANGES.slice(0, 6)).map(([text, covers]) => ({ text, covers, weight: 1 }));
  fc.assert(
    fc.property(first, fc.array(element, { maxLength: 4 }), (first, others) => {
      const accept = [first, ...others].map(({ text }) => text).join(",");
      expect([accept, negotiate(accept)]).toEqual([accept, choose([first, ...others])]);
    }),
    { numRuns: 1_000 },
  );
});

test("negotiate() answers any text with one of the five", () => {
  const text = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.string({ unit: fc.constantFrom(...'textplain/*;=q.,"\\ +json01') }),
  );
  fc.assert(
    fc.property(text, (accept) => {
      expect(["html", "json", "text", "graphql", "html-or-json"]).toContain(negotiate(accept));
    }),
    { numRuns: 1_000 },
  );
});
