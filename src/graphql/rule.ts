import { GraphQLError, type OperationDefinitionNode } from "graphql";
import type { Maintenance } from "../gate/maintenance.ts";
import type { NodeRequest } from "../hosts/node/info.ts";
import type { MaintenanceContext } from "../types/context.ts";
import { createMutationGate } from "./refusal.ts";

/** What a validation rule gets: the members of `ValidationContext` of `graphql` that are called. */
export interface RuleContext {
  /** Adds an error, a `GraphQLError`. */
  reportError(error: never): void;
}

/** What a validation rule looks at: an `ASTVisitor` of `graphql`. */
export interface RuleVisitor {
  /** Called for each operation of the document. */
  OperationDefinition(node: { readonly operation: string }): void;
}

/**
 * Makes a validation rule that refuses mutations in a request, if the gate lets that request through only because it reads, or
 * does not let it through at all.
 *
 * Make one for each request, on a server that validates each document anew, such as graphql-http. Apollo Server and Yoga keep
 * the result of a validation, and a mutation that was valid before maintenance would stay valid: give them
 * {@link readOnlyApolloPlugin} or {@link readOnlyYogaPlugin}.
 *
 * A rule cannot wait. Where no gate in front has waited for the first reading of the store, mutations are refused until then,
 * for two seconds at most. After that the option `initial` of `liveState` holds.
 *
 * @param maintenance The gate, the one in front of the server.
 * @param request The request: a Fetch `Request`, or that of a Node server. Without it, mutations are refused while
 * `maintenance.active` is `true`.
 * @param ctx What the host knows about it, from `contextFrom`. Without it, the visitor is neither staff nor internal.
 * @returns The rule.
 * @throws {OptionError} If `maintenance` is not a gate.
 * @throws {MaintenanceError} With the code `ERR_VERSION`, if another version of this package has made the gate.
 * @example Usage
 * ```ts
 * import { buildSchema, parse, specifiedRules, validate } from "graphql";
 * import { maintenanceMode } from "maintenancemode";
 * import { readOnlyRule } from "maintenancemode/graphql";
 *
 * const maintenance = maintenanceMode({ enabled: true });
 * const schema = buildSchema("type Query { a: Int } type Mutation { b: Int }");
 * const request = new Request("https://example.com/graphql", { method: "POST" });
 *
 * const rules = [...specifiedRules, readOnlyRule(maintenance, request)];
 * validate(schema, parse("{ a }"), rules).length; // 0
 * validate(schema, parse("mutation { b }"), rules)[0]?.extensions["code"]; // "SERVICE_UNAVAILABLE"
 * ```
 */
export function readOnlyRule(
  maintenance: Maintenance,
  request?: Request | NodeRequest,
  ctx?: MaintenanceContext,
): (context: RuleContext) => RuleVisitor {
  const gate = createMutationGate(maintenance);
  return function ReadOnlyRule(context) {
    let isTold = false;
    return {
      OperationDefinition(node) {
        if (node.operation !== "mutation" || isTold) return;
        const made = gate.decideAtOnce(request, ctx);
        if (made === undefined) return;
        isTold = true;
        const { message, extensions } = gate.refuse(request, ctx, made);
        const nodes = node as OperationDefinitionNode;
        context.reportError(new GraphQLError(message, { nodes, extensions }) as never);
      },
    };
  };
}
