/** What the pages show of answers, and what a site answers. */
import { expect } from "vitest";
import { curl, parsePrinted, type Printed } from "./_curl.ts";
import { blocksOf, pages } from "./_pages.ts";

/** Each `curl` line of all pages with the answer that is printed below it. */
const calls = blocksOf("curl").filter(({ language }) => language === "sh").map((call) => {
  const { blocks } = pages.find(({ path }) => path === call.page)!;
  return { line: call.text.trim(), answer: blocks[blocks.indexOf(call) + 1]! };
});

/** Fields that servers add by themselves. */
const ADDED = ["date", "connection", "keep-alive", "content-length", "transfer-encoding", "x-powered-by"];

/** The status at a path. */
export async function statusAt(port: number, path = "/", init: RequestInit = {}): Promise<number> {
  const response = await fetch(`http://localhost:${port}${path}`, init);
  await response.arrayBuffer();
  return response.status;
}

/** Waits until a server answers with a status. */
export async function expectStatus(port: number, status: number, init?: RequestInit): Promise<void> {
  await expect.poll(() => statusAt(port, "/", init)).toBe(status);
}

/** Expects that a site answers as the pages show. */
export async function expectShownAnswers(port: number): Promise<void> {
  expect(calls).toHaveLength(4);
  for (const { line, answer } of calls) {
    const printed = await curl(line.replace(":3000", `:${port}`));
    const shown = essence(parsePrinted(answer.text));
    expect(asMuchAs(shown, essence(parsePrinted(printed)))).toEqual(shown);
  }
  const page = calls.find(({ line }) => !line.includes("accept"))!;
  const head = parsePrinted(await curl(`curl -s -I http://localhost:${port}/`));
  expect(essence(head)).toEqual({ ...essence(parsePrinted(page.answer.text)), body: "" });
}

/** An answer without what servers may add, and without the hashes of style and script. */
function essence({ status, fields, body }: Printed): Printed {
  const own = Object.entries(fields).filter(([name]) => !ADDED.includes(name));
  return {
    status,
    fields: Object.fromEntries(own.map(([name, text]) => [name, unhashed(text)])),
    body: body.trimEnd(),
  };
}

function unhashed(policy: string): string {
  return policy.replace(/'sha256-[\w+/]{43}='/g, "'sha256-…'");
}

/** Of a page that is shown up to a line `…`, as much of another one. */
function asMuchAs(shown: Printed, { body, ...head }: Printed): Printed {
  if (!shown.body.endsWith("\n…")) return { body, ...head };
  expect(head.fields["content-type"]).toBe("text/html; charset=utf-8");
  expect(body).toMatch(/<\/html>$/);
  return { ...head, body: `${body.slice(0, shown.body.length - 1)}…` };
}
