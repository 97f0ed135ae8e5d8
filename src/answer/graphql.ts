import type { Protocol } from "./protocol.ts";

/**
 * The answers to GraphQL over HTTP.
 *
 * @see {@link https://graphql.github.io/graphql-over-http/draft/#sec-application-graphql-response-json | GraphQL over HTTP}
 */
export const graphql: Protocol = {
  contentType: "application/graphql-response+json; charset=utf-8",
  body: (message, status, members) =>
    JSON.stringify({ errors: [{ message, extensions: extensionsOf(status, members) }] }),
};

/** The `extensions` of an error of GraphQL. */
export function extensionsOf(status: number, members: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return { code: "SERVICE_UNAVAILABLE", status, ...members };
}
