import { GraphQLError, type OperationDefinitionNode } from "graphql";
import type { Maintenance } from "../gate/maintenance.ts";
import { createFindRefusal, type ReadOnlyOptions } from "./find-refusal.ts";

/** What Apollo Server tells a plugin of an operation: the members that are read. */
export interface ApolloOperation<Context> {
  /** The operation that is about to be executed. */
  readonly operation?: { readonly operation: string } | undefined;
  /** The context of the server. */
  readonly contextValue: Context;
}

/** A plugin for Apollo Server. */
export interface ApolloPlugin<Context> {
  /** Called for each request. */
  requestDidStart(): Promise<{
    /** Called before an operation is executed. */
    didResolveOperation(request: ApolloOperation<Context>): Promise<void>;
  }>;
}

/**
 * Makes a plugin for Apollo Server that refuses mutations in requests that the gate lets through only because they read, or does
 * not let through at all. Queries and subscriptions pass.
 *
 * @param maintenance The gate, the one in front of the server.
 * @param options Where the request is, and what is known about it. Apollo Server gives plugins the context alone: put the
 * request into it, `context: async ({ req }) => ({ req })`.
 * @returns The plugin, for `plugins` of `ApolloServer`.
 * @throws {OptionError} If the gate or an option is not valid.
 * @throws {MaintenanceError} With the code `ERR_VERSION`, if another version of this package has made the gate.
 */
// deno-lint-ignore no-explicit-any -- The context is the user's own; without a type it may be anything.
export function readOnlyApolloPlugin<Context = any>(
  maintenance: Maintenance,
  options: ReadOnlyOptions<Context> = {},
): ApolloPlugin<Context> {
  const findRefusal = createFindRefusal(maintenance, options);
  const listener = {
    // Apollo Server validates a document once, and would not ask a validation rule again.
    async didResolveOperation({ operation, contextValue }: ApolloOperation<Context>): Promise<void> {
      if (operation?.operation !== "mutation") return;
      const refusal = await findRefusal(contextValue);
      if (refusal === undefined) return;
      const { message, extensions, status, headers } = refusal;
      // Apollo Server takes "http" for the response, and leaves it out of the result.
      const http: unknown = { status, headers: new Map(Object.entries(headers)) };
      const nodes = operation as OperationDefinitionNode;
      throw new GraphQLError(message, { nodes, extensions: { ...extensions, http } as Record<string, unknown> });
    },
  };
  return { requestDidStart: () => Promise.resolve(listener) };
}
