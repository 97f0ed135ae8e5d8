/** The words in which the cases are written: what is sent, and what has to come back. */
import type { Case, CaseRequest, Expected, Need, Step } from "../suite.ts";

/** A list of cases, and how to add to it. */
export interface CaseList {
  readonly cases: Case[];
  /** Adds a case of one request or of several in a row. */
  add(name: string, gate: string, needs: readonly Need[], ...steps: Step[]): void;
  /** Adds a case of one request. */
  one(name: string, gate: string, needs: readonly Need[], request: CaseRequest, expect: Expected): void;
}

/** A new list, for the cases of a file. */
export function listCases(): CaseList {
  const cases: Case[] = [];
  return {
    cases,
    add: (name, gate, needs, ...steps) => void cases.push({ name, gate, needs, steps }),
    one: (name, gate, needs, request, expect) => void cases.push({ name, gate, needs, steps: [{ request, expect }] }),
  };
}

/** A body of 1 MB. */
export const megabyte = "0123456789abcdef".repeat(65_536);

/** What staff send. */
export const badge = { headers: { "x-badge": "yes" } };

/** The request reached the app. */
export function through(app: Exclude<Expected["app"], false> = {}, more: Expected = {}): Expected {
  return { status: 200, app: { reached: "app", ...app }, ...more };
}

/** The request was answered in the app's place, with the built-in answer. */
export function answered(more: Expected = {}): Expected {
  return { status: 503, app: false, headers: { "cache-control": "no-store" }, ...more };
}

/** The built-in page. */
export const html: Expected = answered({
  headers: { "content-type": /^text\/html; ?charset=utf-8$/i },
  body: /^<!doctype html>.*<html[^>]* lang=.*<\/html>\s*$/is,
});
/** Problem details. */
export const json: Expected = answered({
  headers: { "content-type": /^application\/problem\+json(;|$)/ },
  json: { status: 503, title: /\w/ },
});
/** Problem details by the name `application/json`. */
export const plainJson: Expected = answered({
  headers: { "content-type": /^application\/json(;|$)/, vary: /(^|[ ,])accept($|[ ,])/i },
  json: { status: 503, title: /\w/ },
});
/** Plain text. */
export const plainText: Expected = answered({
  headers: { "content-type": /^text\/plain; ?charset=utf-8$/i },
  body: /^[^<>]+$/,
});
/** Either refused, or the app sees a path that is ignored on purpose. */
export const refusedOr = (path: RegExp): Expected => ({ refusedOrAppSees: path });
/** A `clientIp` as the host found it; a mapped IPv4 address may be written either way. */
export const from = (clientIp: string | null): Expected["notes"] & object => ({
  clientIps: clientIp === null ? [null] : mapped(clientIp),
});
const mapped = (clientIp: string) => new RegExp(`^\\["(?:::ffff:)?${clientIp.replaceAll(".", "\\.")}"\\]$`, "i");
