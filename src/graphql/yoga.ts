import { type DocumentNode, getOperationAST, GraphQLError, type OperationDefinitionNode } from "graphql";
import type { Maintenance } from "../gate/maintenance.ts";
import { createFindRefusal, type ReadOnlyOptions } from "./find-refusal.ts";

/** What Yoga and Envelop tell a plugin of an operation that is about to be executed: the members that are read. */
export interface YogaExecution<Context> {
  /** The arguments of `execute`. */
  readonly args: {
    /** The document. */
    readonly document: object;
    /** The name of the operation, if the document has several. */
    readonly operationName?: string | null | undefined;
    /** The context of the server. */
    readonly contextValue?: Context;
  };
  /** Sets the result in place of an execution. */
  setResultAndStopExecution(result: { readonly errors: readonly never[] }): void;
}

/** A plugin for Yoga and Envelop. */
export interface YogaPlugin<Context> {
  /** Called before an operation is executed. */
  onExecute(execution: YogaExecution<Context>): Promise<void> | undefined;
}

/**
 * Makes a plugin for GraphQL Yoga that refuses mutations in requests that the gate lets through only because they read, or does
 * not let through at all. Queries and subscriptions pass.
 *
 * @param maintenance The gate, the one in front of the server.
 * @param options Where the request is, and what is known about it.
 * @returns The plugin, for `plugins` of `createYoga`.
 * @throws {OptionError} If the gate or an option is not valid.
 * @throws {MaintenanceError} With the code `ERR_VERSION`, if another version of this package has made the gate.
 */
// deno-lint-ignore no-explicit-any -- The context is the user's own; without a type it may be anything.
export function readOnlyYogaPlugin<Context = any>(
  maintenance: Maintenance,
  options: ReadOnlyOptions<Context> = {},
): YogaPlugin<Context> {
  const findRefusal = createFindRefusal(maintenance, options);
  return {
    onExecute({ args: { document, operationName, contextValue }, setResultAndStopExecution }) {
      const operation = getOperationAST(document as DocumentNode, operationName) ??
        firstMutation(document as DocumentNode);
      if (operation?.operation !== "mutation") return undefined;
      return findRefusal(contextValue as Context).then((refusal) => {
        if (refusal === undefined) return;
        const { message, extensions, status, headers } = refusal;
        // Yoga takes "http" for the response, and leaves it out of the result.
        const error = new GraphQLError(message, {
          nodes: operation,
          extensions: { ...extensions, http: { status, headers } },
        });
        setResultAndStopExecution({ errors: [error as never] });
      });
    },
  };
}

/** Where nothing says which operation is meant, an executor may take any. */
function firstMutation({ definitions }: DocumentNode): OperationDefinitionNode | undefined {
  return definitions.find((one) => one.kind === "OperationDefinition" && one.operation === "mutation") as
    | OperationDefinitionNode
    | undefined;
}
