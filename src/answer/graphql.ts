/** How GraphQL over HTTP is answered. */
export interface Graphql {
  /** The content type of the answer. */
  readonly contentType: string;
  /**
   * The body of the answer.
   *
   * @param message What people read.
   * @param members What programs read.
   */
  body(message: string, members: Readonly<Record<string, unknown>>): string;
}

/**
 * The answers to GraphQL over HTTP.
 *
 * @see {@link https://graphql.github.io/graphql-over-http/draft/#sec-application-graphql-response-json | GraphQL over HTTP}
 */
export const graphql: Graphql = {
  contentType: "application/graphql-response+json; charset=utf-8",
  body: (message, members) => JSON.stringify({ errors: [{ message, extensions: extensionsOf(members) }] }),
};

/** The `extensions` of an error of GraphQL. */
export function extensionsOf(members: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return { code: "SERVICE_UNAVAILABLE", ...members };
}
