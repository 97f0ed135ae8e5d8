import { pathOf } from "../match/url/url-path.ts";
import type { Protocol } from "./protocol.ts";
import type { Answer } from "./response.ts";

/** How tRPC over HTTP is answered. Its clients look for the error of each call in an envelope of their own. */
export interface Trpc extends Protocol {
  /**
   * Whether a request that accepts JSON is one of tRPC.
   *
   * @param isOpen Whether it accepts a page just as well. Then `trpc-accept` says so, too.
   */
  isMeant(request: Request, isOpen: boolean): boolean;
  /** The answer to all calls of a request, from the answer to one. */
  answerTo(request: Request, one: Answer): Answer;
}

/**
 * The longest answer that has an error for each call, in characters. Beyond that one error stands for all, which clients take just
 * as well: a short URL must not ask for a long answer.
 */
const LONGEST = 32_768;

/** How JSON-RPC 2.0 numbers an error of the server, as tRPC does for `SERVICE_UNAVAILABLE`. */
const CODE = -32603;

/**
 * The answers to tRPC.
 *
 * @see {@link https://trpc.io/docs/rpc | HTTP RPC Specification}
 */
export const trpc: Trpc = {
  contentType: "application/json",
  leastStatus: 400,
  body(message, status, members) {
    const error = { message, code: CODE, data: { code: "SERVICE_UNAVAILABLE", httpStatus: status, ...members } };
    // A client with superjson as its transformer reads "json", and one without a transformer the rest.
    return JSON.stringify({ error: { ...error, json: error } });
  },
  isMeant: ({ url, headers }, isOpen) =>
    // Where nearly every app puts it, and a batch of queries, which is written like this wherever it goes.
    url.includes("/trpc/") && pathOf(url).includes("/trpc/") || url.includes("batch=1&input=") ||
    isOpen && typeof headers.get("trpc-accept") === "string",
  answerTo({ url, headers }, one) {
    const isBatch = /[?&]batch=1(?:[&#]|$)/.test(url);
    // A client that wants a stream reads an answer that is none as one error for all calls.
    const isStream = `${headers.get("trpc-accept")} ${headers.get("accept")}`.includes("application/jsonl");
    const calls = pathOf(url).split(",");
    if (!isBatch || isStream || calls.length * one.body!.length > LONGEST) return one;
    return one.withBody(`[${calls.map(() => one.body).join()}]`);
  },
};
