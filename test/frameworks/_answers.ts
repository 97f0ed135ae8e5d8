/** The kinds of answers that a gate gives, for adapters that put them into responses of their framework's own. */
import type { IncomingHttpHeaders } from "node:http";
import { expect } from "vitest";
import { maintenanceMode, type MaintenanceOptions } from "../../src/index.ts";

/** A request, by what changes the answer. */
export interface Asked {
  readonly method?: "OPTIONS";
  readonly headers: Record<string, string>;
}

/** What a client has got. */
export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Uint8Array;
}

/** The options of the gate. */
export const GATE: MaintenanceOptions = { retryAfter: 60, cors: { origins: ["https://other.test"] } };

/** The requests, each by the name of its answer. */
export const ASKED: readonly (readonly [kind: string, asked: Asked])[] = [
  ["a page", { headers: { accept: "text/html" } }],
  ["a page in German", { headers: { accept: "text/html", "accept-language": "de" } }],
  ["JSON", { headers: { accept: "application/problem+json" } }],
  ["text", { headers: { accept: "text/plain" } }],
  [
    "a preflight",
    { method: "OPTIONS", headers: { origin: "https://other.test", "access-control-request-method": "POST" } },
  ],
];

/** Expects that a client has got what the gate gives, byte by byte. */
export async function expectOfGate({ status, headers, body }: Answer, asked: Asked): Promise<void> {
  const expected = maintenanceMode({ enabled: true, ...GATE })(new Request("http://localhost/", asked))!;
  expect(status).toBe(expected.status);
  const bytes = new Uint8Array(await expected.arrayBuffer());
  expect(new Uint8Array(body)).toEqual(bytes);
  const { date: _, connection: __, "content-length": length, ...fields } = headers;
  expect(fields).toEqual(Object.fromEntries(expected.headers));
  if (status !== 204) expect(length).toBe(String(bytes.length));
}
